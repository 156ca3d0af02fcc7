import type { Column, EndpointColumn, NumberColumn } from './table.ts';

/** What a cell shows; empty for none. */
export function cellText(column: Column, row: number): string {
  switch (column.form) {
    case 'term':
      return column.terms[column.at(row)] ?? '';
    case 'endpoint':
      return endpointText(column, row);
    case 'number':
      return numberText(column, row);
  }
}

/** What a cell is worth to a program: durations are in seconds; `undefined` for none. */
export function cellValue(column: Column, row: number): string | number | readonly string[] | undefined {
  const text = cellText(column, row);
  if (text === '') return undefined;
  if (column.form !== 'number') return column.kind === 'flags' ? text.split(' ') : text;
  const exact = column.exactAt?.(row);
  const value = column.at(row);
  if (exact !== undefined && !Number.isSafeInteger(value)) return String(exact);
  return column.kind === 'duration' ? value / 1e9 : value;
}

function endpointText(column: EndpointColumn, row: number): string {
  const address = column.terms[column.at(row)] ?? '';
  return address === '' ? '' : formatEndpoint(address, column.portAt(row));
}

/** `10.65.0.2:80`, `[fd00::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function numberText(column: NumberColumn, row: number): string {
  const value = column.at(row);
  if (Number.isNaN(value)) return '';
  switch (column.kind) {
    case 'duration':
      return formatDuration(value);
    case 'bytes':
    case 'packets':
      return (column.exactAt?.(row) ?? value).toLocaleString('en');
    case 'rate':
      return value.toLocaleString('en', { maximumSignificantDigits: 3 });
    case 'seconds':
      return value.toFixed(6);
    case 'number':
    case 'port':
      return String(value);
  }
}

const units = [
  ['h', 3600e9],
  ['m', 60e9],
] as const;

/** Nanoseconds in Go's units, no finer than a millisecond of a second: `2m3s`, `27.597s`, `510ms`, `12µs`. */
export function formatDuration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  let rest = Math.abs(nanoseconds);
  if (rest < 1e3) return `${sign}${rest}ns`;
  if (rest < 1e6) return `${sign}${trimmed(rest / 1e3)}µs`;
  if (rest < 1e9) return `${sign}${trimmed(rest / 1e6)}ms`;
  if (rest < 60e9) return `${sign}${trimmed(rest / 1e9)}s`;
  let text = sign;
  for (const [unit, length] of units) {
    if (rest < length && text === sign) continue;
    text += `${Math.floor(rest / length)}${unit}`;
    rest %= length;
  }
  return `${text}${Math.floor(rest / 1e9)}s`;
}

function trimmed(value: number): string {
  // Cut, not rounded: 999.9996 ms are no 1000 ms.
  return String(Math.floor(value * 1000) / 1000);
}
