/** The calico-node pod of a node: whether anything can be asked of it, and why not. */
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';

/** `unknown`: no pods are known at all. */
export type AgentState =
  | { readonly kind: 'running' | 'unknown' }
  /** Nothing can be asked of the node; `why` is the rest of a sentence about it. */
  | { readonly kind: 'absent' | 'ailing' | 'windows'; readonly why: string };

/** How the pods of Calico's agent are labelled: with flannel beside it, they are those of canal (manifests/canal.yaml). */
const agentNames = ['calico-node', 'canal'];

/** A label selector for them. */
export const agentLabel = `k8s-app in (${agentNames.join(',')})`;

/** Whether a pod is Calico's agent, in whichever namespace. */
export function isAgent({ metadata }: KubernetesObject): boolean {
  return agentNames.includes(metadata.labels?.['k8s-app'] ?? '');
}

/** The state of a node's calico-node pod; `agent` is the pod, if there is one. */
export function agentState(
  node: KubernetesObject | undefined,
  agent: KubernetesObject | undefined,
  arePodsKnown: boolean,
): AgentState {
  if (textField(node, 'metadata', 'labels', 'kubernetes.io/os') === 'windows') {
    return { kind: 'windows', why: 'runs Windows, where Calico has no eBPF dataplane' };
  }
  if (agent === undefined) {
    return arePodsKnown ? { kind: 'absent', why: whyAbsent(node) } : { kind: 'unknown' };
  }
  const trouble = podTrouble(agent, 'calico-node');
  if (trouble === undefined) return { kind: 'running' };
  const { namespace = '', name } = agent.metadata;
  return { kind: 'ailing', why: `has a calico-node pod, ${namespace}/${name}, that ${trouble}` };
}

/** The DaemonSet tolerates all taints, so a node without a pod is selected away, or not ready for any. */
function whyAbsent(node: KubernetesObject | undefined): string {
  const taints = listField(node, 'spec', 'taints').map((taint) => textField(taint, 'key') ?? '');
  const because = taints.length === 0 ? '' : `; its taints are ${taints.join(', ')}`;
  return `has no calico-node pod${because}`;
}

/** Why nothing can be run in a container of a pod, as the rest of a sentence; `undefined` when it runs. */
export function podTrouble(pod: KubernetesObject, container: string): string | undefined {
  if (field(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'is being deleted';
  const phase = textField(pod, 'status', 'phase') ?? 'Unknown';
  const status = listField(pod, 'status', 'containerStatuses').find(
    (one) => textField(one, 'name') === container,
  );
  const waiting = field(status, 'state', 'waiting');
  const ended = field(status, 'state', 'terminated');
  const reason =
    textField(waiting, 'reason') ?? textField(ended, 'reason') ?? textField(pod, 'status', 'reason');
  if (waiting !== undefined) return `waits to start (${reason ?? phase})`;
  if (ended !== undefined) return `has ended (${reason ?? phase})`;
  if (phase !== 'Running') return `is ${phase}${reason === undefined ? '' : ` (${reason})`}`;
  return undefined;
}
