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
    else expected.push(`${text.length}:${mark[1]?.length ?? 0} ${mark[3] ?? ''}`);
  }
  const whole = text.join('\n');
  const index = new LineIndex(whole);
  const found = parse(whole).problems.map(({ span, message }) => {
    const { line, column } = index.positionAt(span.start);
    return `${line + 1}:${column} ${message}`;
  });
  assert.deepEqual(found, expected);
}
