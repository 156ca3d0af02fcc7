import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError, isClusterError, type LiveCluster, type PodContainer } from '../cluster/cluster.ts';

/** What comes of following the trace of a node. */
export type Followed =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** What was printed from here on is lost, and why. */
  | { readonly kind: 'lost'; readonly at: Date; readonly why: string }
  | { readonly kind: 'resumed'; readonly at: Date; readonly since: Date }
  /** The container cannot read the trace, and why; the last that comes. */
  | { readonly kind: 'no-way'; readonly why: string };

export interface FollowRequest {
  readonly node: string;
  /** Where to read instead of in calico-node. */
  readonly pod?: PodContainer | undefined;
  /** When the trace is to end. */
  readonly until: Date;
  /** How long to wait before the first try to go on, in ms; each further one takes twice as long. */
  readonly firstDelayMs?: number;
}

const longestDelayMs = 10_000;
/** How often in a row it may end without having printed anything. */
const mostFruitless = 5;

/**
 * The trace of a node until a moment: where the connection is lost it goes on, and says from when to when it was not
 * heard. Ends with the signal.
 * @throws ClusterError `failed` when somebody else reads the trace; `unreachable` when it ends again and again
 */
export async function* followNode(
  cluster: LiveCluster,
  { node, pod, until, firstDelayMs = 500 }: FollowRequest,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const id = randomUUID();
  let fruitless = 0;
  let lostAt: Date | undefined;
  while (!signal.aborted && secondsTo(until) > 0) {
    const said = new Said();
    let why = 'the command ended';
    try {
      for await (const { stream, bytes } of cluster.followTrace(
        { node, id, pod, seconds: secondsTo(until) },
        signal,
      )) {
        if (stream === 'stderr') said.hear(bytes);
        if (said.isBusy) throw busy(node, said);
        if (lostAt !== undefined) yield { kind: 'resumed', at: new Date(), since: lostAt };
        lostAt = undefined;
        fruitless = 0;
        yield { kind: 'bytes', bytes };
      }
    } catch (error) {
      if (!isClusterError(error)) throw error;
      if (said.isBusy) throw busy(node, said);
      if (error.reason !== 'unreachable') return yield { kind: 'no-way', why: said.because(error.message) };
      why = error.message;
    }
    if (signal.aborted || secondsTo(until) <= 0) return;
    fruitless += 1;
    if (fruitless > mostFruitless) {
      throw new ClusterError(
        'unreachable',
        `The trace of ${node} ends again and again: ${said.because(why)}`,
      );
    }
    if (lostAt === undefined) {
      lostAt = new Date();
      yield { kind: 'lost', at: lostAt, why };
    }
    await pause(Math.min(firstDelayMs * 2 ** (fruitless - 1), longestDelayMs), signal);
  }
}

function secondsTo(moment: Date): number {
  return Math.ceil((moment.getTime() - Date.now()) / 1000);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined); // The loop sees that it is over.
}

/** The kernel hands the pipe to one reader (from 6.18 on it says so; before, two readers split the lines). */
function busy(node: string, { readers }: Said): ClusterError {
  const who =
    readers.length === 0
      ? 'It is none of the processes that are seen from here: another pod’s, or a command on the node itself.'
      : `It is ${readers.map(({ pid, command }) => `process ${pid}, “${command}”`).join(', and ')}.`;
  return new ClusterError(
    'failed',
    `Somebody else reads the trace of ${node} already, and only one can: another window, another engineer, or a command left running. ${who} End that one and start again.`,
  );
}

/** What a tool said on standard error, of which only the end matters. */
class Said {
  readonly #decoder = new TextDecoder();
  text = '';

  hear(bytes: Uint8Array): void {
    this.text = (this.text + this.#decoder.decode(bytes, { stream: true })).slice(-4000);
  }

  get isBusy(): boolean {
    return this.readers.length > 0 || /Device or resource busy/i.test(this.text);
  }

  /** The processes that read the trace already, as far as they are seen. */
  get readers(): readonly { readonly pid: string; readonly command: string }[] {
    const found = this.text.matchAll(/^another reader: (\d+) (.*)$/gm);
    return [...found].map(([, pid = '', command = '']) => ({ pid, command: command.trim() }));
  }

  /** Why it ended, with the last line that was said. */
  because(why: string): string {
    const last = this.text.trim().split('\n').at(-1) ?? '';
    return last === '' ? why : `${why} (${last})`;
  }
}
