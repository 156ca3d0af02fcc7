import type * as vscode from 'vscode';
import { ifAnswered } from '../cluster/cluster.ts';
import { annotationPrefix } from '../core/felix/names.ts';
import { field, textField } from '../core/objects/object.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { ClusterAnswer, ConfigurationAnswer } from '../language/protocol.ts';
import type { Session } from '../session/session.ts';
import { askNode, nodeFromObjects } from './nodeAnswer.ts';

/** On more nodes than this, the nodes of a live cluster are not asked themselves: it is a call for each. */
const maxLiveNodes = 20;

/** What the open cluster tells about configuration files; what it cannot answer is left out. */
export async function answerFor(
  session: Session | undefined,
  token: vscode.CancellationToken,
): Promise<ClusterAnswer | null> {
  if (session === undefined) return null;
  const signal = toAbortSignal(token);
  const [nodes, objects, pods, stored] = await Promise.all([
    session.nodes(signal),
    listOf(session, 'nodes', signal),
    listOf(session, 'pods', signal),
    configurationsOf(session, signal),
  ]);
  const asksNodes = session.cluster.info.kind !== 'live' || nodes.length <= maxLiveNodes;
  const answers = nodes.map(({ name }) => nodeFromObjects(name, objects ?? [], pods ?? []));
  return {
    name: session.cluster.info.name,
    calicoVersion:
      session.cluster.info.calicoVersion ?? nodes.find((node) => node.calicoVersion)?.calicoVersion,
    nodes: asksNodes ? await Promise.all(answers.map((node) => askNode(node, session, signal))) : answers,
    configurations: stored.map(toConfiguration),
    ...(pods !== undefined && { kubeProxyRuns: pods.some(isKubeProxy) }),
  };
}

/** kubeadm and most others label it `k8s-app`, static pods have `component`. */
function isKubeProxy(pod: KubernetesObject): boolean {
  const { labels = {} } = pod.metadata;
  const isOne = labels['k8s-app'] === 'kube-proxy' || labels['component'] === 'kube-proxy';
  return isOne && textField(pod, 'status', 'phase') === 'Running';
}

/** Where the Calico API server runs, the objects have the one name, else the other. */
async function configurationsOf(session: Session, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
  const served = await listOf(session, 'felixconfigurations.projectcalico.org', signal);
  if (served !== undefined && served.length > 0) return served;
  return (await listOf(session, 'felixconfigurations.crd.projectcalico.org', signal)) ?? [];
}

function toConfiguration(object: KubernetesObject): ConfigurationAnswer {
  const spec = field(object, 'spec');
  const { name, annotations = {} } = object.metadata;
  const createdAt = textField(object, 'metadata', 'creationTimestamp');
  const parameters = Object.entries(annotations).filter(([key]) => key.startsWith(annotationPrefix));
  return {
    name,
    spec: isRecord(spec) ? spec : {},
    annotations: Object.fromEntries(parameters),
    ...(createdAt !== undefined && { createdAt }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function listOf(
  session: Session,
  resource: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  return ifAnswered(session.cluster.list(resource, signal));
}
