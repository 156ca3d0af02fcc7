import { indexOnce } from '../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';
import type { Answer } from './answer.ts';
import { judgeEbpf, type ConfiguredEbpf } from './ebpf.ts';
import type { FelixLogFacts } from './felixLog.ts';
import type { NodeFacts } from './node.ts';

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
  return {
    name,
    ready: status === 'True' ? 'ready' : status === 'False' ? 'not-ready' : 'unknown',
    readyMessage: textField(ready, 'message'),
    ebpf: judgeEbpf({ log, ifstate, configured: configuredEbpf(name, objects.felixConfigurations, agent) }),
    calicoVersion: (agent && agentVersion(agent)) ?? readVersion(version ?? ''),
    kernel: textField(node, 'status', 'nodeInfo', 'kernelVersion'),
    osImage: textField(node, 'status', 'nodeInfo', 'osImage'),
    addresses: listField(node, 'status', 'addresses').flatMap((each) => textField(each, 'address') ?? []),
  };
}

/** The calico-node pod of a node: label `k8s-app=calico-node`, in whichever namespace. */
export function findAgent(pods: readonly KubernetesObject[], node: string): KubernetesObject | undefined {
  return agentsByNode(pods).get(node);
}

const nodesByName = indexOnce(
  (nodes: readonly KubernetesObject[]) => new Map(nodes.map((node) => [node.metadata.name, node])),
);

const agentsByNode = indexOnce((pods: readonly KubernetesObject[]) => {
  const agents = new Map<string, KubernetesObject>();
  for (const pod of pods) {
    if (pod.metadata.labels?.['k8s-app'] !== 'calico-node') continue;
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
function readVersion(text: string): string | undefined {
  return /^Version: +(\S+)$/m.exec(text)?.[1];
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
