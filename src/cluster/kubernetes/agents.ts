/** The calico-node pod of each node: where Calico's tool is. */
import type { Connection } from './connection.ts';
import { StatusError } from './failure.ts';
import { waitFor } from './patience.ts';
import type { Resources } from './resources.ts';
import { ClusterError, type PodContainer } from '../cluster.ts';
import { agentLabel, podTrouble } from '../../core/nodes/agent.ts';
import { listField, textField, type KubernetesObject } from '../../core/objects/object.ts';

export interface Agent extends PodContainer {
  readonly node: string;
  readonly image: string;
  /** Why nothing can be run in it, in words. */
  readonly trouble: string | undefined;
}

/** Namespaces of the usual installations, for those who may not look into all. */
const usualNamespaces = ['calico-system', 'kube-system'];

/** How long the list of pods is taken to hold, and how long a list that was found wanting. */
const holdMs = 30_000;
const doubtMs = 1000;

/** The calico-node pods of all nodes, found once for all who ask. */
export class Agents {
  readonly #connection: Connection;
  readonly #resources: Resources;
  readonly #lifetime: AbortSignal;
  #known: { readonly agents: Promise<ReadonlyMap<string, Agent>>; readonly at: number } | undefined;
  #isDoubted = false;

  constructor(connection: Connection, resources: Resources, lifetime: AbortSignal) {
    this.#connection = connection;
    this.#resources = resources;
    this.#lifetime = lifetime;
  }

  /**
   * The pod of a node, ready to run commands.
   * @throws ClusterError `not-recorded`, `unreachable`, `unsupported`
   */
  async of(node: string, signal: AbortSignal): Promise<Agent> {
    const agent = (await this.all(signal)).get(node);
    if (agent !== undefined && agent.trouble === undefined) return agent;
    this.doubt();
    if (agent === undefined) throw await this.#missing(node, signal);
    const { namespace, pod, trouble } = agent;
    throw new ClusterError('unreachable', `The pod ${namespace}/${pod} of ${node} ${trouble}.`);
  }

  all(signal: AbortSignal): Promise<ReadonlyMap<string, Agent>> {
    const age = performance.now() - (this.#known?.at ?? Number.NEGATIVE_INFINITY);
    if (this.#known === undefined || age > (this.#isDoubted ? doubtMs : holdMs)) {
      const known = { agents: findAgents(this.#resources, this.#lifetime), at: performance.now() };
      this.#known = known;
      this.#isDoubted = false;
      known.agents.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return waitFor(this.#known.agents, signal);
  }

  /** Something is not as it was listed: pods may have gone, and others come. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Why a node has no agent. */
  async #missing(name: string, signal: AbortSignal): Promise<unknown> {
    try {
      const node = await this.#connection.getJson(`/api/v1/nodes/${encodeURIComponent(name)}`, signal);
      if (textField(node, 'metadata', 'labels', 'kubernetes.io/os') === 'windows') {
        return new ClusterError('unsupported', `${name} runs Windows, where Calico has no eBPF dataplane.`);
      }
    } catch (error) {
      const isGone = error instanceof StatusError && error.code === 404;
      if (isGone) return new ClusterError('not-recorded', `There is no node “${name}”.`);
      if (!(error instanceof StatusError)) return error;
    }
    return new ClusterError('unreachable', `${name} has no calico-node pod.`);
  }
}

/** Of two pods on one node, the one that runs. */
async function findAgents(resources: Resources, signal: AbortSignal): Promise<ReadonlyMap<string, Agent>> {
  const agents = new Map<string, Agent>();
  for (const pod of await findPods(resources, signal)) {
    const agent = toAgent(pod);
    const known = agents.get(agent.node);
    if (known === undefined || known.trouble !== undefined) agents.set(agent.node, agent);
  }
  return agents;
}

async function findPods(resources: Resources, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
  try {
    return await resources.list('pods', { label: agentLabel }, signal);
  } catch (error) {
    if (!(error instanceof StatusError && error.code === 403)) throw error;
    const lists = await Promise.allSettled(
      usualNamespaces.map((namespace) => resources.list('pods', { label: agentLabel, namespace }, signal)),
    );
    if (lists.every(({ status }) => status === 'rejected')) throw error;
    return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  }
}

function toAgent(pod: KubernetesObject): Agent {
  const containers = listField(pod, 'spec', 'containers');
  const container = containers.find((one) => textField(one, 'name') === 'calico-node') ?? containers[0];
  return {
    node: textField(pod, 'spec', 'nodeName') ?? '',
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: textField(container, 'name') ?? 'calico-node',
    image: textField(container, 'image') ?? '',
    trouble: podTrouble(pod, textField(container, 'name') ?? ''),
  };
}
