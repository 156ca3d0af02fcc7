import type { Span } from './problem.ts';

/** The lines of a text without their line ends (`\n` or `\r\n`); a last line without an end counts too. */
export function* linesOf(text: string): Generator<Span> {
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const stop = feed === -1 ? text.length : feed;
    const end = stop > start && text.charCodeAt(stop - 1) === 0x0d ? stop - 1 : stop;
    yield { start, end };
    start = stop + 1;
  }
}
