/** What a command reads and writes: data on stdout, words on stderr. */
export interface CliIo {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: {
    /** `false` where more should wait for `drain`. */
    write(text: string): unknown;
    once?(event: 'drain', listener: () => void): unknown;
  };
  readonly stderr: { write(text: string): unknown };
  /** From now on an interruption (Ctrl+C) aborts the signal, once, instead of ending the program. */
  readonly catchInterrupt?: () => AbortSignal;
}

/** Waits until what was written has been taken, where it comes faster than that; `last` is what `write` answered. */
export async function taken({ stdout }: CliIo, last: unknown): Promise<void> {
  if (last === false && stdout.once !== undefined) {
    await new Promise<void>((resolve) => stdout.once?.('drain', () => resolve()));
  }
}

/** Exit statuses: fine; findings of severity error; it could not do what was asked. */
export const exitStatus = { fine: 0, findings: 1, failed: 2 } as const;

export async function readAll(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

/** A command line that makes no sense, in a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
