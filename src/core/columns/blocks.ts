/** So much is read at once; what is not just as the tool prints it slows down at most so much. */
export const blockSize = 256 * 1024;
/** A line or a record of more bytes is none of any dump. */
export const maxPiece = 64 * 1024 * 1024;

/** Where the last piece of a block ends, searched backwards down to `from`; −1 where none ends. */
export type FindEnd = (bytes: Uint8Array, from: number, end: number) => number;

/**
 * Makes blocks of whole lines or records of chunks that end anywhere. What follows the last piece is kept for the
 * next block, in a buffer that is used again and again.
 */
export class Blocks {
  readonly #findEnd: FindEnd;
  readonly #read: (bytes: Uint8Array, end: number) => void;
  // Of many a dump there is but a little.
  #buffer = new Uint8Array(0);
  #used = 0;

  constructor(findEnd: FindEnd, read: (bytes: Uint8Array, end: number) => void) {
    this.#findEnd = findEnd;
    this.#read = read;
  }

  /** `false` when a piece is too long to go on. */
  push(chunk: Uint8Array): boolean {
    for (let start = 0; start < chunk.length; start += blockSize) {
      this.#append(chunk.subarray(start, start + blockSize));
      if (this.#used > maxPiece) return false;
    }
    return true;
  }

  /** What was left, which no piece's end follows. */
  rest(): Uint8Array {
    const rest = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    return rest;
  }

  #append(bytes: Uint8Array): void {
    const before = this.#used;
    this.#used += bytes.length;
    if (this.#used > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#used, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, before));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, before);
    const end = this.#findEnd(this.#buffer, before, this.#used);
    if (end === -1) return;
    this.#read(this.#buffer, end);
    this.#buffer.copyWithin(0, end, this.#used);
    this.#used -= end;
  }
}

/** The end of the last line. */
export function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  const feed = bytes.subarray(from, end).lastIndexOf(feedByte);
  return feed === -1 ? -1 : from + feed + 1;
}

const feedByte = 0x0a;
const space = 0x20;
const brace = 0x7d;

/** The end of the last line `  },` or `  }`: there a record of an indented list ends. */
export function findRecordEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let stop = findLineEnd(bytes, from, end); stop !== -1; stop = findLineEnd(bytes, from, stop - 1)) {
    // The line of a record's end is short; it may have begun in the chunk before.
    const start = bytes.subarray(0, stop - 1).lastIndexOf(feedByte) + 1;
    const isEnd = bytes[start] === space && bytes[start + 1] === space && bytes[start + 2] === brace;
    if (isEnd && stop - start <= 6) return stop;
  }
  return -1;
}
