/**
 * A pod that reads the trace of a node whose calico-node has no way to it: the pod that
 * `kubectl debug node/N --profile=sysadmin` makes, without the root of the node's file system and without its IPC.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedChange } from '../cluster/changes.ts';
import { ClusterError, type LiveCluster, type PodContainer } from '../cluster/cluster.ts';
import type { Journal, Loan } from '../cluster/journal.ts';
import { planLoan, takeLoan, type LoanRequest } from '../cluster/loans.ts';
import { podTrouble } from '../core/nodes/agent.ts';
import { field, listField, textField, type KubernetesObject } from '../core/objects/object.ts';

/** What the user is asked before a debug pod is made. */
export interface DebugPodOffer {
  readonly node: string;
  /** Why calico-node has no way to the trace. */
  readonly why: string;
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  /** After so many seconds it ends by itself. */
  readonly seconds: number;
}

export interface DebugPodRequest {
  readonly cluster: LiveCluster;
  readonly journal: Journal;
  readonly node: string;
  readonly why: string;
  readonly seconds: number;
  /** How long it is waited until the pod runs. */
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  /** Is told of the pod before it is made: from then on it has to be removed. */
  readonly noted: (loan: Loan) => void;
}

export interface DebugPodChoice {
  /** Empty for that of calico-node, which the node has already. */
  readonly image: string;
  /** Asks the user. */
  readonly agree: (offer: DebugPodOffer) => Promise<boolean>;
}

const container = 'trace';
/** Longer than the trace, to be told from a pod that fails. */
const spareSeconds = 60;

/**
 * Makes a pod for a trace, when the user agrees, and waits until it runs; `undefined` when they do not.
 * @throws ClusterError
 */
export async function openDebugPod(
  request: DebugPodRequest,
  { image, agree }: DebugPodChoice,
  signal: AbortSignal,
): Promise<PodContainer | undefined> {
  const { cluster, journal, node, why, noted } = request;
  const loan = loanFor(await findHost(request, signal), image, request);
  const { namespace = '', name } = loan.ref;
  const planning = await planLoan(cluster, loan, signal);
  if (planning.kind !== 'planned') throw notMade(planning);
  const { change } = planning;
  const offer = {
    node,
    why,
    namespace,
    name,
    image: imageOf(change),
    seconds: request.seconds + spareSeconds,
  };
  if (!(await Promise.race([agree(offer), refusal(request, signal)]))) return undefined;
  // Not to be cut short: once it is on its way, it must be known whether it was made.
  const whole = new AbortController().signal;
  const taken = await takeLoan(cluster, change, { journal, purpose: `A trace of ${node}`, noted }, whole);
  if (taken.kind !== 'taken') throw notMade(taken);
  await untilRunning(request, change.ref, signal);
  return { namespace, pod: name, container };
}

/** Nobody has to answer: what else was changed for the trace is put back in time. */
function refusal({ seconds }: DebugPodRequest, signal: AbortSignal): Promise<false> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  return new Promise((resolve) => {
    if (over.aborted) resolve(false);
    over.addEventListener('abort', () => resolve(false), { once: true });
  });
}

function notMade({ kind, ...rest }: { readonly kind: string; readonly message?: string }): ClusterError {
  return new ClusterError('failed', `The debug pod is not made: ${rest.message ?? kind}`);
}

function imageOf({ after }: PlannedChange): string {
  return textField(listField(after, 'spec', 'containers')[0], 'image') ?? '';
}

/** The calico-node pod of the node: the debug pod goes to its namespace, which allows such pods. */
async function findHost({ cluster, node }: DebugPodRequest, signal: AbortSignal): Promise<KubernetesObject> {
  const { namespace, pod: name } = await cluster.agentPod(node, signal);
  const pod = await cluster.read({ resource: 'pods', namespace, name }, signal);
  if (pod === undefined) throw new ClusterError('unreachable', `${namespace}/${name} is gone.`);
  return pod;
}

function loanFor(agent: KubernetesObject, image: string, { node, seconds }: DebugPodRequest): LoanRequest {
  const own = listField(agent, 'spec', 'containers').find((one) => textField(one, 'name') === 'calico-node');
  const name = `calico-ebpf-trace-${randomBytes(4).toString('hex')}`;
  return {
    ref: { resource: 'pods', namespace: agent.metadata.namespace ?? '', name },
    apiVersion: 'v1',
    kind: 'Pod',
    labels: { 'app.kubernetes.io/name': 'calico-ebpf-trace', 'app.kubernetes.io/managed-by': 'calico-ebpf' },
    values: {
      nodeName: node,
      // Also when nobody is left to remove it.
      activeDeadlineSeconds: seconds + spareSeconds,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      // The other readers of the node are seen, and its network need not work.
      hostPID: true,
      hostNetwork: true,
      tolerations: [{ operator: 'Exists' }],
      imagePullSecrets: field(agent, 'spec', 'imagePullSecrets'),
      containers: [
        {
          name: container,
          image: image === '' ? textField(own, 'image') : image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(seconds + spareSeconds)],
          // SELinux and AppArmor let no other container read the file system of traces, nor mount it.
          securityContext: { privileged: true, runAsUser: 0 },
          volumeMounts: places.map(([name, mountPath]) => ({ name, mountPath, readOnly: true })),
        },
      ],
      volumes: places.map(([name, path]) => ({ name, hostPath: { path, type: 'Directory' } })),
    },
  };
}

/** Where the kernel shows its trace. */
const places = [
  ['debug', '/sys/kernel/debug'],
  ['tracing', '/sys/kernel/tracing'],
] as const;

async function untilRunning(
  { cluster, timeoutMs, intervalMs = 500 }: DebugPodRequest,
  ref: PlannedChange['ref'],
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const pod = await cluster.read(ref, signal);
    const trouble = pod === undefined ? 'is gone' : podTrouble(pod, container);
    if (trouble === undefined) return;
    if (pod === undefined || performance.now() > until) {
      throw new ClusterError('failed', `The debug pod ${ref.namespace ?? ''}/${ref.name} ${trouble}.`);
    }
    await delay(intervalMs, undefined, { signal });
  }
}
