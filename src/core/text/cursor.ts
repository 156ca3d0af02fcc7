import type { Problem, ProblemCode, Span } from './problem.ts';

export interface Word extends Span {
  readonly text: string;
}

/**
 * Reads one line of a larger text word by word, a word being a run without white space. What it cannot read it
 * reports at its place in the whole text.
 */
export class Cursor implements Iterable<Word> {
  readonly span: Span;
  readonly #text: string;
  readonly #problems: Problem[];
  #at: number;

  constructor(text: string, span: Span, problems: Problem[]) {
    this.#text = text;
    this.span = span;
    this.#problems = problems;
    this.#at = span.start;
  }

  /** The next word, or `undefined` at the end of the line. */
  next(): Word | undefined {
    const { end } = this.span;
    let start = this.#at;
    while (start < end && isSpace(this.#text.charCodeAt(start))) start++;
    if (start === end) return undefined;
    let stop = start + 1;
    while (stop < end && !isSpace(this.#text.charCodeAt(stop))) stop++;
    this.#at = stop;
    return { start, end: stop, text: this.#text.slice(start, stop) };
  }

  /** The next word as `read` understands it; when there is none or it is not understood, a problem and `undefined`. */
  expect<T>(what: string, read: (word: string) => T | undefined): T | undefined {
    const word = this.next();
    const value = word === undefined ? undefined : read(word.text);
    if (value === undefined) this.report(word ?? this.#endOfLine(), 'expected', `expected ${what}`);
    return value;
  }

  report(span: Span, code: ProblemCode, message: string): void {
    this.#problems.push({ code, span: { start: span.start, end: span.end }, message });
  }

  *[Symbol.iterator](): Iterator<Word> {
    for (let word = this.next(); word !== undefined; word = this.next()) yield word;
  }

  #endOfLine(): Span {
    return { start: this.span.end, end: this.span.end };
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}
