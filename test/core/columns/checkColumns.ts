/** The judge of columns: the reader of whole texts, which must be told from them in nothing. */
import assert from 'node:assert/strict';
import { DumpStream, type RowReader } from '../../../src/core/columns/stream.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { LineIndex } from '../../../src/core/text/lineIndex.ts';

export interface EntryReader extends RowReader {
  readonly columns: { entry(row: number): unknown };
}

/** Reads a text in chunks of a size, and compares entries, places and problems with those of the whole text. */
export function checkColumns(
  open: () => EntryReader,
  { probe, text, chunkSize }: { readonly probe: string; readonly text: string; readonly chunkSize: number },
): void {
  const bytes = new TextEncoder().encode(text);
  const whole = readDump(probe, new TextDecoder().decode(bytes));
  const rows = open();
  const stream = new DumpStream(rows);
  for (let at = 0; at < bytes.length; at += chunkSize) stream.push(bytes.subarray(at, at + chunkSize));
  const read = stream.end();
  const what = `${probe} in chunks of ${chunkSize}: ${JSON.stringify(text.slice(0, 300))}`;
  const index = new LineIndex(new TextDecoder().decode(bytes));
  const problems = whole?.problems.map((problem) => ({
    ...problem,
    ...index.positionAt(problem.span.start),
  }));
  assert.deepEqual(read.problems, problems, what);
  const entries = Array.from({ length: rows.count }, (_, row) => rows.columns.entry(row));
  assert.deepEqual(entries, whole?.entries, what);
  const spans = entries.map((_, row) => ({ start: read.starts.at(row), end: read.ends.at(row) }));
  assert.deepEqual(spans, whole?.spans, what);
}
