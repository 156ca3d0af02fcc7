import { linesOf } from '../text/lines.ts';
import { readTraceLine } from './line.ts';

/** Before a trace stand a banner and blank lines, or the words of an issue that it was pasted into. */
const maxLines = 5000;

/** Whether a text has lines of a trace near its beginning. */
export function looksLikeTrace(text: string): boolean {
  let count = 0;
  for (const { start, end } of linesOf(text)) {
    if (readTraceLine(text, start, end).kind === 'message') return true;
    if (++count === maxLines) return false;
  }
  return false;
}
