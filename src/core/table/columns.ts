import { uint32 } from '../columns/column.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type {
  Column,
  ColumnHead,
  EndpointColumn,
  NumberColumn,
  NumberKind,
  TermColumn,
  TermKind,
} from './table.ts';

/** A column of numbers, read when they are needed. */
export function numberColumn(
  { kind, ...head }: ColumnHead & { readonly kind: NumberKind },
  at: (row: number) => number | undefined,
): NumberColumn {
  return { ...head, form: 'number', kind, at: (row) => at(row) ?? Number.NaN };
}

/** A column of counts that may be larger than a double holds exactly. */
export function bigColumn(
  head: ColumnHead & { readonly kind: NumberKind },
  exactAt: (row: number) => bigint | undefined,
): NumberColumn {
  const column = numberColumn(head, (row) => {
    const exact = exactAt(row);
    return exact === undefined ? undefined : Number(exact);
  });
  return { ...column, exactAt };
}

/** A column of texts; equal ones are kept once. */
export function termColumn(
  { kind, ...head }: ColumnHead & { readonly kind: TermKind },
  rowCount: number,
  read: (row: number) => string | undefined,
): TermColumn {
  const terms = new Terms();
  const codes = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) codes[row] = terms.add(read(row) ?? '');
  return { ...head, form: 'term', kind, terms: terms.list, at: (row) => codes[row] ?? 0 };
}

export type CodedHead = ColumnHead & { readonly kind: TermKind };

/** The whole number that a row's text is known by, and the text. */
export interface Coded {
  readonly keyAt: (row: number) => number;
  readonly read: (row: number) => string;
}

/** A column of texts that are known by whole numbers: each number is read, where it first stands, but once. */
export function codedColumn(
  { kind, ...head }: CodedHead,
  rowCount: number,
  { keyAt, read }: Coded,
): TermColumn {
  const terms = new Terms();
  /** One more than the codes of small numbers, which most are; 0 for what was not seen. */
  const codes = uint32();
  const large = new Map<number, number>();
  for (let row = 0; row < rowCount; row++) {
    const key = keyAt(row);
    if ((codes.values[key] ?? 0) !== 0) continue;
    if (key < smallKeys) codes.set(key, terms.add(read(row)) + 1);
    else if (!large.has(key)) large.set(key, terms.add(read(row)));
  }
  const { values: small } = codes;
  const at = (row: number) => {
    const key = keyAt(row);
    return key < smallKeys ? Math.max(0, (small[key] ?? 0) - 1) : (large.get(key) ?? 0);
  };
  return { ...head, form: 'term', kind, terms: terms.list, at };
}

const smallKeys = 1 << 20;

/** A column of addresses with ports; equal addresses are kept once. */
export function endpointColumn(
  head: ColumnHead,
  rowCount: number,
  {
    read,
    protocolAt,
  }: {
    readonly read: (row: number) => Endpoint | undefined;
    readonly protocolAt: (row: number) => number;
  },
): EndpointColumn {
  const terms = new Terms();
  const codes = new Uint32Array(rowCount);
  const ports = new Uint16Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const endpoint = read(row);
    codes[row] = terms.add(endpoint?.address ?? '');
    ports[row] = endpoint?.port ?? 0;
  }
  return {
    ...head,
    form: 'endpoint',
    kind: 'endpoint',
    terms: terms.list,
    at: (row) => codes[row] ?? 0,
    portAt: (row) => ports[row] ?? 0,
    protocolAt,
  };
}

/** Texts by number: the first is `''`, for none. */
export class Terms {
  readonly list: string[] = [''];
  readonly #codes = new Map<string, number>([['', 0]]);

  add(term: string): number {
    const known = this.#codes.get(term);
    if (known !== undefined) return known;
    const code = this.list.length;
    this.list.push(term);
    this.#codes.set(term, code);
    return code;
  }
}

/** Whether some row has a value: versions and forms leave columns out. */
export function isFilled(column: Column, rowCount: number): boolean {
  if (column.form !== 'number' && column.terms.every((term) => term === '')) return false;
  const { at } = column;
  if (column.form === 'number') {
    for (let row = 0; row < rowCount; row++) if (!Number.isNaN(at(row))) return true;
    return false;
  }
  for (let row = 0; row < rowCount; row++) if (column.terms[at(row)] !== '') return true;
  return false;
}
