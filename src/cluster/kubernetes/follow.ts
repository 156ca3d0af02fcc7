import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import { exec, type ContainerRef } from './exec.ts';
import { guardOpen } from './guard.ts';
import { ClusterError, type StreamPiece } from '../cluster.ts';

/** How much waits here for a slow reader before the sender has to. */
const mostWaiting = 1024 * 1024;

/**
 * The trace pipe, by whichever way the container has: `bpftool` mounts the file system of traces itself when it has
 * to. A constant; the kernel allows one reader at a time.
 */
const traceScript = `
bpftool prog tracelog && exit
for pipe in /sys/kernel/tracing/trace_pipe /sys/kernel/debug/tracing/trace_pipe; do
  [ -r "$pipe" ] && exec cat "$pipe"
done
exec tc exec bpf debug
`;

export function traceArgv(seconds: number): readonly string[] {
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new ClusterError('unsupported', 'A trace needs a time limit of whole seconds.');
  }
  return ['timeout', String(seconds), 'sh', '-c', traceScript];
}

/** What a command prints, as it comes, until it ends or nobody wants more. */
export async function* follow(
  connection: Connection,
  target: ContainerRef,
  argv: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<StreamPiece> {
  const channel = new Channel<StreamPiece>(mostWaiting, ({ bytes }) => bytes.length);
  const stop = new AbortController();
  const sink = {
    stdout: (bytes: Buffer) => channel.send({ stream: 'stdout', bytes }),
    stderr: (bytes: Buffer) => channel.send({ stream: 'stderr', bytes }),
  };
  const both = AbortSignal.any([signal, stop.signal]);
  const ended = exec(connection, target, guardOpen(argv), sink, both).then(
    (exitCode) => channel.end(isUsualEnd(exitCode) ? {} : { error: failure(exitCode) }),
    (error: unknown) => channel.end({ error }),
  );
  try {
    yield* channel;
  } finally {
    stop.abort();
    await ended;
  }
}

/** By itself, or by its time limit. */
function isUsualEnd(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 124;
}

function failure(exitCode: number): ClusterError {
  return new ClusterError('failed', `It ended with status ${exitCode}; see what was said.`);
}
