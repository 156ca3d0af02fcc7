/** The judge of columns: what the grammar for all forms reads of the whole text, which must be told from them in nothing. */
import assert from 'node:assert/strict';
import { readRows, type EntryRows } from '../../../src/core/columns/rows.ts';
import { DumpStream } from '../../../src/core/columns/stream.ts';
import type { Dump } from '../../../src/core/dump/dump.ts';
import { LineIndex } from '../../../src/core/text/lineIndex.ts';

/** Reads every line and object by the grammar, as if none were just as the tool prints it. */
export function readByGrammar<T>(rows: EntryRows<T>, text: string): Dump<T> {
  const slow = { ...rows, readLine: () => false, readRecord: () => 0 };
  Object.defineProperty(slow, 'count', { get: () => rows.count });
  return readRows(slow, text);
}

interface Check {
  readonly open: () => EntryRows<unknown>;
  readonly judge: (text: string) => Dump<unknown>;
}

/** Reads a text in chunks of a size, and compares entries, places and problems with those of the judge. */
export function checkColumns({ open, judge }: Check, given: string, chunkSize = 1 << 20): void {
  const bytes = new TextEncoder().encode(given);
  const text = new TextDecoder().decode(bytes);
  const whole = judge(text);
  const rows = open();
  const stream = new DumpStream(rows);
  for (let at = 0; at < bytes.length; at += chunkSize) stream.push(bytes.subarray(at, at + chunkSize));
  const read = stream.end();
  const what = `in chunks of ${chunkSize}: ${JSON.stringify(text.slice(0, 300))}`;
  const index = new LineIndex(text);
  const problems = whole.problems.map((problem) => ({ ...problem, ...index.positionAt(problem.span.start) }));
  assert.deepEqual(read.problems, problems, what);
  const all = Array.from({ length: rows.count }, (_, row) => row);
  assert.deepEqual(
    all.map((row) => rows.entry(row)),
    whole.entries,
    what,
  );
  assert.deepEqual(
    all.map((row) => rows.spanAt(row)),
    whole.spans,
    what,
  );
  assert.deepEqual(
    all.map((row) => rows.lineAt(row)),
    whole.spans.map(({ start }) => index.positionAt(start).line),
    what,
  );
}
