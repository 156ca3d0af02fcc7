/** Cuts a stream of bytes into texts of whole lines. */
export class LineBuffer {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** The whole lines that are there now; what is behind the last line end waits. */
  push(bytes: Uint8Array): string {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    // A line without an end must not grow for ever.
    if (end === 0 && text.length > longestLine) {
      this.#rest = '';
      return `${text}\n`;
    }
    this.#rest = text.slice(end);
    return text.slice(0, end);
  }

  /** What was left, as a last line. */
  end(): string {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return rest === '' ? '' : `${rest}\n`;
  }
}

const longestLine = 64 * 1024;
