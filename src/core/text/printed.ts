/** What a command printed, however much that is: of much only the beginning is in memory. */
export interface Printed {
  /** In bytes. */
  readonly length: number;
  /** How it begins: all of it where that is little, else so much that it can be told what it is. */
  readonly head: Uint8Array;
  /** All of it, in pieces whose memory is the taker's. */
  pieces(): AsyncIterable<Uint8Array>;
  /** All of it at once. */
  bytes(): Promise<Uint8Array>;
}

const pieceSize = 1024 * 1024;

/** What is in memory as a whole. */
export function printed(bytes: Uint8Array): Printed {
  return {
    length: bytes.length,
    head: bytes,
    async *pieces() {
      // A piece is copied in a moment: all at once would hold everybody up. Not `slice`, which of Node's buffers makes a view.
      for (let start = 0; start < bytes.length; start += pieceSize)
        yield new Uint8Array(bytes.subarray(start, start + pieceSize));
    },
    bytes: () => Promise.resolve(bytes),
  };
}

/** All of it as text: UTF-8, without a byte order mark; what is none stays visible as U+FFFD. */
export async function printedText(output: Printed): Promise<string> {
  return new TextDecoder().decode(await output.bytes());
}
