import type { Span } from '../../core/text/problem.ts';

/** The span without the white space at its end: that of block values runs on to the next line. */
export function trimmed(text: string, { start, end }: Span): Span {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}
