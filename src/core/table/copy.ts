import { cellText, cellValue } from './cells.ts';
import type { Column, Rows } from './table.ts';

export const copyFormats = ['text', 'csv', 'json'] as const;
export type CopyFormat = (typeof copyFormats)[number];

/** Rows as text in columns, as CSV (RFC 4180) or as a JSON array of objects; the last two by the columns' ids. */
export function copyRows(columns: readonly Column[], rows: Rows, format: CopyFormat): string {
  switch (format) {
    case 'text':
      return toText(columns, rows);
    case 'csv':
      return toCsv(columns, rows);
    case 'json':
      return toJson(columns, rows);
  }
}

function toText(columns: readonly Column[], rows: Rows): string {
  const titles = columns.map(({ title }) => title.toUpperCase());
  const cells = Array.from(rows, (row) => columns.map((column) => cellText(column, row)));
  const widths = titles.map((title, index) =>
    cells.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), title.length),
  );
  const lines = [titles, ...cells].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function toCsv(columns: readonly Column[], rows: Rows): string {
  const lines = Array.from(rows, (row) =>
    columns.map((column) => {
      const value = cellValue(column, row) ?? '';
      return csvField(typeof value === 'object' ? value.join(' ') : String(value));
    }),
  );
  return [columns.map(({ id }) => csvField(id)), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toJson(columns: readonly Column[], rows: Rows): string {
  const objects = Array.from(rows, (row) => {
    const fields = columns.map((column) => [column.id, cellValue(column, row)] as const);
    return JSON.stringify(Object.fromEntries(fields.filter(([, value]) => value !== undefined)));
  });
  return objects.length === 0 ? '[]\n' : `[\n  ${objects.join(',\n  ')}\n]\n`;
}
