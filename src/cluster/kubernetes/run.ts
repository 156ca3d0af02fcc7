/** Runs one command in a container, once, within bounds, and collects what it prints. */
import type { Connection } from './connection.ts';
import { exec } from './exec.ts';
import { guard, MarkedStream } from './guard.ts';
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
  const [out, err] = [new MarkedStream(mark), new MarkedStream(mark)];
  const { exitCode, end } = await runInto(connection, target, argv, { out, err }, bounds, signal);
  const [stdout, stderr] = [await out.end(), await err.end()];
  const stderrOf = (index: number) => (stderr.parts[index]?.output ?? stderr.rest).bytes();
  const done = stdout.parts.map(async ({ output, exitCode }, index): Promise<Output> => ({
    stdout: output,
    stderr: await stderrOf(index),
    exitCode,
    end: 'whole',
  }));
  const answers = await Promise.all(done);
  if (answers.length === commands.length) return { done: answers, cut: undefined };
  const cut: Output = {
    stdout: stdout.rest,
    stderr: await stderrOf(answers.length),
    exitCode,
    end: end === 'whole' ? 'lost' : end,
  };
  return { done: answers, cut };
}

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
interface Taker {
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

/** Hands over so many bytes. */
function bounded(taker: Taker, most: number): (chunk: Buffer) => Promise<void> | undefined {
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

class OutOfBounds extends Error {
  readonly bound: 'too-large' | 'too-long';

  constructor(bound: 'too-large' | 'too-long') {
    super(bound);
    this.bound = bound;
  }
}
