import { ExpectedNat } from '../facts/expectedNat.ts';
import { buildSurroundings, type Surroundings } from '../facts/surroundings.ts';
import { parseVersion, newestVersion, type CalicoVersion } from '../felix/versions.ts';
import { isAgent } from '../nodes/agent.ts';
import { agentEnvironment, findAgent } from '../nodes/nodeFacts.ts';
import { indexOnce } from '../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';
import type { Steps } from '../steps.ts';
import type { Evidence } from './finding.ts';

/** The objects of a resource, or why they are not known. */
export type Listed =
  | { readonly kind: 'listed'; readonly objects: readonly KubernetesObject[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** The objects of a cluster, as far as they are known; what is derived of them is made once. */
export interface KnownCluster {
  readonly name: string;
  readonly version: CalicoVersion;
  /** By `<plural>.<group>`; Calico's own by their plural alone, whichever of its groups serves them. */
  readonly listed: (resource: string) => Listed;
  /** The objects of a resource; none where they are not known. */
  readonly objects: (resource: string) => readonly KubernetesObject[];
  readonly surroundings: Surroundings;
  /** What the NAT map of every node should hold. */
  readonly expectedNat: ExpectedNat;
  /** The nodes that Calico may run on. */
  readonly nodeNames: readonly string[];
  /** The calico-node pod of a node. */
  readonly agentOn: (node: string) => KubernetesObject | undefined;
  readonly environmentOn: (node: string, variable: string) => string | undefined;
  /** When what is known was asked, ISO 8601. */
  readonly time: string | undefined;
}

export interface ClusterInput {
  readonly name: string;
  readonly calicoVersion: string | undefined;
  readonly time: string | undefined;
  readonly resources: ReadonlyMap<string, Listed>;
  /** Nodes of which only probes are known. */
  readonly probedNodes: readonly string[];
}

const notAsked: Listed = { kind: 'unknown', why: 'was not asked for' };

/** Puts together what is known of a cluster. */
export function* buildKnownCluster({
  name,
  calicoVersion,
  time,
  resources,
  probedNodes,
}: ClusterInput): Steps<KnownCluster> {
  const listed = (resource: string) => resources.get(resource) ?? notAsked;
  const objects = (resource: string) => {
    const found = listed(resource);
    return found.kind === 'listed' ? found.objects : [];
  };
  const agentOn = (node: string) => findAgent(objects('pods'), node);
  const surroundings = yield* surroundingsOf(objects);
  const expectedNat = yield* ExpectedNat.build(surroundings);
  yield* readAhead(objects('pods'));
  const named = objects('nodes').flatMap((node) => (isVirtual(node) ? [] : node.metadata.name));
  return {
    name,
    version: parseVersion(calicoVersion ?? '') ?? versionOfAgents(objects('pods')) ?? newestVersion,
    time,
    listed,
    objects,
    agentOn,
    environmentOn: (node, variable) => agentEnvironment(agentOn(node), variable),
    nodeNames: [...new Set([...named, ...probedNodes])].toSorted(),
    surroundings,
    expectedNat,
  };
}

/** A node that no machine stands behind (virtual kubelet, Fargate): no DaemonSet runs there, and Calico has no part in it. */
function isVirtual(node: KubernetesObject): boolean {
  const { labels = {} } = node.metadata;
  const isMarked = listField(node, 'spec', 'taints').some((taint) =>
    /^(?:virtual-kubelet\.io\/provider|eks\.amazonaws\.com\/compute-type)$/.test(
      textField(taint, 'key') ?? '',
    ),
  );
  return (
    isMarked || labels['type'] === 'virtual-kubelet' || labels['eks.amazonaws.com/compute-type'] === 'fargate'
  );
}

function surroundingsOf(objects: KnownCluster['objects']): Steps<Surroundings> {
  return buildSurroundings({
    nodes: objects('nodes'),
    pods: objects('pods'),
    services: objects('services'),
    endpointSlices: objects('endpointslices.discovery.k8s.io'),
    ipPools: objects('ippools'),
    blockAffinities: objects('blockaffinities'),
    ipamBlocks: objects('ipamblocks'),
  });
}

function versionOfAgents(pods: readonly KubernetesObject[]): CalicoVersion | undefined {
  for (const pod of pods) {
    if (!isAgent(pod)) continue;
    const image = textField(field(pod, 'spec', 'containers', '0'), 'image') ?? '';
    const version = parseVersion(/:(v\d[^:/@]*)/.exec(image)?.[1] ?? '');
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Whether pods or services may have IPv6 addresses, so that the maps of IPv6 are worth asking for. */
export function mayHaveIpv6({ listed, objects, surroundings }: KnownCluster): boolean {
  if (listed('ippools').kind === 'unknown' && listed('services').kind === 'unknown') return true;
  return (
    objects('ippools').some((pool) => textField(pool, 'spec', 'cidr')?.includes(':') === true) ||
    surroundings.services.some(({ addresses }) => addresses.some(({ address }) => address.includes(':')))
  );
}

const byName = indexOnce(
  (objects: readonly KubernetesObject[]) =>
    new Map(objects.map((object) => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object])),
);

const byNamespace = indexOnce((objects: readonly KubernetesObject[]) =>
  Map.groupBy(objects, ({ metadata }) => metadata.namespace ?? ''),
);

/** Makes one after another the indices that rules ask for, so that none of them has to make several. */
function* readAhead(objects: readonly KubernetesObject[]): Steps<void> {
  byName(objects);
  yield;
  byNamespace(objects);
  yield;
}

/** The objects of a resource in a namespace. */
export function objectsIn(
  cluster: KnownCluster,
  resource: string,
  namespace: string,
): readonly KubernetesObject[] {
  return byNamespace(cluster.objects(resource)).get(namespace) ?? [];
}

/** Calico's own resources, which either of its groups may serve. */
export const calicoResources: ReadonlySet<string> = new Set([
  'blockaffinities',
  'clusterinformations',
  'felixconfigurations',
  'globalnetworkpolicies',
  'globalnetworksets',
  'hostendpoints',
  'ipamblocks',
  'ippools',
  'networkpolicies',
  'networksets',
]);

/** As kubectl and evidence name a resource. */
export function fullResource(resource: string): string {
  return calicoResources.has(resource) ? `${resource}.projectcalico.org` : resource;
}

/** An object by its name. */
export function findObject(
  cluster: KnownCluster,
  resource: string,
  name: string,
  namespace = '',
): KubernetesObject | undefined {
  return byName(cluster.objects(resource)).get(`${namespace}/${name}`);
}

/** An object as evidence. */
export function objectEvidence(
  cluster: KnownCluster,
  about: {
    readonly resource: string;
    readonly object: KubernetesObject;
    readonly shows: string;
    readonly value: string;
  },
): Evidence {
  const { resource, object, shows, value } = about;
  const { name, namespace } = object.metadata;
  return {
    shows,
    value,
    at: { kind: 'object', resource: fullResource(resource), namespace, name },
    time: cluster.time,
  };
}
