/** Runs one command in a container, once, within bounds, and collects what it prints. */
import type { Connection } from './connection.ts';
import { exec } from './exec.ts';
import { guard, splitAtMarks } from './guard.ts';
import { ClusterError, type PodContainer } from '../cluster.ts';

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

/** Several commands of one exec. */
export interface BatchOutput {
  /** Those that came to their end, in their order. */
  readonly done: readonly Output[];
  /** What came of the first that did not; `undefined` when all did. */
  readonly cut: Output | undefined;
}

/** Runs commands one after another; they end when we are gone. */
export async function runGuarded(
  connection: Connection,
  target: PodContainer,
  commands: readonly (readonly string[])[],
  bounds: Bounds,
  signal: AbortSignal,
): Promise<BatchOutput> {
  const { argv, mark } = guard(commands);
  const whole = await runBare(connection, target, argv, bounds, signal);
  const stdout = splitAtMarks(whole.stdout, mark);
  const stderr = splitAtMarks(whole.stderr, mark);
  const stderrOf = (index: number) => stderr.parts[index]?.bytes ?? stderr.rest;
  const done = stdout.parts.map(({ bytes, exitCode }, index): Output => ({
    stdout: bytes,
    stderr: stderrOf(index),
    exitCode,
    end: 'whole',
  }));
  if (done.length === commands.length) return { done, cut: undefined };
  const end = whole.end === 'whole' ? 'lost' : whole.end;
  return { done, cut: { ...whole, stdout: stdout.rest, stderr: stderrOf(done.length), end } };
}

/** Runs a command as it is, for containers without a shell. */
export async function runBare(
  connection: Connection,
  target: PodContainer,
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

/** A command was stopped before it printed what was asked of it. */
export function noAnswer(argv: readonly string[], { timeoutMs }: Bounds): ClusterError {
  const seconds = timeoutMs / 1000;
  return new ClusterError(
    'unreachable',
    `${argv.join(' ')} gave no answer within ${seconds} s, and was stopped.`,
  );
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
