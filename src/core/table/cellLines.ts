import type { TableCells, Tone } from './calls.ts';

/**
 * The cells of rows as one text, in which each row is a line of JSON: a view is in another process, and one text gets
 * there much sooner than very many.
 */
export function writeCells(rows: readonly TableCells[]): string {
  const lines = rows.map(({ texts, tones }) =>
    JSON.stringify(tones.every((tone) => tone === '') ? [texts] : [texts, tones]),
  );
  return lines.join('\n');
}

/** The lines of such a text. */
export function splitCells(lines: string): readonly string[] {
  return lines === '' ? [] : lines.split('\n');
}

/** The cells of such a line. */
export function readCells(line: string): TableCells {
  const [texts = [], tones = []] = JSON.parse(line) as [string[]?, Tone[]?]; // Written above.
  return { texts, tones };
}
