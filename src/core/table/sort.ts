import { ipBytes } from '../net/address.ts';
import type { Column, Rows, TermKind } from './table.ts';

export type Direction = 'ascending' | 'descending';

/**
 * Rows in the order of a column; equal ones stay as they were, and those without a value come last either way.
 * Takes linear time: a radix sort over the rows' keys.
 */
export function sortRows(rows: Rows, column: Column, direction: Direction): Rows {
  const keyAt = sortKey(column);
  const keys = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const key = keyAt(rows[index] ?? 0);
    // Nothing is above infinity; a descending order is the ascending one of the negative keys.
    keys[index] = Number.isNaN(key) ? Number.POSITIVE_INFINITY : direction === 'ascending' ? key : -key;
  }
  return radixSorted(rows, keys);
}

/** What a row is sorted by, as a number; NaN for no value. */
function sortKey(column: Column): (row: number) => number {
  switch (column.form) {
    case 'number':
      return column.at;
    case 'term': {
      const ranks = rankTerms(column.terms, column.kind);
      return (row) => ranks[column.at(row)] ?? Number.NaN;
    }
    case 'endpoint': {
      const ranks = rankTerms(column.terms, 'address');
      return (row) => (ranks[column.at(row)] ?? Number.NaN) * 65_536 + column.portAt(row);
    }
  }
}

/** The place of each term among them all; NaN for no term. */
function rankTerms(terms: readonly string[], kind: TermKind): Float64Array {
  const isAddress = kind === 'address' || kind === 'cidr';
  const keys = isAddress ? terms.map(addressKey) : terms;
  const order = [...terms.keys()];
  if (isAddress) order.sort((a, b) => compareTexts(keys[a] ?? '', keys[b] ?? ''));
  else order.sort((a, b) => collator.compare(terms[a] ?? '', terms[b] ?? ''));
  const ranks = new Float64Array(terms.length);
  for (const [rank, term] of order.entries()) ranks[term] = terms[term] === '' ? Number.NaN : rank;
  return ranks;
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

/** Rows by ascending key, digit after digit from the lowest; a digit that all keys share is skipped. */
function radixSorted(rows: Rows, keys: Float64Array): Rows {
  const places = orderedBits(keys);
  let from = new Uint32Array(rows.length);
  for (let index = 0; index < from.length; index++) from[index] = index;
  let to = new Uint32Array(rows.length);
  const starts = new Uint32Array(digits);
  for (let digit = 0; digit < 4; digit++) {
    if (!countDigits(places, digit, starts)) continue;
    for (const index of from) {
      const value = places[index * 4 + digit] ?? 0;
      to[starts[value] ?? 0] = index;
      starts[value] = (starts[value] ?? 0) + 1;
    }
    [from, to] = [to, from];
  }
  return from.map((index) => rows[index] ?? 0);
}

/** Doubles as four 16-bit digits each, lowest first, whose order as whole numbers is that of the doubles. */
function orderedBits(keys: Float64Array): Uint16Array {
  const words = new Uint32Array(keys.buffer);
  const isLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  const bits = new Uint16Array(keys.length * 4);
  for (let index = 0; index < keys.length; index++) {
    let low = words[index * 2 + (isLittle ? 0 : 1)] ?? 0;
    let high = words[index * 2 + (isLittle ? 1 : 0)] ?? 0;
    if (high >>> 31 === 1) {
      low = ~low;
      high = ~high;
    } else high |= 0x8000_0000;
    bits[index * 4] = low;
    bits[index * 4 + 1] = low >>> digitBits;
    bits[index * 4 + 2] = high;
    bits[index * 4 + 3] = high >>> digitBits;
  }
  return bits;
}

/** Where each value of a digit begins among the sorted; false when there is but one value. */
function countDigits(bits: Uint16Array, digit: number, starts: Uint32Array): boolean {
  starts.fill(0);
  for (let at = digit; at < bits.length; at += 4) {
    const value = bits[at] ?? 0;
    starts[value] = (starts[value] ?? 0) + 1;
  }
  if (starts[bits[digit] ?? 0] === bits.length / 4) return false;
  let start = 0;
  for (let value = 0; value < digits; value++) {
    const count = starts[value] ?? 0;
    starts[value] = start;
    start += count;
  }
  return true;
}
