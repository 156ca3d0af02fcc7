import { Connection } from './connection.ts';
import { StatusError, toClusterError } from './failure.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { usualPatience, type Patience } from './patience.ts';
import { checkAccess, roleYaml, type CalicoPlace } from './permissions.ts';
import { writeObject } from './objects.ts';
import { Prober, type ProbeLimits } from './prober.ts';
import { Resources } from './resources.ts';
import { survey } from './survey.ts';
import {
  ClusterError,
  isClusterError,
  type FeatureAccess,
  type LiveCluster,
  type LiveFeature,
  type ObjectRef,
  type ClusterInfo,
  type PodContainer,
  type ProbeRequest,
  type ProbeResult,
  type Selection,
  type StreamPiece,
  type TraceRequest,
  type WatchEvent,
  type WriteAnswer,
  type WriteOrder,
} from '../cluster.ts';
import { usualWatch, watchObjects, type WatchTerms } from './watch.ts';
import { textField, type KubernetesObject } from '../../core/objects/object.ts';

export interface OpenKubernetesOptions {
  /** A kubeconfig to use instead of those that kubectl would. */
  readonly kubeconfig?: string;
  /** A context to use instead of the current one. */
  readonly context?: string;
  readonly limits?: Partial<ProbeLimits>;
  readonly patience?: Patience;
  /** How long the API server may be silent before the connection counts as lost. */
  readonly silenceMs?: number;
  readonly watch?: WatchTerms;
}

export const usualLimits: ProbeLimits = {
  maxBytes: 512 * 1024 * 1024,
  timeoutMs: 60_000,
  concurrency: 8,
  perNode: 1,
  lingerMs: 1000,
};

/**
 * Connects to the cluster of a context.
 * @throws ClusterError `unreachable`, `forbidden`, `unreadable`
 */
export async function openKubernetes(
  options: OpenKubernetesOptions,
  signal: AbortSignal,
): Promise<LiveCluster> {
  const { kubeconfig: path, context, limits, patience = usualPatience, silenceMs = 30_000 } = options;
  const load = () => loadKubeconfig({ path, context });
  const connection = new Connection({ load, silenceMs });
  try {
    const closing = new AbortController();
    const terms = { patience, lifetime: closing.signal };
    const resources = new Resources(connection, terms);
    const prober = new Prober(connection, resources, { ...terms, limits: { ...usualLimits, ...limits } });
    const info = await readInfo({ connection, resources, prober }, signal);
    const watch = options.watch ?? usualWatch;
    return new KubernetesCluster({ info, connection, resources, prober, closing, watch });
  } catch (error) {
    connection.close();
    if (signal.aborted) throw error;
    throw toClusterError(error, `Connecting to ${connection.context} (${connection.server.origin})`);
  }
}

async function readInfo(
  { connection, resources, prober }: Pick<Parts, 'connection' | 'resources' | 'prober'>,
  signal: AbortSignal,
): Promise<ClusterInfo> {
  // The first answer says whether there is a server at all; only then the rest is asked.
  const version = await connection.getJson('/version', signal);
  const [calicoVersion, agents] = await Promise.all([
    findCalicoVersion(resources, signal),
    prober.agentsIfAllowed(signal),
  ]);
  return {
    name: connection.context,
    kind: 'live',
    origin: connection.server.href.replace(/\/$/, ''),
    takenAt: undefined,
    calicoVersion,
    kubernetesVersion: textField(version, 'gitVersion'),
    description: undefined,
    redacted: false,
    notices: await survey(resources, agents, signal),
  };
}

/** What Calico says of itself, in whichever API group this cluster has it. */
async function findCalicoVersion(resources: Resources, signal: AbortSignal): Promise<string | undefined> {
  for (const group of ['projectcalico.org', 'crd.projectcalico.org']) {
    try {
      const [information] = await resources.list(`clusterinformations.${group}`, {}, signal);
      const version = textField(information, 'spec', 'calicoVersion');
      if (version !== undefined) return version;
    } catch (error) {
      signal.throwIfAborted();
      // Nothing depends on it: whatever is wrong shows again where it matters.
      if (!isClusterError(error) && !(error instanceof StatusError)) throw error;
    }
  }
  return undefined;
}

interface Parts {
  readonly info: ClusterInfo;
  readonly connection: Connection;
  readonly resources: Resources;
  readonly prober: Prober;
  readonly closing: AbortController;
  readonly watch: WatchTerms;
}

class KubernetesCluster implements LiveCluster {
  readonly info: ClusterInfo;
  readonly #connection: Connection;
  readonly #resources: Resources;
  readonly #prober: Prober;
  readonly #closing: AbortController;
  readonly #watch: WatchTerms;

  constructor({ info, connection, resources, prober, closing, watch }: Parts) {
    this.info = info;
    this.#connection = connection;
    this.#resources = resources;
    this.#prober = prober;
    this.#closing = closing;
    this.#watch = watch;
  }

  list(resource: string, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    return this.#ask(`List ${resource}`, signal, (own) => this.#resources.list(resource, {}, own));
  }

  probe(request: ProbeRequest, signal: AbortSignal): Promise<ProbeResult> {
    return this.#ask(`${request.probe} on ${request.node}`, signal, (own) =>
      this.#prober.probe(request, own),
    );
  }

  probedNodes(signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask('Find the calico-node pods', signal, async (own) =>
      (await this.#prober.nodes(own)).toSorted(),
    );
  }

  /** Anything may be asked. */
  async probes(_node: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask('', signal, async () => []);
  }

  async traces(_node: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#ask('', signal, async () => []);
  }

  async trace({ node, name }: { readonly node: string; readonly name: string }): Promise<Uint8Array> {
    throw new ClusterError('not-recorded', `There is no recorded trace “${name}” of ${node}.`);
  }

  select({ resource, label }: Selection, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    return this.#ask(`List ${resource}`, signal, (own) => this.#resources.list(resource, { label }, own));
  }

  watch(selection: Selection, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const source = {
      connection: this.#connection,
      resources: this.#resources,
      selection,
      terms: this.#watch,
    };
    return this.#streamWhileOpen(`Watch ${selection.resource}`, signal, (own) => watchObjects(source, own));
  }

  followTrace(request: TraceRequest, signal: AbortSignal): AsyncGenerator<StreamPiece> {
    return this.#streamWhileOpen(`The trace of ${request.node}`, signal, (own) =>
      this.#prober.followTrace(request, own),
    );
  }

  agentPod(node: string, signal: AbortSignal): Promise<PodContainer> {
    return this.#ask(`Find the calico-node pod of ${node}`, signal, (own) =>
      this.#prober.agentPod(node, own),
    );
  }

  checkAccess(signal: AbortSignal): Promise<readonly FeatureAccess[]> {
    return this.#ask('Check the permissions', signal, async (own) =>
      checkAccess(this.#connection, await this.#place(own), own),
    );
  }

  roleYaml(features: readonly LiveFeature[], signal: AbortSignal): Promise<string> {
    return this.#ask('Write the role', signal, async (own) => roleYaml(features, await this.#place(own)));
  }

  serves(resource: string, signal: AbortSignal): Promise<boolean> {
    const group = resource.split('.').slice(1).join('.');
    return this.#ask(`Find ${resource}`, signal, async (own) => this.#resources.hasGroup(group, own));
  }

  read(ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    return this.#ask(`Read ${ref.resource} ${ref.name}`, signal, (own) => this.#resources.get(ref, own));
  }

  write(order: WriteOrder, signal: AbortSignal): Promise<WriteAnswer> {
    const { verb, ref, isDryRun } = order;
    const wanted = `${isDryRun ? 'Try to ' : ''}${verb} ${ref.resource} ${ref.name}`;
    return this.#ask(wanted, signal, (own) => writeObject(this.#connection, this.#resources, order, own));
  }

  async #place(signal: AbortSignal): Promise<CalicoPlace> {
    const isServed = await this.#resources.hasGroup('projectcalico.org', signal);
    return {
      namespace: await this.#prober.namespace(signal),
      group: isServed ? 'projectcalico.org' : 'crd.projectcalico.org',
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(this.#closedError());
    this.#connection.close();
  }

  /** Does something unless the cluster is closed; what goes wrong is said in words. */
  async #ask<T>(wanted: string, signal: AbortSignal, work: (own: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#closing.signal.aborted) throw this.#closedError();
    try {
      return await work(AbortSignal.any([signal, this.#closing.signal]));
    } catch (error) {
      signal.throwIfAborted();
      throw this.#closing.signal.aborted ? this.#closedError() : toClusterError(error, wanted);
    }
  }

  /** A stream that is told to end does so in silence; closing the cluster ends it, too. */
  async *#streamWhileOpen<T>(
    wanted: string,
    signal: AbortSignal,
    open: (own: AbortSignal) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    if (this.#closing.signal.aborted) throw this.#closedError();
    const own = AbortSignal.any([signal, this.#closing.signal]);
    try {
      yield* open(own);
    } catch (error) {
      if (!own.aborted) throw toClusterError(error, wanted);
    }
    if (this.#closing.signal.aborted && !signal.aborted) throw this.#closedError();
  }

  #closedError(): ClusterError {
    return new ClusterError('unreachable', `${this.info.name} has been closed.`);
  }
}
