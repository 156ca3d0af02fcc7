import * as vscode from 'vscode';
import { isClusterError, type ClusterErrorReason } from '../../cluster/cluster.ts';
import type { InterfaceFacts } from '../../core/nodes/interfaces.ts';
import { mapKinds, type IpFamily, type MapKind } from '../../core/probes.ts';
import type { Connection } from '../../host/connection.ts';
import type { Session } from '../../session/session.ts';
import {
  idOf,
  type DataplaneElement,
  type Element,
  type GroupElement,
  type MapState,
  type NodeElement,
} from './elements.ts';
import { toTreeItem } from './treeItems.ts';

/** The Cluster view's tree: the open cluster, its nodes, and what Calico's BPF programs hold on each. */
export class ClusterTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #disposal = new AbortController();
  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  refresh(): void {
    this.#didChange.fire();
  }

  dispose(): void {
    this.#disposal.abort();
    this.#didChange.dispose();
  }

  getTreeItem(element: Element): vscode.TreeItem {
    return toTreeItem(element, new Date());
  }

  async getChildren(parent?: Element): Promise<Element[]> {
    const { state } = this.#connection;
    if (state.kind === 'failed') {
      const { reason, message } = state.error;
      return [{ kind: 'failure', under: 'root', what: 'The cluster cannot be opened', reason, message }];
    }
    if (state.kind !== 'open') return []; // The welcome text says what to do.
    if (parent === undefined) return [{ kind: 'cluster', info: state.session.cluster.info }];
    try {
      return limit(await childrenOf(parent, state.session, this.#disposal.signal), parent);
    } catch (error) {
      return [toFailure(parent, error)];
    }
  }
}

async function childrenOf(
  parent: Element,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  switch (parent.kind) {
    case 'cluster':
      return clusterChildren(session, signal);
    case 'notices':
      return parent.notices.map((notice) => ({ kind: 'notice', notice }));
    case 'node':
      return nodeChildren(parent, session, signal);
    case 'group':
      return groupChildren(parent, session, signal);
    case 'dataplane':
      return dataplaneChildren(parent);
    case 'notice':
    case 'fact':
    case 'interface':
    case 'map':
    case 'policy':
    case 'failure':
    case 'empty':
    case 'more':
      return [];
  }
}

/** How many elements of one list are shown. */
const maxChildren = 500;

function limit(elements: readonly Element[], parent: Element): Element[] {
  if (elements.length <= maxChildren) return [...elements];
  const count = elements.length - maxChildren;
  return [...elements.slice(0, maxChildren), { kind: 'more', under: idOf(parent), count }];
}

async function clusterChildren(session: Session, signal: AbortSignal): Promise<readonly Element[]> {
  const { info } = session.cluster;
  const nodes = await session.nodes(signal);
  const notices: readonly Element[] =
    info.notices.length === 0 ? [] : [{ kind: 'notices', notices: info.notices }];
  if (nodes.length === 0) {
    const message = `${info.name} has no nodes that are known.`;
    return [...notices, { kind: 'empty', under: idOf({ kind: 'cluster', info }), message }];
  }
  return [...notices, ...nodes.map((facts): Element => ({ kind: 'node', node: facts.name, facts }))];
}

async function nodeChildren(
  { node, facts }: NodeElement,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  const dataplane: readonly Element[] = facts.ebpf.state === 'on' ? [] : [{ kind: 'dataplane', node, facts }];
  if (facts.ebpf.state === 'off') return dataplane;
  const interfaces = await interfacesOf(node, session, signal);
  const workloads = interfaces?.filter(({ kind }) => kind === 'workload');
  return [
    ...dataplane,
    { kind: 'group', node, group: 'interfaces', count: interfaces?.length },
    { kind: 'group', node, group: 'maps', count: undefined },
    { kind: 'group', node, group: 'policies', count: workloads?.length },
  ];
}

/** What was asked for, and what was looked at instead of the maps that are not there. */
function dataplaneChildren(parent: DataplaneElement): readonly Element[] {
  const { why, configured, asked } = parent.facts.ebpf;
  const under = idOf(parent);
  const facts: readonly (readonly [label: string, value: string | undefined])[] = [
    ['Because', why],
    ['Configuration asks for', configured],
    ['Looked at', asked.join(', ')],
  ];
  return facts.flatMap(([label, value]) =>
    value === undefined ? [] : [{ kind: 'fact', under, label, value }],
  );
}

/** The interfaces of a node, or nothing where they cannot be read: their group says why when it is opened. */
async function interfacesOf(
  node: string,
  session: Session,
  signal: AbortSignal,
): Promise<readonly InterfaceFacts[] | undefined> {
  try {
    return await session.interfaces(node, signal);
  } catch (error) {
    if (isClusterError(error)) return undefined;
    throw error;
  }
}

async function groupChildren(
  { node, group }: GroupElement,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  if (group === 'maps') return mapElements(node, session, signal);
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
    const { summary, capacity, problemCount } = await session.map({ node, map: map.id, family }, signal);
    return { kind: 'read', summary, capacity, problems: problemCount };
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

function toFailure(parent: Element, error: unknown): Element {
  const reason: ClusterErrorReason = isClusterError(error) ? error.reason : 'failed';
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failure', under: idOf(parent), what: 'This cannot be shown', reason, message };
}
