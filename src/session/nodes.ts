import { asLive, ifAnswered, isClusterError, type Cluster } from '../cluster/cluster.ts';
import { parseIfState } from '../core/dump/ifstate.ts';
import { agentLabel } from '../core/nodes/agent.ts';
import { readFelixLog } from '../core/nodes/felixLog.ts';
import type { NodeFacts } from '../core/nodes/node.ts';
import {
  isSettled,
  nodeFacts,
  noEvidence,
  type NodeEvidence,
  type NodeObjects,
} from '../core/nodes/nodeFacts.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import { answerOf } from './answers.ts';
import type { Memory } from './memory.ts';
import type { ProbeTarget, ProbeText } from './session.ts';

/** What nodes are learned from. */
export interface NodeSources {
  readonly cluster: Cluster;
  readonly memory: Memory;
  readonly objects: (resource: string, signal: AbortSignal) => Promise<readonly KubernetesObject[]>;
  readonly felixConfigurations: (signal: AbortSignal) => Promise<readonly KubernetesObject[]>;
  readonly text: (target: ProbeTarget, signal: AbortSignal) => Promise<ProbeText>;
}

/** All nodes by name, as Kubernetes tells of them: nothing is asked of the nodes themselves. */
export async function listNodes(sources: NodeSources, signal: AbortSignal): Promise<readonly NodeFacts[]> {
  const { objects, names } = await readNodes(sources, signal);
  return names.map((name) => nodeFacts(name, objects, noEvidence));
}

/** One node, and what it says itself; a node that cannot be asked is told by what Kubernetes says. */
export function readNode(sources: NodeSources, name: string, signal: AbortSignal): Promise<NodeFacts> {
  return sources.memory.recall(`node/${name}`, signal, async (own) => {
    const { objects } = await readNodes(sources, own);
    const listed = nodeFacts(name, objects, noEvidence);
    const isAskable = listed.agent.kind === 'running' || listed.agent.kind === 'unknown';
    return isAskable ? askNode(sources, name, objects, own) : listed;
  });
}

/** Asks no more than it takes: the log of a node has megabytes, and its interfaces tell as much as a rule. */
async function askNode(
  sources: NodeSources,
  name: string,
  objects: NodeObjects,
  signal: AbortSignal,
): Promise<NodeFacts> {
  const textOf = async (probe: string) =>
    (await ifAnswered(sources.text({ node: name, probe }, signal)))?.text;
  const brief = { ...noEvidence, ifstate: await askInterfaces(sources, name, signal) };
  const facts = nodeFacts(name, objects, brief);
  const needsVersion = facts.calicoVersion === undefined;
  if (isSettled(facts) && !needsVersion) return facts;
  const [version, log] = await Promise.all([
    needsVersion ? textOf('version') : undefined,
    isSettled(facts) ? undefined : textOf('felix.log'),
  ]);
  return nodeFacts(name, objects, {
    ...brief,
    version,
    log: log === undefined ? undefined : readFelixLog(log),
  });
}

async function askInterfaces(
  { text }: NodeSources,
  node: string,
  signal: AbortSignal,
): Promise<NodeEvidence['ifstate']> {
  try {
    const dump = await text({ node, probe: 'ifstate.dump' }, signal);
    return { answer: { kind: 'answered' }, count: parseIfState(dump.text).entries.length };
  } catch (error) {
    if (!isClusterError(error)) throw error;
    const answer = answerOf(error);
    return answer && { answer, count: 0 };
  }
}

async function readNodes(sources: NodeSources, signal: AbortSignal) {
  const [nodes, pods, felixConfigurations, probed] = await Promise.all([
    sources.objects('nodes', signal),
    agentPods(sources, signal),
    sources.felixConfigurations(signal),
    asLive(sources.cluster) === undefined ? sources.cluster.probedNodes(signal) : [],
  ]);
  const names = new Set([...nodes.map(({ metadata }) => metadata.name), ...probed]);
  return { names: [...names].toSorted(), objects: { nodes, pods, felixConfigurations } };
}

/** The calico-node pods: a live cluster may have a thousand times as many others. */
export function agentPods(
  { cluster, memory, objects }: Pick<NodeSources, 'cluster' | 'memory' | 'objects'>,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const live = asLive(cluster);
  if (live === undefined) return objects('pods', signal);
  return memory.recall(agentsKey, signal, async (own) => {
    const selected = await ifAnswered(live.select({ resource: 'pods', label: agentLabel }, own));
    return selected ?? [];
  });
}

/** Where the calico-node pods of a live cluster are remembered. */
export const agentsKey = `objects/pods?${agentLabel}`;
