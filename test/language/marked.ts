import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver';
import { startServer } from './harness.ts';
import type { ClientOptions } from './harness.ts';

const severities = ['', 'error', 'warning', 'information', 'hint'];

/**
 * Opens a text in a server and compares what it reports with the carets in the text: a line of carets marks what
 * stands above it, and says severity and code.
 */
export async function checkDiagnostics(marked: string, options?: ClientOptions, uri?: string): Promise<void> {
  const text = withoutMarks(marked);
  const client = await startServer(options);
  try {
    assert.equal(withMarks(text, await client.open(text, uri)), marked);
    assert.deepEqual(client.errors, []);
  } finally {
    await client.stop();
  }
}

export function withoutMarks(marked: string): string {
  return marked.replaceAll(/^ *\^+ .*\n?/gm, '');
}

export function withMarks(text: string, diagnostics: readonly Diagnostic[]): string {
  const sorted = diagnostics.toSorted((a, b) => a.range.start.character - b.range.start.character);
  return text
    .split('\n')
    .flatMap((line, index) => [
      line,
      ...sorted.filter(({ range }) => range.start.line === index).map((each) => markOf(line, each)),
    ])
    .join('\n');
}

function markOf(line: string, { range: { start, end }, severity, code }: Diagnostic): string {
  const stop = end.line === start.line ? end.character : line.length;
  const carets = '^'.repeat(Math.max(1, stop - start.character));
  return `${' '.repeat(start.character)}${carets} ${severities[severity ?? 0]} ${code}`;
}

/** A text whose last bar stands for the caret: the text without it, and the position. */
export function caretIn(barred: string): { text: string; line: number; character: number } {
  const at = barred.lastIndexOf('|');
  const before = barred.slice(0, at).split('\n');
  const text = barred.slice(0, at) + barred.slice(at + 1);
  return { text, line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
