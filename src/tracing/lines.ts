/** Cuts a stream of bytes into pieces of whole lines. */
export class LineBuffer {
  #rest: Buffer = Buffer.alloc(0);

  /** The whole lines that are there now; what is behind the last line end waits. */
  push(bytes: Uint8Array): Buffer {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(lineFeed) + 1;
    this.#rest = all.subarray(end);
    // A line without an end must not grow for ever.
    return end === 0 && all.length > longestLine ? this.end() : all.subarray(0, end);
  }

  /** What was left, as a last line. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? rest : Buffer.concat([rest, Buffer.from('\n')]);
  }
}

const lineFeed = 0x0a;
const longestLine = 64 * 1024;
