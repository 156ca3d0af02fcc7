import { ipBytes, ipv4Word } from '../net/address.ts';
import type { Column, EndpointColumn, Rows, TermColumn } from './table.ts';

export type Direction = 'ascending' | 'descending';

/**
 * All rows of a table in the order of a column; equal ones stay as they were, and those without a value come last
 * either way. Takes linear time, by a radix sort, and the rows that are given as room for it.
 */
export function sortRows(rows: Rows, column: Column, direction: Direction): Rows {
  switch (column.form) {
    case 'number':
      return radixSorted(rows, numberDigits(rows.length, column.at, direction));
    case 'term':
      return radixSorted(rows, placeDigits(rows.length, column, placesOf(column, direction)));
    case 'endpoint':
      return radixSorted(rows, endpointDigits(rows.length, column, direction));
  }
}

/** What rows are sorted by, as whole numbers of 16 bits, the lowest first; those of a row stand side by side. */
interface Digits {
  readonly values: Uint16Array;
  readonly perRow: number;
}

/** The place of each term in an order; no term is behind all others. */
function placesOf({ terms, form, kind }: TermColumn | EndpointColumn, direction: Direction): Uint32Array {
  const places = new Uint32Array(terms.length).fill(terms.length);
  const isAddress = form === 'endpoint' || kind === 'address' || kind === 'cidr';
  const order = orderOf(terms, isAddress);
  const last = order.length - 1;
  for (let at = 0; at <= last; at++) {
    const term = order[at] ?? 0;
    if (terms[term] !== '') places[term] = direction === 'ascending' ? at : last - at;
  }
  return places;
}

function placeDigits(count: number, { at }: TermColumn | EndpointColumn, places: Uint32Array): Digits {
  const perRow = places.length > lastDigit ? 2 : 1;
  const values = new Uint16Array(count * perRow);
  for (let row = 0; row < count; row++) {
    const place = places[at(row)] ?? 0;
    values[row * perRow] = place;
    if (perRow === 2) values[row * 2 + 1] = place >>> digitBits;
  }
  return { values, perRow };
}

/** Address by address, and of one address port by port. */
function endpointDigits(count: number, column: EndpointColumn, direction: Direction): Digits {
  const places = placesOf(column, direction);
  const { at, portAt } = column;
  const perRow = places.length > lastDigit ? 3 : 2;
  const values = new Uint16Array(count * perRow);
  for (let row = 0; row < count; row++) {
    const place = places[at(row)] ?? 0;
    // Where there is no address a port means nothing.
    const port = place === places.length ? 0 : portAt(row);
    values[row * perRow] = direction === 'ascending' ? port : lastDigit - port;
    values[row * perRow + 1] = place;
    if (perRow === 3) values[row * 3 + 2] = place >>> digitBits;
  }
  return { values, perRow };
}

function orderOf(terms: readonly string[], isAddress: boolean): Rows {
  const order = Uint32Array.from(terms.keys());
  if (!isAddress) return order.toSorted((a, b) => collator.compare(terms[a] ?? '', terms[b] ?? ''));
  const words = ipv4Keys(terms);
  if (words !== undefined)
    return radixSorted(
      order,
      numberDigits(order.length, (term) => words[term] ?? 0, 'ascending'),
    );
  const keys = terms.map(addressKey);
  return order.toSorted((a, b) => compareTexts(keys[a] ?? '', keys[b] ?? ''));
}

/** IPv4 addresses and CIDRs as numbers in their order; `undefined` where one is another text. */
function ipv4Keys(terms: readonly string[]): Float64Array | undefined {
  const keys = new Float64Array(terms.length);
  for (let term = 0; term < terms.length; term++) {
    const text = terms[term] ?? '';
    const slash = text.indexOf('/');
    const word = ipv4Word(text, slash === -1 ? text.length : slash);
    if (word === undefined && text !== '') return undefined;
    keys[term] = (word ?? 0) * 64 + (slash === -1 ? 0 : Number(text.slice(slash + 1)));
  }
  return keys;
}

/** `cali2` before `cali10`, whatever the case. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An address as text whose order is that of its bytes, IPv4 before IPv6; of a CIDR with its length after it. */
function addressKey(text: string): string {
  const [address = '', length = ''] = text.split('/');
  const bytes = ipBytes(address);
  if (bytes === undefined) return text;
  return String.fromCharCode(bytes.length, ...bytes, Number(length));
}

const digitBits = 16;
const digitCount = 1 << digitBits;
const lastDigit = digitCount - 1;

/** Rows by ascending digits, one after the other from the lowest; a digit that all rows share is skipped. */
function radixSorted(rows: Rows, { values, perRow }: Digits): Rows {
  let from = rows;
  let to: Rows = new Uint32Array(rows.length);
  const starts = new Uint32Array(digitCount);
  for (let digit = 0; digit < perRow; digit++) {
    if (!countDigits({ values, perRow }, digit, starts)) continue;
    for (let at = 0; at < from.length; at++) {
      const row = from[at] ?? 0;
      const value = values[row * perRow + digit] ?? 0;
      const place = starts[value] ?? 0;
      to[place] = row;
      starts[value] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Doubles as four digits each, whose order as whole numbers is that of the doubles. */
function numberDigits(count: number, at: (row: number) => number, direction: Direction): Digits {
  const numbers = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const value = at(row);
    // Nothing is above infinity; a descending order is the ascending one of the negative keys.
    const key = Number.isNaN(value) ? Number.POSITIVE_INFINITY : direction === 'ascending' ? value : -value;
    // Zero has one place, whatever its sign.
    numbers[row] = key + 0;
  }
  // Low halves come first: VS Code runs on no machine that is not little-endian.
  const halves = new Uint32Array(numbers.buffer);
  for (let low = 0, high = 1; high < halves.length; low += 2, high += 2) {
    const upper = halves[high] ?? 0;
    if (upper >>> 31 === 1) {
      halves[low] = ~(halves[low] ?? 0);
      halves[high] = ~upper;
    } else halves[high] = upper | 0x8000_0000;
  }
  return { values: new Uint16Array(numbers.buffer), perRow: 4 };
}

/** Where each value of a digit begins among the sorted; false when there is but one value. */
function countDigits({ values, perRow }: Digits, digit: number, starts: Uint32Array): boolean {
  starts.fill(0);
  for (let at = digit; at < values.length; at += perRow) {
    const value = values[at] ?? 0;
    starts[value] = (starts[value] ?? 0) + 1;
  }
  if (starts[values[digit] ?? 0] === values.length / perRow) return false;
  let start = 0;
  for (let value = 0; value < digitCount; value++) {
    const count = starts[value] ?? 0;
    starts[value] = start;
    start += count;
  }
  return true;
}
