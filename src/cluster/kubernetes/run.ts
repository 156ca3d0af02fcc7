/** Runs one command in a container, once, within bounds, and collects what it prints. */
import type { Connection } from './connection.ts';
import { exec, type ContainerRef } from './exec.ts';
import { LostConnection } from './failure.ts';
import { guard, withoutMark } from './guard.ts';
import { ClusterError } from '../cluster.ts';

export interface Bounds {
  /** Of standard output; standard error has its own, smaller bound. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

export interface Output {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** `undefined` when the command did not end by itself. */
  readonly exitCode: number | undefined;
  /** `whole`, or what cut it short: a bound, or a connection that lost its end. */
  readonly end: 'whole' | 'too-large' | 'too-long' | 'lost';
}

const mostErrorBytes = 4 * 1024 * 1024;

/** Runs a command that ends when we are gone. */
export async function runGuarded(
  connection: Connection,
  target: ContainerRef,
  argv: readonly string[],
  bounds: Bounds,
  signal: AbortSignal,
): Promise<Output> {
  const guarded = guard(argv);
  const output = await runBare(connection, target, guarded.argv, bounds, signal);
  if (output.exitCode === undefined) return output;
  const stdout = withoutMark(output.stdout, guarded.mark);
  const stderr = withoutMark(output.stderr, guarded.mark) ?? output.stderr;
  return { ...output, stdout: stdout ?? output.stdout, stderr, end: stdout === undefined ? 'lost' : 'whole' };
}

/** Runs a command as it is, for containers without a shell. */
export async function runBare(
  connection: Connection,
  target: ContainerRef,
  argv: readonly string[],
  bounds: Bounds,
  signal: AbortSignal,
): Promise<Output> {
  const stdout = new Collector(bounds.maxBytes);
  const stderr = new Collector(mostErrorBytes);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new OutOfBounds('too-long')), bounds.timeoutMs);
  const toOutput = (exitCode: number | undefined, end: Output['end']): Output => ({
    stdout: stdout.bytes(),
    stderr: stderr.bytes(),
    exitCode,
    end,
  });
  try {
    const sink = {
      stdout: (chunk: Buffer) => stdout.add(chunk),
      stderr: (chunk: Buffer) => stderr.add(chunk),
    };
    const both = AbortSignal.any([signal, stop.signal]);
    return toOutput(await exec(connection, target, argv, sink, both), 'whole');
  } catch (error) {
    if (error instanceof OutOfBounds) return toOutput(undefined, error.bound);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

class OutOfBounds extends Error {
  readonly bound: 'too-large' | 'too-long';

  constructor(bound: 'too-large' | 'too-long') {
    super(bound);
    this.bound = bound;
  }
}

class Collector {
  readonly #chunks: Buffer[] = [];
  readonly #most: number;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Buffer): void {
    const room = this.#most - this.#size;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#size += Math.min(chunk.length, room);
    if (chunk.length > room) throw new OutOfBounds('too-large');
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks, this.#size);
  }
}

/** What a bound or a loss means for who asked: a part is better than nothing, nothing is a failure. */
export function requireSomething(output: Output, asked: string, bounds: Bounds): void {
  if (output.stdout.length > 0 || output.stderr.length > 0) return;
  if (output.end === 'too-long') {
    throw new ClusterError(
      'unreachable',
      `${asked} gave no answer within ${bounds.timeoutMs / 1000} s, and was stopped.`,
    );
  }
  if (output.end === 'lost') throw new LostConnection('The connection was lost before anything came.');
}
