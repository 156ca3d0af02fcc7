import { no, toLiteral, type ByteReader, type Literal } from './byteReader.ts';

/** More would take longer to try than to read anew. */
const maxKnown = 16;

/** Stretches of bytes that come again and again, and what each was read as: few make up most of a dump. */
export class KnownTexts {
  readonly #known: { readonly text: Literal; readonly value: number }[] = [];

  /** What the known text that stands here was read as, if it ends as `isEnd` says; `no` where none does. */
  take(reader: ByteReader, isEnd: (reader: ByteReader) => boolean): number {
    const { at } = reader;
    for (const { text, value } of this.#known) {
      if (!reader.take(text)) continue;
      if (isEnd(reader)) return value;
      reader.at = at;
    }
    return no;
  }

  /** Takes in what the text from `start` up to where the reader stands was read as. */
  learn(reader: ByteReader, start: number, value: number): void {
    if (this.#known.length < maxKnown) {
      this.#known.push({ text: toLiteral(reader.bytes.slice(start, reader.at)), value });
    }
  }
}
