import type { Span } from '../../text/problem.ts';
import type { Column, Table } from '../table.ts';
import { filterKeys, findKey, type KeyMeaning } from './keys.ts';

/** What may be written at the caret of a filter. */
export interface Completion {
  readonly label: string;
  /** What it is, in a few words. */
  readonly detail: string;
  /** What takes the place of `span`. */
  readonly insert: string;
  readonly span: Span;
}

const maxCompletions = 50;

/** Keys where a term begins, and behind a key the values that the table holds and that are not there already. */
export function completeFilter(table: Table, text: string, caret: number): readonly Completion[] {
  const start = wordStart(text, caret);
  const word = text.slice(start, caret);
  const [, head = '', key = '', written = ''] =
    /^(-?([A-Za-z][\w.-]*)(?::|=)(?:.*,)?)"?([^"]*)$/.exec(word) ?? [];
  if (key === '') return completeKey(table, { word, start, caret });
  const meaning = findKey(table, key.toLowerCase());
  if (meaning === undefined) return [];
  const span = { start: start + head.length, end: caret };
  const there = new Set([written, ...head.split(/[:=,]/).slice(1)].map(bare));
  return valuesOf(meaning, written.toLowerCase())
    .filter((label) => !there.has(bare(label)))
    .map((label) => ({ label, detail: '', insert: /[\s",]/.test(label) ? `"${label}"` : label, span }));
}

/** A value as it compares with others. */
function bare(value: string): string {
  return value.replaceAll('"', '').toLowerCase();
}

/** Where the word begins that ends at the caret; spaces in quotes are part of it. */
function wordStart(text: string, caret: number): number {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(text[at] ?? '')) start = at + 1;
  }
  return start;
}

function completeKey(
  table: Table,
  { word, start, caret }: { readonly word: string; readonly start: number; readonly caret: number },
): readonly Completion[] {
  const sign = word.startsWith('-') ? '-' : '';
  const written = word.slice(sign.length).toLowerCase();
  return filterKeys(table)
    .filter(({ key }) => key.startsWith(written))
    .map(({ key, detail }) => ({
      label: `${key}:`,
      detail,
      insert: `${sign}${key}:`,
      span: { start, end: caret },
    }));
}

/** The values that hold what was written, those that begin so first. */
function valuesOf(meaning: KeyMeaning, written: string): readonly string[] {
  const fitting = new Set<string>();
  for (const value of allValues(meaning)) {
    if (value !== '' && value.toLowerCase().includes(written)) fitting.add(value);
    if (fitting.size > manyValues) break;
  }
  const begins = (value: string) => value.toLowerCase().startsWith(written);
  return [...fitting]
    .toSorted((a, b) => Number(begins(b)) - Number(begins(a)) || a.localeCompare(b, 'en', { numeric: true }))
    .slice(0, maxCompletions);
}

/** More are not looked at: who types one more character sees the others. */
const manyValues = 5000;

function* allValues(meaning: KeyMeaning): Generator<string> {
  if (meaning.kind === 'ports') return;
  for (const column of meaning.columns) {
    if (meaning.kind === 'columns') yield* columnValues(column);
    else if (column.form === 'term') {
      for (const who of column.who?.flat() ?? []) yield meaning.textOf(who) ?? '';
    }
  }
}

function* columnValues(column: Column): Generator<string> {
  if (column.form === 'number') return;
  if (column.kind === 'flags') for (const flags of column.terms) yield* flags.split(' ');
  else if (column.form === 'term' && column.who !== undefined) {
    for (const { label } of column.who.flat()) yield label;
  } else yield* column.terms;
}
