import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import { exec } from './exec.ts';
import { guardOpen } from './guard.ts';
import { ClusterError, type PodContainer, type StreamPiece, type TraceRequest } from '../cluster.ts';

/** How much waits here for a slow reader before the sender has to. */
const mostWaiting = 1024 * 1024;

/**
 * The trace pipe, by whichever way the container has: `bpftool` mounts the file system of traces itself when it has
 * to. Two readers would take the lines from each other, so other processes that hold the pipe are looked for: one of
 * this very trace lost its connection, and ends; a stranger is named. Without `ls` and `grep` nobody is found. A
 * constant; its parameter is the trace.
 */
const traceScript = `
export CALICO_EBPF_TRACE=$1
{ ls -l /proc/[0-9]*/fd | grep -e '^/proc/.*:$' -e '/trace_pipe$'; } 2>/dev/null | {
  strangers=0
  while read -r line; do
    case $line in
    /proc/*/fd:) pid=\${line#/proc/}; pid=\${pid%/fd:} ;;
    *' -> '*/trace_pipe)
      environ=$(sed 's/\\x00/ /g' /proc/$pid/environ 2>/dev/null) || continue
      case " $environ " in
      *" CALICO_EBPF_TRACE=$1 "*)
        kill $pid
        for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $pid || break; sleep 0.2; done 2>/dev/null ;;
      *) strangers=1; echo "another reader: $pid $(sed 's/\\x00/ /g' /proc/$pid/cmdline)" >&2 ;;
      esac ;;
    esac
  done
  exit $strangers
} || exit 16
bpftool prog tracelog; code=$?
[ $code -eq 0 ] || [ $code -gt 128 ] && exit $code
for pipe in /sys/kernel/tracing/trace_pipe /sys/kernel/debug/tracing/trace_pipe; do
  [ -r "$pipe" ] && exec cat "$pipe"
done
exec tc exec bpf debug
`;

export function traceArgv({ seconds, id }: Pick<TraceRequest, 'seconds' | 'id'>): readonly string[] {
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new ClusterError('unsupported', 'A trace needs a time limit of whole seconds.');
  }
  return ['timeout', String(seconds), 'sh', '-c', traceScript, 'sh', id];
}

/** What a command prints, as it comes, until it ends or nobody wants more. */
export async function* follow(
  connection: Connection,
  target: PodContainer,
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
  return new ClusterError('failed', `It ended with status ${exitCode}.`);
}
