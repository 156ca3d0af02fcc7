import type { PlannedChange } from '../cluster/changes.ts';
import { ClusterError, isClusterError, type LiveCluster, type PodContainer } from '../cluster/cluster.ts';
import type { Journal, Loan } from '../cluster/journal.ts';
import { giveBack, takeLoan } from '../cluster/loans.ts';
import { openDebugPod, type DebugPodChoice } from './debugPod.ts';
import { followNode, type Followed } from './follow.ts';
import { waitForFelix } from './ready.ts';

/** A change that the user agreed to, and the nodes whose Felix takes it. */
export interface AgreedChange {
  readonly change: PlannedChange;
  readonly nodes: readonly string[];
}

export interface RunRequest {
  readonly cluster: LiveCluster;
  readonly nodes: readonly string[];
  readonly seconds: number;
  readonly changes: readonly AgreedChange[];
  readonly journal: Journal;
  readonly readyTimeoutMs: number;
  /** Where calico-node has no way to the trace, a debug pod is offered; `undefined` for never. */
  readonly debugPods: DebugPodChoice | undefined;
}

/** What a run tells while it goes on. */
export interface RunListener {
  /** What is done at the moment, in words. */
  doing(words: string): void;
  /** What is worth a line in the trace itself. */
  remark(node: string, words: string): void;
  /** Waits while the listener is slower than the trace. */
  bytes(node: string, bytes: Uint8Array): Promise<void>;
}

/** How a run ended. What was changed is put back in any case, or stays in the journal and is told. */
export interface RunEnd {
  /** Nodes that were not followed to the end, and why. */
  readonly failures: readonly { readonly node: string; readonly why: string }[];
  /** What could not be put back now. */
  readonly owed: readonly { readonly loan: Loan; readonly why: string }[];
  /** Keys that somebody else changed meanwhile, which were kept. */
  readonly kept: readonly string[];
}

/**
 * Makes the changes, waits for Felix, follows the nodes until the time is over or the signal comes, and puts back
 * what was changed, in that order, whatever happens.
 * @throws ClusterError when a change was not made; what was made before it is put back
 */
export async function runTrace(
  request: RunRequest,
  listener: RunListener,
  stop: AbortSignal,
): Promise<RunEnd> {
  const { cluster, journal } = request;
  const loans: Loan[] = [];
  let failures: RunEnd['failures'] = [];
  let trouble: unknown;
  try {
    await takeAll(request, loans, listener, stop);
    failures = await followAll(request, loans, listener, stop);
  } catch (error) {
    trouble = error;
  }
  if (loans.length > 0) listener.doing('Putting back what was changed');
  const { owed, kept } = await giveBackAll(cluster, loans, journal);
  if (trouble !== undefined && !stop.aborted) throw trouble;
  return { failures, owed, kept };
}

async function takeAll(
  { cluster, changes, journal, seconds, nodes, readyTimeoutMs }: RunRequest,
  loans: Loan[],
  listener: RunListener,
  stop: AbortSignal,
): Promise<void> {
  for (const { change } of changes) {
    stop.throwIfAborted();
    listener.doing(`Changing FelixConfiguration ${change.ref.name}`);
    const purpose = `a trace of ${nodes.join(', ')} for ${seconds} s`;
    // Not to be cut short: once a change is on its way, it must be known whether it was made.
    const noted = (loan: Loan) => loans.push(loan);
    const taken = await takeLoan(cluster, change, { journal, purpose, noted }, new AbortController().signal);
    if (taken.kind !== 'taken') throw new ClusterError('failed', taken.message);
  }
  await Promise.all(changes.flatMap((agreed) => agreed.nodes.map((node) => wait(node, agreed))));

  async function wait(node: string, { change }: AgreedChange): Promise<void> {
    listener.doing('Waiting until Felix is ready again');
    const values = Object.fromEntries(change.changes.map(({ key, after }) => [key, after]));
    const taken = await waitForFelix(cluster, { node, values, timeoutMs: readyTimeoutMs }, stop);
    if (taken.kind === 'waiting') {
      listener.remark(
        node,
        `Felix is not ready after ${Math.round(readyTimeoutMs / 1000)} s (${taken.why}); the trace begins anyway.`,
      );
    }
  }
}

/** Follows all nodes; one that fails ends by itself and delays nobody. */
async function followAll(
  request: RunRequest,
  loans: Loan[],
  listener: RunListener,
  stop: AbortSignal,
): Promise<RunEnd['failures']> {
  const { nodes } = request;
  listener.doing(`Tracing ${nodes.join(', ')}`);
  const ends = await Promise.all(
    nodes.map(async (node) => {
      try {
        await followOne({ ...request, node, loans }, listener, stop);
        return [];
      } catch (error) {
        if (!isClusterError(error)) throw error;
        listener.remark(node, error.message);
        return [{ node, why: error.message }];
      }
    }),
  );
  return ends.flat();
}

interface NodeRequest extends RunRequest {
  readonly node: string;
  readonly loans: Loan[];
}

/** In calico-node, and where that has no way to the trace, in a debug pod. @throws ClusterError */
async function followOne(request: NodeRequest, listener: RunListener, stop: AbortSignal): Promise<void> {
  const why = await followIn(undefined, request, listener, stop);
  if (why === undefined || stop.aborted) return;
  listener.remark(request.node, `calico-node has no way to the trace: ${why}`);
  const pod = await makeDebugPod(request, why, stop);
  if (pod === undefined) throw new ClusterError('failed', `calico-node has no way to the trace: ${why}`);
  listener.remark(request.node, `The trace is read in the debug pod ${pod.namespace}/${pod.pod}.`);
  const still = await followIn(pod, request, listener, stop);
  if (still !== undefined) throw new ClusterError('failed', `Nor has the debug pod a way: ${still}`);
}

/** Why the trace cannot be read there. */
async function followIn(
  pod: PodContainer | undefined,
  { cluster, node, seconds }: NodeRequest,
  listener: RunListener,
  stop: AbortSignal,
): Promise<string | undefined> {
  const until = new Date(Date.now() + seconds * 1000);
  for await (const followed of followNode(cluster, { node, pod, until }, stop)) {
    if (followed.kind === 'no-way') return followed.why;
    await tell(node, followed, listener);
  }
  return undefined;
}

async function makeDebugPod(
  { cluster, journal, node, seconds, loans, debugPods, readyTimeoutMs: timeoutMs }: NodeRequest,
  why: string,
  stop: AbortSignal,
): Promise<PodContainer | undefined> {
  if (debugPods === undefined) return undefined;
  const noted = (loan: Loan) => loans.push(loan);
  try {
    return await openDebugPod({ cluster, journal, node, why, seconds, timeoutMs, noted }, debugPods, stop);
  } catch (error) {
    if (!isClusterError(error)) throw error;
    const words = `calico-node has no way to the trace: ${why} A debug pod might, but: ${error.message}`;
    throw new ClusterError(error.reason, words, { cause: error });
  }
}

async function tell(
  node: string,
  followed: Exclude<Followed, { kind: 'no-way' }>,
  listener: RunListener,
): Promise<void> {
  switch (followed.kind) {
    case 'bytes':
      await listener.bytes(node, followed.bytes);
      return;
    case 'lost':
      listener.remark(
        node,
        `Lost at ${clock(followed.at)}: ${followed.why} What is printed from here on is not seen.`,
      );
      return;
    case 'resumed':
      listener.remark(
        node,
        `Goes on at ${clock(followed.at)}; nothing was seen from ${clock(followed.since)} on.`,
      );
  }
}

function clock(moment: Date): string {
  return moment.toISOString().slice(11, 23);
}

/** How long it is tried to put back what was changed before it is left to the journal. */
const giveBackMs = 20_000;

/** Puts back the latest first; one that cannot be put back now stays in the journal. */
async function giveBackAll(
  cluster: LiveCluster,
  loans: readonly Loan[],
  journal: Journal,
): Promise<Pick<RunEnd, 'owed' | 'kept'>> {
  const owed: { readonly loan: Loan; readonly why: string }[] = [];
  const kept: string[] = [];
  for (const loan of loans.toReversed()) {
    try {
      const given = await giveBack(cluster, loan, journal, AbortSignal.timeout(giveBackMs));
      kept.push(...given.kept.map((key) => `${loan.ref.name}: ${key}`));
    } catch (error) {
      owed.push({ loan, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { owed, kept };
}
