import type { Span } from '../text/problem.ts';

/** How an entry holds several rows, and how they are told in its text. */
export interface NestedShape<T, R> {
  readonly rowsOf: (entry: T) => readonly R[];
  /** Match once for each row of an entry; global. */
  readonly marks: { readonly text: RegExp; readonly json: RegExp };
}

/** The entries of a dump that hold several rows each. */
export interface NestedEntries {
  readonly spans: readonly Span[];
  /** How many rows each entry has. */
  readonly counts: readonly number[];
  /** Matches once for each row of an entry; global. */
  readonly rowMark: RegExp;
}

/** Finds where a row stands; the rows of an entry are looked for in its text when somebody asks. */
export function nestedRowSpans(
  text: string,
  { spans, counts, rowMark }: NestedEntries,
): (row: number) => Span {
  const firsts = new Uint32Array(counts.length);
  for (let entry = 1; entry < counts.length; entry++) {
    firsts[entry] = (firsts[entry - 1] ?? 0) + (counts[entry - 1] ?? 0);
  }
  return (row) => {
    const entry = lastNotAbove(firsts, row);
    const span = spans[entry] ?? nowhere;
    const marks = [...text.slice(span.start, span.end).matchAll(rowMark)];
    const mark = marks[row - (firsts[entry] ?? 0)];
    return mark === undefined ? span : lineAt(text, span.start + mark.index);
  };
}

export const nowhere: Span = { start: 0, end: 0 };

/** The index of the last of ascending numbers that is not above a value. */
function lastNotAbove(values: Uint32Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function lineAt(text: string, start: number): Span {
  const end = text.indexOf('\n', start);
  return { start, end: end === -1 ? text.length : end };
}
