import {
  isClusterError,
  type Cluster,
  type ClusterError,
  type ProbeRequest,
  type ProbeResult,
} from '../cluster/cluster.ts';
import { hear, type Heard } from '../core/diagnose/heard.ts';
import {
  calicoResources,
  buildKnownCluster,
  type KnownCluster,
  type Listed,
} from '../core/diagnose/knownCluster.ts';
import { finishAtPace, type Pace } from '../core/steps.ts';

/** Calico serves its resources in either of two groups. */
const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];

/** Asks for the objects of the resources, and puts together what is known of the cluster. */
export async function collectCluster(
  cluster: Cluster,
  { resources, pace }: { readonly resources: readonly string[]; readonly pace: Pace },
  signal: AbortSignal,
): Promise<KnownCluster> {
  const [probedNodes, ...lists] = await Promise.all([
    cluster.probedNodes(signal),
    ...resources.map(async (resource) => [resource, await list(cluster, resource, signal)] as const),
  ]);
  const { name, calicoVersion, takenAt } = cluster.info;
  const input = {
    name,
    calicoVersion,
    time: (takenAt ?? new Date()).toISOString(),
    resources: new Map(lists),
    probedNodes,
  };
  return finishAtPace(buildKnownCluster(input), pace);
}

async function list(cluster: Cluster, resource: string, signal: AbortSignal): Promise<Listed> {
  const names = calicoResources.has(resource)
    ? calicoGroups.map((group) => `${resource}.${group}`)
    : [resource];
  let answer: Listed = { kind: 'unknown', why: 'not known' };
  for (const name of names) {
    try {
      const objects = await cluster.list(name, signal);
      if (objects.length > 0) return { kind: 'listed', objects };
      answer = { kind: 'listed', objects };
    } catch (error) {
      if (!isClusterError(error)) throw error;
      if (answer.kind === 'unknown') answer = { kind: 'unknown', why: error.message };
    }
  }
  return answer;
}

/** Asks a node for what the probes say, each once. */
export async function collectNode(
  cluster: Cluster,
  { node, probes }: { readonly node: string; readonly probes: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Heard>> {
  const heard = await Promise.all(
    probes.map(async (probe) => [probe, await ask(cluster, { node, probe }, signal)] as const),
  );
  return new Map(heard);
}

async function ask(cluster: Cluster, request: ProbeRequest, signal: AbortSignal): Promise<Heard> {
  try {
    return await toHeard(await cluster.probe(request, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (isClusterError(error)) return { kind: 'unknown', why: whyUnknown(error, request.probe) };
    throw error;
  }
}

function whyUnknown(error: ClusterError, probe: string): string {
  return error.reason === 'not-recorded' ? `${probe} was not recorded` : error.message;
}

async function toHeard({ stdout, startedAt, ...result }: ProbeResult): Promise<Heard> {
  return hear({ ...result, stdout: await stdout.bytes(), time: startedAt?.toISOString() });
}
