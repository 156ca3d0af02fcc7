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
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new OutOfBounds('too-long')), bounds.timeoutMs);
  const toOutput = async (exitCode: number | undefined, end: Output['end']): Promise<Output> => {
    const stderr = await err.end();
    return { stdout: await out.end(), stderr: await stderr.bytes(), exitCode, end };
  };
  try {
    const sink = { stdout: bounded(out, bounds.maxBytes), stderr: bounded(err, mostErrorBytes) };
    const both = AbortSignal.any([signal, stop.signal]);
    return await toOutput(await exec(connection, target, argv, sink, both), 'whole');
  } catch (error) {
    if (error instanceof OutOfBounds) return await toOutput(undefined, error.bound);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Takes what comes of a stream; a promise asks to wait before there is more. */
interface Taker {
  add(chunk: Buffer): Promise<void> | undefined;
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
