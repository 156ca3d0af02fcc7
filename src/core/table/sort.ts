import { ipBytes, ipv4Word } from '../net/address.ts';
import type { Column, Rows, TermKind } from './table.ts';

export type Direction = 'ascending' | 'descending';

/**
 * All rows of a table in the order of a column; equal ones stay as they were, and those without a value come last
 * either way. Takes linear time, by a radix sort, and the rows that are given as room for it.
 */
export function sortRows(rows: Rows, column: Column, direction: Direction): Rows {
  const { at, limit } = sortKey(column);
  return limit === undefined
    ? radixSorted(rows, doubleDigits(rows, at, direction), 4)
    : radixSorted(rows, wholeDigits(rows, { at, limit }, direction), 2);
}

/** What a row is sorted by, as a number; NaN for no value. */
interface SortKey {
  readonly at: (row: number) => number;
  /** The keys are whole numbers below this; `undefined` for any numbers. */
  readonly limit: number | undefined;
}

function sortKey(column: Column): SortKey {
  if (column.form === 'number') return { at: column.at, limit: undefined };
  const ranks = rankTerms(column.terms, column.form === 'endpoint' ? 'address' : column.kind);
  if (column.form === 'term') {
    return { at: (row) => ranks[column.at(row)] ?? Number.NaN, limit: ranks.length };
  }
  const limit = ranks.length * 65_536;
  return {
    at: (row) => (ranks[column.at(row)] ?? Number.NaN) * 65_536 + column.portAt(row),
    limit: limit < 2 ** 32 ? limit : undefined,
  };
}

/** The place of each term among them all; NaN for no term. */
function rankTerms(terms: readonly string[], kind: TermKind): Float64Array {
  const ranks = new Float64Array(terms.length);
  const isAddress = kind === 'address' || kind === 'cidr';
  for (const [rank, term] of orderOf(terms, isAddress).entries()) {
    ranks[term] = terms[term] === '' ? Number.NaN : rank;
  }
  return ranks;
}

function orderOf(terms: readonly string[], isAddress: boolean): Rows {
  const order = Uint32Array.from(terms.keys());
  if (!isAddress) return order.toSorted((a, b) => collator.compare(terms[a] ?? '', terms[b] ?? ''));
  const words = ipv4Keys(terms);
  if (words !== undefined)
    return radixSorted(
      order,
      doubleDigits(order, (term) => words[term] ?? 0),
      4,
    );
  const keys = terms.map(addressKey);
  return order.toSorted((a, b) => compareTexts(keys[a] ?? '', keys[b] ?? ''));
}

/** IPv4 addresses and CIDRs as numbers in their order; `undefined` where one is another text. */
function ipv4Keys(terms: readonly string[]): Float64Array | undefined {
  const keys = new Float64Array(terms.length);
  for (const [term, text] of terms.entries()) {
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
const digits = 1 << digitBits;

/** Rows by ascending digits, one after the other from the lowest; a digit that all keys share is skipped. */
function radixSorted(rows: Rows, keys: Uint16Array, digitCount: number): Rows {
  let from = rows;
  let to: Rows = new Uint32Array(rows.length);
  const starts = new Uint32Array(digits);
  for (let digit = 0; digit < digitCount; digit++) {
    if (!countDigits(keys, { digit, digitCount }, starts)) continue;
    for (let at = 0; at < from.length; at++) {
      const row = from[at] ?? 0;
      const value = keys[row * digitCount + digit] ?? 0;
      const place = starts[value] ?? 0;
      to[place] = row;
      starts[value] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Whole numbers as two 16-bit digits each, lowest first. */
function wholeDigits(rows: Rows, { at, limit }: SortKey, direction: Direction): Uint16Array {
  const last = limit ?? 0;
  const keys = new Uint16Array(rows.length * 2);
  for (const row of rows) {
    const value = at(row);
    const key = Number.isNaN(value) ? last : direction === 'ascending' ? value : last - 1 - value;
    keys[row * 2] = key;
    keys[row * 2 + 1] = key >>> digitBits;
  }
  return keys;
}

/** Doubles as four 16-bit digits each, lowest first, whose order as whole numbers is that of the doubles. */
function doubleDigits(
  rows: Rows,
  at: (row: number) => number,
  direction: Direction = 'ascending',
): Uint16Array {
  const bits = new DataView(new ArrayBuffer(8));
  const keys = new Uint16Array(rows.length * 4);
  for (const row of rows) {
    const value = at(row);
    // Nothing is above infinity; a descending order is the ascending one of the negative keys.
    const key = Number.isNaN(value) ? Number.POSITIVE_INFINITY : direction === 'ascending' ? value : -value;
    // Zero has one place, whatever its sign.
    bits.setFloat64(0, key + 0);
    let high = bits.getUint32(0);
    let low = bits.getUint32(4);
    if (high >>> 31 === 1) {
      low = ~low;
      high = ~high;
    } else high |= 0x8000_0000;
    keys[row * 4] = low;
    keys[row * 4 + 1] = low >>> digitBits;
    keys[row * 4 + 2] = high;
    keys[row * 4 + 3] = high >>> digitBits;
  }
  return keys;
}

/** Where each value of a digit begins among the sorted; false when there is but one value. */
function countDigits(
  keys: Uint16Array,
  { digit, digitCount }: { readonly digit: number; readonly digitCount: number },
  starts: Uint32Array,
): boolean {
  starts.fill(0);
  for (let at = digit; at < keys.length; at += digitCount) {
    const value = keys[at] ?? 0;
    starts[value] = (starts[value] ?? 0) + 1;
  }
  if (starts[keys[digit] ?? 0] === keys.length / digitCount) return false;
  let start = 0;
  for (let value = 0; value < digits; value++) {
    const count = starts[value] ?? 0;
    starts[value] = start;
    start += count;
  }
  return true;
}
