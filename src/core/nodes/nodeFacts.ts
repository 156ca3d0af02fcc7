import { indexOnce } from '../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';
import type { Answer } from './answer.ts';
import { agentState, isAgent, type AgentState } from './agent.ts';
import { judgeEbpf, type ConfiguredEbpf, type EbpfEvidence } from './ebpf.ts';
import type { FelixLogFacts } from './felixLog.ts';
import type { EbpfState, NodeFacts } from './node.ts';

export interface NodeObjects {
  readonly nodes: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly felixConfigurations: readonly KubernetesObject[];
}

/** What a node's own probes said; nothing for a node that was not asked. */
export interface NodeEvidence {
  readonly log: FelixLogFacts | undefined;
  readonly ifstate: { readonly answer: Answer; readonly count: number } | undefined;
  /** What the version probe printed. */
  readonly version: string | undefined;
}

/** The facts about one node, by name; the Node object may be missing. */
export function nodeFacts(
  name: string,
  objects: NodeObjects,
  { log, ifstate, version }: NodeEvidence,
): NodeFacts {
  const node = nodesByName(objects.nodes).get(name);
  const agent = findAgent(objects.pods, name);
  const ready = listField(node, 'status', 'conditions').find(
    (condition) => textField(condition, 'type') === 'Ready',
  );
  const status = textField(ready, 'status');
  const state = agentState(node, agent, objects.pods.length > 0);
  const configured = configuredEbpf(name, objects.felixConfigurations, agent);
  const ebpf = ebpfOf(state, { log, ifstate, configured });
  return {
    name,
    agent: state,
    zone: firstLabel(node, zoneLabels),
    pool: firstLabel(node, poolLabels),
    ready: status === 'True' ? 'ready' : status === 'False' ? 'not-ready' : 'unknown',
    readyMessage: textField(ready, 'message'),
    ebpf,
    instead:
      ebpf.state === 'off' && state.kind !== 'windows'
        ? tablesOf(name, objects.felixConfigurations, agent)
        : undefined,
    calicoVersion: (agent && agentVersion(agent)) ?? readVersion(version ?? ''),
    kernel: textField(node, 'status', 'nodeInfo', 'kernelVersion'),
    osImage: textField(node, 'status', 'nodeInfo', 'osImage'),
    addresses: listField(node, 'status', 'addresses').flatMap((each) => textField(each, 'address') ?? []),
  };
}

/** Of a node that was not asked. */
export const noEvidence: NodeEvidence = { log: undefined, ifstate: undefined, version: undefined };

/** Whether more evidence would change nothing: what the interfaces say is as configured. */
export function isSettled({ ebpf }: NodeFacts): boolean {
  return ebpf.state !== 'unknown' && ebpf.configured === undefined;
}

/** A node whose pod cannot be asked says nothing itself. */
function ebpfOf(agent: AgentState, evidence: EbpfEvidence): EbpfState {
  if (agent.kind === 'windows') {
    return {
      state: 'off',
      reason: 'agent',
      why: `It ${agent.why}.`,
      configured: undefined,
      asked: ['labels of the node'],
    };
  }
  const judged = judgeEbpf(evidence);
  const isSilent = agent.kind === 'absent' || agent.kind === 'ailing';
  return isSilent && judged.state === 'unknown'
    ? { ...judged, reason: 'agent', why: `It ${agent.why}.` }
    : judged;
}

const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

/** As clouds and provisioners name the groups that nodes are made in. */
const poolLabels = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'alpha.eksctl.io/nodegroup-name',
  'kubernetes.azure.com/agentpool',
  'karpenter.sh/nodepool',
  'kops.k8s.io/instancegroup',
  'doks.digitalocean.com/node-pool',
  'node.cluster.x-k8s.io/machinedeployment',
];

function firstLabel(node: KubernetesObject | undefined, labels: readonly string[]): string | undefined {
  return labels.map((label) => node?.metadata.labels?.[label]).find((value) => value !== undefined);
}

/** The calico-node pod of a node. */
export function findAgent(pods: readonly KubernetesObject[], node: string): KubernetesObject | undefined {
  return agentsByNode(pods).get(node);
}

const nodesByName = indexOnce(
  (nodes: readonly KubernetesObject[]) => new Map(nodes.map((node) => [node.metadata.name, node])),
);

const agentsByNode = indexOnce((pods: readonly KubernetesObject[]) => {
  const agents = new Map<string, KubernetesObject>();
  for (const pod of pods) {
    if (!isAgent(pod)) continue;
    const node = textField(pod, 'spec', 'nodeName');
    // While an update rolls, the pod that ends is listed beside the new one.
    if (node !== undefined && (!agents.has(node) || !isEnding(pod))) agents.set(node, pod);
  }
  return agents;
});

function isEnding(pod: KubernetesObject): boolean {
  return pod.metadata['deletionTimestamp'] !== undefined;
}

/** The value of an environment variable of the calico-node container. */
export function agentEnvironment(agent: KubernetesObject | undefined, name: string): string | undefined {
  const entry = listField(agentContainer(agent), 'env').find((each) => textField(each, 'name') === name);
  return textField(entry, 'value');
}

function agentContainer(agent: KubernetesObject | undefined): unknown {
  return listField(agent, 'spec', 'containers').find(
    (container) => textField(container, 'name') === 'calico-node',
  );
}

/** The tag of the calico-node image, if it is a version: `v3.32.1`. */
export function agentVersion(agent: KubernetesObject): string | undefined {
  const tag = /:([^:/@]+)(?:@.*)?$/.exec(textField(agentContainer(agent), 'image') ?? '')?.[1];
  return tag !== undefined && /^v?\d+\.\d+/.test(tag) ? tag : undefined;
}

/** `… bpf version` prints `Version:            v3.32.1` (felix/cmd/calico-bpf/commands/version.go). */
export function readVersion(text: string): string | undefined {
  return /^Version: +(\S+)$/m.exec(text)?.[1];
}

/** iptables or nftables, as `nftablesMode` asks; with Auto (from v3.32) as kube-proxy does (felix/dataplane/linux/int_dataplane.go). */
function tablesOf(
  node: string,
  felixConfigurations: readonly KubernetesObject[],
  agent: KubernetesObject | undefined,
): string {
  const names = [`node.${node}`, 'default'];
  const modes = names.map((name) =>
    textField(
      felixConfigurations.find((each) => each.metadata.name === name),
      'spec',
      'nftablesMode',
    ),
  );
  const mode = agentEnvironment(agent, 'FELIX_NFTABLESMODE') ?? modes.find((each) => each !== undefined);
  switch ((mode ?? 'auto').toLowerCase()) {
    case 'enabled':
      return 'nftables';
    case 'disabled':
      return 'iptables';
    default:
      return 'iptables, or nftables where kube-proxy uses it';
  }
}

/** What configuration asks for: the environment wins over the node's FelixConfiguration, that over the default one. */
function configuredEbpf(
  node: string,
  felixConfigurations: readonly KubernetesObject[],
  agent: KubernetesObject | undefined,
): ConfiguredEbpf | undefined {
  const variable = agentEnvironment(agent, 'FELIX_BPFENABLED');
  if (variable !== undefined) {
    return {
      isEnabled: /^(?:true|1|yes|y|t)$/i.test(variable),
      source: 'env FELIX_BPFENABLED of calico-node',
    };
  }
  for (const name of [`node.${node}`, 'default']) {
    const value = bpfEnabled(felixConfigurations.find((each) => each.metadata.name === name));
    if (value !== undefined) return { isEnabled: value, source: `FelixConfiguration ${name}` };
    // From v3.32 one that selects nodes stands between the two; whether it selects this node is not decided here.
    const isSelected = felixConfigurations.some(
      (each) => textField(each, 'spec', 'nodeSelector') !== undefined && bpfEnabled(each) !== undefined,
    );
    if (isSelected) return undefined;
  }
  return undefined;
}

function bpfEnabled(felixConfiguration: KubernetesObject | undefined): boolean | undefined {
  const value = field(felixConfiguration, 'spec', 'bpfEnabled');
  return typeof value === 'boolean' ? value : undefined;
}
