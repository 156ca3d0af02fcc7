/** Runs one command in a container, once, within bounds, and collects what it prints. */
import type { Connection } from './connection.ts';
import { exec } from './exec.ts';
import type { Printed } from '../../core/text/printed.ts';
import { ClusterError, type PodContainer } from '../cluster.ts';
import { Printing } from '../printing.ts';

export interface Bounds {
  /** Of standard output; standard error has its own, smaller bound. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

export interface Output {
  readonly stdout: Printed;
  readonly stderr: Uint8Array;
  /** `undefined` when the command did not end by itself. */
  readonly exitCode: number | undefined;
  /** `whole`, or what cut it short: a bound, or a connection that lost its end. */
  readonly end: 'whole' | 'too-large' | 'too-long' | 'lost';
}

export const mostErrorBytes = 4 * 1024 * 1024;

/** Runs a command as it is, for containers without a shell. */
export async function runBare(
  connection: Connection,
  target: PodContainer,
  argv: readonly string[],
  bounds: Bounds,
  signal: AbortSignal,
): Promise<Output> {
  const [out, err] = [new Printing(), new Printing()];
  const ending = await runInto(connection, target, argv, { out, err }, bounds, signal);
  const stderr = await err.end();
  return { stdout: await out.end(), stderr: await stderr.bytes(), ...ending };
}

/** Takes what comes of a stream; a promise asks to wait before there is more. */
export interface Taker {
  add(chunk: Buffer): Promise<void> | undefined;
}

/** Runs a command within its bounds, and hands over what it prints as it comes. */
async function runInto(
  connection: Connection,
  target: PodContainer,
  argv: readonly string[],
  { out, err }: { readonly out: Taker; readonly err: Taker },
  bounds: Bounds,
  signal: AbortSignal,
): Promise<Pick<Output, 'exitCode' | 'end'>> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new OutOfBounds('too-long')), bounds.timeoutMs);
  try {
    const sink = { stdout: bounded(out, bounds.maxBytes), stderr: bounded(err, mostErrorBytes) };
    const both = AbortSignal.any([signal, stop.signal]);
    return { exitCode: await exec(connection, target, argv, sink, both), end: 'whole' };
  } catch (error) {
    if (error instanceof OutOfBounds) return { exitCode: undefined, end: error.bound };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Hands over so many bytes. @throws OutOfBounds */
export function bounded(taker: Taker, most: number): (chunk: Buffer) => Promise<void> | undefined {
  let room = most;
  return (chunk) => {
    const before = room;
    room -= chunk.length;
    if (room >= 0) return taker.add(chunk);
    if (before > 0) void taker.add(chunk.subarray(0, before));
    throw new OutOfBounds('too-large');
  };
}

/** A command was stopped before it printed what was asked of it. */
export function noAnswer(argv: readonly string[], { timeoutMs }: Bounds): ClusterError {
  const seconds = timeoutMs / 1000;
  return new ClusterError(
    'unreachable',
    `${argv.join(' ')} gave no answer within ${seconds} s, and was stopped.`,
  );
}

/** Stops a command that a bound cuts. */
export class OutOfBounds extends Error {
  readonly bound: 'too-large' | 'too-long';

  constructor(bound: 'too-large' | 'too-long') {
    super(bound);
    this.bound = bound;
  }
}
