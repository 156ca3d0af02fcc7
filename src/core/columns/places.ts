import type { PartPlace } from '../dump/jsonPath.ts';
import type { LineSpan } from './stream.ts';
import type { Span } from '../text/problem.ts';
import { uint32 } from './column.ts';

/** What is known of where rows stand: offsets and lines, or, for those who only ask for lines, those alone. */
export type Placing = 'spans' | 'lines';

/** Where rows stand in the text: offsets in UTF-16 units, and the line. */
export class Places {
  readonly starts = uint32();
  readonly ends = uint32();
  /** From zero. */
  readonly lines = uint32();
  readonly #hasSpans: boolean;
  #count = 0;

  constructor(placing: Placing) {
    this.#hasSpans = placing === 'spans';
  }

  /** Of how many rows it is known. */
  get count(): number {
    return this.#count;
  }

  /** Says it of the rows that came since, of `count` rows. */
  place(count: number, { start, end, line }: LineSpan): void {
    for (; this.#count < count; this.#count++) {
      this.lines.set(this.#count, line);
      if (!this.#hasSpans) continue;
      this.starts.set(this.#count, start);
      this.ends.set(this.#count, end);
    }
  }

  /** Says it of the next rows, which are parts of what stands in a span. */
  placeParts(parts: readonly PartPlace[], whole: LineSpan): void {
    for (const { start, end, line } of parts) {
      this.place(this.#count + 1, {
        start: whole.start + start,
        end: whole.start + end,
        line: whole.line + line,
      });
    }
  }

  /** Moves the end of the last row. */
  extend(end: number): void {
    if (this.#hasSpans && this.#count > 0) this.ends.set(this.#count - 1, end);
  }

  /** Nowhere in particular where only lines are known. */
  at(row: number): Span {
    return { start: this.starts.at(row), end: this.ends.at(row) };
  }

  clear(): void {
    this.#count = 0;
  }

  trim(): void {
    this.starts.trim(this.#count);
    this.ends.trim(this.#count);
    this.lines.trim(this.#count);
  }
}
