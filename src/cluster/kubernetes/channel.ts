/** Hands pieces from a sender to one reader. Who sends is told to wait while too much lies here. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #most: number;
  readonly #sizeOf: (piece: T) => number;
  readonly #pieces: T[] = [];
  #size = 0;
  #end: { readonly error?: unknown } | undefined;
  #wakeReader: () => void = () => {};
  #wakeSender: () => void = () => {};

  constructor(most: number, sizeOf: (piece: T) => number) {
    this.#most = Math.max(1, most);
    this.#sizeOf = sizeOf;
  }

  /** A promise, when the sender shall wait for it before it sends more. */
  send(piece: T): void | Promise<void> {
    this.#pieces.push(piece);
    this.#size += this.#sizeOf(piece);
    this.#wakeReader();
    if (this.#size < this.#most) return undefined;
    return new Promise((resolve) => {
      const earlier = this.#wakeSender;
      this.#wakeSender = () => {
        earlier();
        resolve();
      };
    });
  }

  /** No more comes; with an error, the reader gets it after the last piece. */
  end(failure: { readonly error?: unknown } = {}): void {
    this.#end ??= failure;
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const pieces = this.#pieces.splice(0);
      for (const piece of pieces) {
        yield piece;
        this.#size -= this.#sizeOf(piece);
      }
      if (this.#size < this.#most) this.#letSend();
      if (this.#pieces.length > 0) continue;
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #letSend(): void {
    this.#wakeSender();
    this.#wakeSender = () => {};
  }
}
