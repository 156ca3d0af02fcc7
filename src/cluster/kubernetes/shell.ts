import type { Connection } from './connection.ts';
import { exec } from './exec.ts';
import { guard, MarkedStream, nextBatch } from './guard.ts';
import { bounded, mostErrorBytes, OutOfBounds, type Bounds, type Output } from './run.ts';
import type { PodContainer } from '../cluster.ts';

export type Commands = readonly (readonly string[])[];

/** What came of several commands. */
export interface BatchOutput {
  /** Those that came to their end, in their order. */
  readonly done: readonly Output[];
  /** What came of the first that did not; `undefined` when all did. */
  readonly cut: Output | undefined;
}

/** A shell in a container that runs one batch of commands after another in one exec, until it is closed. */
export class Shell {
  readonly #connection: Connection;
  readonly #target: PodContainer;
  readonly #stop = new AbortController();
  #started: { readonly mark: Buffer; readonly ended: Promise<number> } | undefined;
  #batch: Batch | undefined;
  #write: (text: string) => void = () => {};

  constructor(connection: Connection, target: PodContainer) {
    this.#connection = connection;
    this.#target = target;
  }

  /** Whether it can run another batch. */
  get isOpen(): boolean {
    return !this.#stop.signal.aborted;
  }

  /** Runs commands one after another; they end when we are gone. What cuts them short ends the shell, too. */
  async run(commands: Commands, bounds: Bounds, signal: AbortSignal): Promise<BatchOutput> {
    signal.throwIfAborted();
    const giveUp = () => this.#stop.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    const timer = setTimeout(() => this.#stop.abort(new OutOfBounds('too-long')), bounds.timeoutMs);
    try {
      return await this.#run(commands, bounds);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      this.#batch = undefined;
    }
  }

  close(): void {
    this.#stop.abort('closed');
  }

  async #run(commands: Commands, bounds: Bounds): Promise<BatchOutput> {
    if (this.#started !== undefined) this.#write(nextBatch(commands));
    const { mark, ended } = (this.#started ??= this.#start(commands));
    const batch = new Batch(mark, commands.length, bounds);
    this.#batch = batch;
    try {
      return await batch.end('lost', await Promise.race([ended, batch.whole]));
    } catch (error) {
      if (error instanceof OutOfBounds) return batch.end(error.bound);
      throw error;
    }
  }

  #start(commands: Commands): { readonly mark: Buffer; readonly ended: Promise<number> } {
    const { argv, mark } = guard(commands);
    const streams = {
      opened: (write: (text: string) => void) => {
        this.#write = write;
      },
      stdout: (chunk: Buffer) => this.#batch?.take('stdout', chunk),
      stderr: (chunk: Buffer) => this.#batch?.take('stderr', chunk),
    };
    const ended = exec(this.#connection, this.#target, argv, streams, this.#stop.signal);
    // It may end while nobody waits for it.
    const close = () => this.close();
    ended.then(close, close);
    return { mark, ended };
  }
}

/** What a batch prints, up to the end of both streams. */
class Batch {
  /** Settled when all of it has come. */
  readonly whole: Promise<undefined>;
  readonly #isWhole: () => void;
  readonly #count: number;
  readonly #marked: { readonly stdout: MarkedStream; readonly stderr: MarkedStream };
  readonly #takers: {
    readonly [stream in 'stdout' | 'stderr']: (chunk: Buffer) => Promise<void> | undefined;
  };

  constructor(mark: Buffer, count: number, { maxBytes }: Bounds) {
    this.#count = count;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.whole = promise;
    this.#isWhole = () => resolve(undefined);
    const marked = { stdout: new MarkedStream(mark), stderr: new MarkedStream(mark) };
    this.#marked = marked;
    this.#takers = {
      stdout: bounded(marked.stdout, maxBytes),
      stderr: bounded(marked.stderr, mostErrorBytes),
    };
  }

  take(stream: 'stdout' | 'stderr', chunk: Buffer): Promise<void> | undefined {
    const wait = this.#takers[stream](chunk);
    if (this.#marked.stdout.count === this.#count && this.#marked.stderr.count === this.#count)
      this.#isWhole();
    return wait;
  }

  /** What each command printed; `end` tells what cut the first short that did not come to its mark. */
  async end(end: Output['end'], exitCode?: number): Promise<BatchOutput> {
    const [stdout, stderr] = [await this.#marked.stdout.end(), await this.#marked.stderr.end()];
    const stderrOf = (index: number) => (stderr.parts[index]?.output ?? stderr.rest).bytes();
    const parts = stdout.parts.map(async (part, index): Promise<Output> => ({
      stdout: part.output,
      stderr: await stderrOf(index),
      exitCode: part.exitCode,
      end: 'whole',
    }));
    const done = await Promise.all(parts);
    if (done.length === this.#count) return { done, cut: undefined };
    return { done, cut: { stdout: stdout.rest, stderr: await stderrOf(done.length), exitCode, end } };
  }
}
