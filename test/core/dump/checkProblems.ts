import assert from 'node:assert/strict';
import type { Dump } from '../../../src/core/dump/dump.ts';
import { LineIndex } from '../../../src/core/text/lineIndex.ts';

/**
 * Checks where a parser finds problems. In `marked`, a line of spaces and carets marks a place in the line above
 * it, followed by the message: `^^^^ expected a CIDR`.
 */
export function checkProblems(parse: (text: string) => Dump<unknown>, marked: string): void {
  const lines = marked.replace(/^\n/, '').split('\n');
  const text: string[] = [];
  const expected: string[] = [];
  for (const line of lines) {
    const mark = /^([ \t]*)(\^+) (.+)$/.exec(line);
    if (mark === null) text.push(line);
    else expected.push(`${text.length}:${mark[1]?.length ?? 0} ${mark[2] ?? ''} ${mark[3] ?? ''}`);
  }
  const whole = text.join('\n');
  const index = new LineIndex(whole);
  const found = parse(whole).problems.map(({ span, message }) => {
    const { line, column } = index.positionAt(span.start);
    // A place without width, such as the end of a line, is marked by one caret; a long one by its first line.
    const width = Math.min(Math.max(span.end - span.start, 1), (text[line]?.length ?? 0) - column || 1);
    return `${line + 1}:${column} ${'^'.repeat(width)} ${message}`;
  });
  assert.deepEqual(found, expected);
}
