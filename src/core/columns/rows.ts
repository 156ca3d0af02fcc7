import type { Dump } from '../dump/dump.ts';
import type { Span } from '../text/problem.ts';
import { DumpStream, type RowReader } from './stream.ts';

/** Rows that can be had as the entries that they are. */
export interface EntryRows<T> extends RowReader {
  entry(row: number): T;
  spanAt(row: number): Span;
  /** The line in which a row begins, from zero. */
  lineAt(row: number): number;
  /** Hands over the entries to which nothing can be added any more, and forgets them: rows are counted on. */
  drain(take: (entry: T) => void): void;
}

/** Reads a whole text into rows, and makes entries of them. */
export function readRows<T>(rows: EntryRows<T>, text: string): Dump<T> {
  const stream = new DumpStream(rows);
  stream.push(new TextEncoder().encode(text));
  const { problems } = stream.end();
  return {
    entries: Array.from({ length: rows.count }, (_, row) => rows.entry(row)),
    spans: Array.from({ length: rows.count }, (_, row) => rows.spanAt(row)),
    problems: problems.map(({ code, span, message }) => ({ code, span, message })),
  };
}
