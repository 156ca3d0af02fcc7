import type { Problem, ProblemCode, Span } from './problem.ts';

/** Reads a stretch of text piece by piece with sticky expressions; what does not fit is reported where it stands. */
export class Scanner {
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

  get isAtEnd(): boolean {
    return this.#at >= this.span.end;
  }

  /** Whether a literal comes next; it is not consumed. */
  startsWith(literal: string): boolean {
    return this.#text.startsWith(literal, this.#at) && this.#at + literal.length <= this.span.end;
  }

  /** Consumes what a sticky (`y`) expression matches here, within the stretch. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null || pattern.lastIndex > this.span.end) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  /** As `take`, and a problem when it does not match. */
  expect(what: string, pattern: RegExp): RegExpExecArray | undefined {
    const match = this.take(pattern);
    if (match === undefined) this.report(this.rest, 'expected', `expected ${what}`);
    return match;
  }

  /** From here to the end. */
  get rest(): Span {
    return { start: Math.min(this.#at, this.span.end), end: this.span.end };
  }

  report({ start, end }: Span, code: ProblemCode, message: string): void {
    this.#problems.push({ code, span: { start, end }, message });
  }
}
