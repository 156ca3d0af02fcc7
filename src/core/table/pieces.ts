import type { Span } from '../text/problem.ts';

/** So much of a dump that goes on and on is kept; the oldest goes first. */
const mostKept = 256_000_000;

/** The bytes of a dump, in the pieces in which they came. */
export class Pieces {
  readonly #pieces: (Uint8Array | undefined)[] = [];
  readonly #starts: number[] = [];
  readonly #mostKept: number;
  #length = 0;
  #kept = 0;
  #read = 0;

  constructor(limit = mostKept) {
    this.#mostKept = limit;
  }

  push(bytes: Uint8Array): void {
    this.#starts.push(this.#length);
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    this.#kept += bytes.length;
  }

  /** Hands over what has not been read yet, until the reader wants no more. */
  readInto(read: (bytes: Uint8Array) => boolean): void {
    for (; this.#read < this.#pieces.length; this.#read++) {
      const bytes = this.#pieces[this.#read];
      if (bytes !== undefined && !read(bytes)) return;
    }
  }

  /** Lets go of what has been read, where that is more than is kept. */
  shorten(): void {
    for (let at = 0; at < this.#read && this.#kept > this.#mostKept; at++) {
      this.#kept -= this.#pieces[at]?.length ?? 0;
      this.#pieces[at] = undefined;
    }
  }

  /** All of it as text; what was let go is missing. */
  text(): string {
    const decoder = new TextDecoder();
    const texts = this.#pieces.map((bytes) =>
      bytes === undefined ? '' : decoder.decode(bytes, { stream: true }),
    );
    return texts.join('') + decoder.decode();
  }

  /** The text of some bytes; what was let go is missing. */
  textOf({ start, end }: Span): string {
    const decoder = new TextDecoder();
    let text = '';
    for (let at = this.#pieceAt(start); at < this.#pieces.length; at++) {
      const from = this.#starts[at] ?? 0;
      if (from >= end) break;
      const bytes = this.#pieces[at]?.subarray(Math.max(0, start - from), end - from);
      text += decoder.decode(bytes, { stream: true });
    }
    return text + decoder.decode();
  }

  #pieceAt(offset: number): number {
    const at = this.#starts.findLastIndex((start) => start <= offset);
    return Math.max(0, at);
  }
}
