import {
  asLive,
  ifAnswered,
  isClusterError,
  type ClusterErrorReason,
  type FeatureAccess,
} from '../../cluster/cluster.ts';
import { groupNodes, matchesFilter, type NodeGroup } from '../../core/nodes/groups.ts';
import type { NodeFacts } from '../../core/nodes/node.ts';
import { mapKinds, type IpFamily, type MapKind } from '../../core/probes.ts';
import type { Session } from '../../session/session.ts';
import {
  idOf,
  type DataplaneElement,
  type Element,
  type GroupElement,
  type MapState,
  type NodeElement,
} from './elements.ts';

/** What the children of an element are read from. */
export interface TreeSources {
  readonly session: Session;
  /** The words that nodes must match; empty when all are shown. */
  readonly filter: string;
  /** Shows nodes, and asks each what it says itself. */
  readonly showNodes: (nodes: readonly NodeFacts[]) => Promise<readonly NodeElement[]>;
  /** What the user lacks, as far as it is known by now. */
  readonly lacking: () => Promise<readonly FeatureAccess[]>;
}

export async function childrenOf(
  parent: Element,
  sources: TreeSources,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  const { session } = sources;
  switch (parent.kind) {
    case 'cluster':
      return clusterChildren(sources, signal);
    case 'notices':
      return parent.notices.map((notice) => ({ kind: 'notice', notice, isWarning: false }));
    case 'access':
      return parent.lacking.map((access) => ({ kind: 'lack', access }));
    case 'nodeGroup':
      return nodesOrGroups(parent.group.nodes, parent.path, sources);
    case 'node':
      return nodeChildren(parent, session, signal);
    case 'group':
      return groupChildren(parent, session, signal);
    case 'dataplane':
      return dataplaneChildren(parent);
    case 'lack':
    case 'notice':
    case 'fact':
    case 'interface':
    case 'map':
    case 'policy':
    case 'trace':
    case 'failure':
    case 'stale':
    case 'empty':
    case 'more':
      return [];
  }
}

async function clusterChildren(sources: TreeSources, signal: AbortSignal): Promise<readonly Element[]> {
  const { session, filter } = sources;
  const { info } = session.cluster;
  const under = idOf({ kind: 'cluster', info });
  const nodes = await session.nodeList(signal);
  const shown = filter === '' ? nodes : nodes.filter((node) => matchesFilter(node, filter));
  const [elements, lacking] = await Promise.all([nodesOrGroups(shown, [], sources), sources.lacking()]);
  const access: readonly Element[] = lacking.length === 0 ? [] : [{ kind: 'access', lacking }];
  const above = [...noticeElements(session), ...access];
  if (nodes.length === 0) {
    return [...above, { kind: 'empty', under, message: `${info.name} has no nodes that are known.` }];
  }
  if (shown.length === 0)
    return [...above, { kind: 'empty', under, message: `No node matches “${filter}”.` }];
  return [...above, ...withoutEbpf(elements), ...elements];
}

/** Where eBPF is off on every node, that is said of the cluster, with what is there instead. */
function withoutEbpf(elements: readonly Element[]): readonly Element[] {
  const known = elements.flatMap((element) => (element.kind === 'node' ? [element.facts] : []));
  const felix = known.filter(({ agent }) => agent.kind === 'running');
  if (felix.length === 0 || !felix.every(({ ebpf }) => ebpf.state === 'off')) return [];
  const instead = [...new Set(felix.flatMap((facts) => facts.instead ?? []))].join('; ');
  const why = `the dataplane of all nodes is ${instead}`;
  return [{ kind: 'notice', notice: { what: 'Calico without eBPF', why }, isWarning: true }];
}

/** What a live cluster is found to lack stands in the way; what a recording lacks is looked up when it is missed. */
function noticeElements({ cluster }: Session): readonly Element[] {
  const { notices } = cluster.info;
  if (notices.length === 0) return [];
  if (asLive(cluster) === undefined) return [{ kind: 'notices', notices }];
  return notices.map((notice) => ({ kind: 'notice', notice, isWarning: true }));
}

async function nodesOrGroups(
  nodes: readonly NodeFacts[],
  path: readonly string[],
  { showNodes }: TreeSources,
): Promise<readonly Element[]> {
  const groups = groupNodes(nodes);
  if (groups === undefined) return showNodes(nodes);
  return groups.map((group: NodeGroup) => ({ kind: 'nodeGroup', path: [...path, group.title], group }));
}

async function nodeChildren(
  { node }: NodeElement,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  const facts = await session.node(node, signal);
  const dataplane: readonly Element[] = facts.ebpf.state === 'on' ? [] : [{ kind: 'dataplane', node, facts }];
  const isSilent = facts.agent.kind !== 'running' && facts.agent.kind !== 'unknown';
  if (facts.ebpf.state === 'off' || isSilent) return dataplane;
  const interfaces = await ifAnswered(session.interfaces(node, signal));
  const workloads = interfaces?.filter(({ kind }) => kind === 'workload');
  const traces = await session.cluster.traces(node, signal);
  return [
    ...dataplane,
    { kind: 'group', node, group: 'interfaces', count: interfaces?.length },
    { kind: 'group', node, group: 'maps', count: undefined },
    { kind: 'group', node, group: 'policies', count: workloads?.length },
    ...(traces.length === 0 ? [] : [{ kind: 'group', node, group: 'traces', count: traces.length } as const]),
  ];
}

/** What was asked for, and what was looked at instead of the maps that are not there. */
function dataplaneChildren(parent: DataplaneElement): readonly Element[] {
  const { ebpf, instead } = parent.facts;
  const under = idOf(parent);
  const facts: readonly (readonly [label: string, value: string | undefined])[] = [
    ['Because', ebpf.why],
    ['Dataplane instead', instead],
    ['Configuration asks for', ebpf.configured],
    ['Looked at', ebpf.asked.join(', ')],
  ];
  return facts.flatMap(([label, value]) =>
    value === undefined ? [] : [{ kind: 'fact', under, label, value }],
  );
}

async function groupChildren(
  { node, group }: GroupElement,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  if (group === 'maps') return mapElements(node, session, signal);
  if (group === 'traces') {
    const names = await session.cluster.traces(node, signal);
    return names.map((name) => ({ kind: 'trace', node, name }));
  }
  const interfaces = await session.interfaces(node, signal);
  const under = `node/${node}/${group}`;
  if (group === 'interfaces') {
    if (interfaces.length === 0)
      return [{ kind: 'empty', under, message: 'Calico manages no interface here.' }];
    return interfaces.map((facts) => ({ kind: 'interface', node, facts }));
  }
  const workloads = interfaces.filter(({ kind }) => kind === 'workload');
  if (workloads.length === 0) return [{ kind: 'empty', under, message: 'No workload runs here.' }];
  return workloads.map((facts) => ({ kind: 'policy', node, facts }));
}

async function mapElements(node: string, session: Session, signal: AbortSignal): Promise<readonly Element[]> {
  const wanted = mapKinds.flatMap((map) => map.families.map((family) => ({ map, family })));
  const elements = await Promise.all(
    wanted.map(async ({ map, family }): Promise<Element> => ({
      kind: 'map',
      node,
      map,
      family,
      state: await readMap({ node, map, family }, session, signal),
    })),
  );
  return elements.filter(isThere);
}

async function readMap(
  { node, map, family }: { readonly node: string; readonly map: MapKind; readonly family: IpFamily },
  session: Session,
  signal: AbortSignal,
): Promise<MapState> {
  try {
    const { summary, facts, capacity, problemCount } = await session.map(
      { node, map: map.id, family },
      signal,
    );
    return { kind: 'read', summary, facts, capacity, problems: problemCount };
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return { kind: 'failed', reason: error.reason, message: error.message };
  }
}

const absent: ReadonlySet<ClusterErrorReason> = new Set(['no-map', 'not-recorded', 'unsupported']);

/** An IPv6 map is shown unless it is simply not there: on a node without IPv6 that is no news. */
function isThere(element: Element): boolean {
  if (element.kind !== 'map' || element.family === 'IPv4') return true;
  return element.state.kind === 'read' || !absent.has(element.state.reason);
}
