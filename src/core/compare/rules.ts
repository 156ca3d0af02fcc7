/**
 * How the rows of two dumps of one map are matched. What each node numbers for itself (service ids, ordinals,
 * interface indices, the order) is no part of it; between nodes neither is what each has of its own by nature.
 */
import type { Who } from '../table/table.ts';

/** A row of a dump with names, by the ids of its columns. */
export interface RowView {
  text(id: string): string;
  who(id: string): readonly Who[];
}

/** From where the rows are looked at. */
export interface Viewpoint {
  readonly between: 'nodes' | 'times';
  /** The node of this dump. */
  readonly node: string | undefined;
  /** The nodes of both. */
  readonly nodes: readonly (string | undefined)[];
}

export interface MatchRule {
  /** What tells a row from all others; `undefined` for one that is left out. */
  readonly key: (row: RowView, view: Viewpoint) => readonly string[] | undefined;
  /** The columns whose values are compared, as they are compared. */
  readonly values: (row: RowView, view: Viewpoint) => Readonly<Record<string, string>>;
  /** Between nodes, what one of them does not have at all is no difference: rows are matched within these. */
  readonly sharedBy?: (row: RowView) => string;
}

const natRule: MatchRule = {
  key(row, view) {
    const [address, port] = splitEndpoint(row.text('frontend'));
    const isOwn = view.between === 'nodes' && isOf(row.who('frontend.name'), view.node);
    // NodePorts stand at each of the node's own addresses.
    const frontend = isOwn ? 'its own address' : address;
    return [frontend, port, row.text('proto'), row.text('source'), row.text('backend')];
  },
  values: (row) => pick(row, ['state', 'flags']),
};

const routeRule: MatchRule = {
  key(row, view) {
    const flags = row.text('flags').split(' ');
    if (view.between === 'times') return [row.text('dest')];
    // Other nodes see the pods of a node by its block, and it does not see its own block.
    if (flags.includes('local') && flags.includes('workload')) return undefined;
    const isOfEither = isOfAny(row.who('nexthop.name'), view.nodes);
    return isOfEither && flags.includes('workload') ? undefined : [row.text('dest')];
  },
  values(row, view) {
    const flags = row.text('flags').split(' ');
    // Here it is the local host, there a remote one.
    if (view.between === 'nodes' && flags.includes('host') && isOfAny(row.who('dest.name'), view.nodes))
      return {};
    return pick(row, ['flags', 'nexthop']);
  },
};

const conntrackRule: MatchRule = {
  key: (row) => ['type', 'proto', 'src', 'svc', 'dst'].map((id) => row.text(id)),
  values: (row) => pick(row, ['state']),
};

const interfaceRule: MatchRule = {
  key(row, view) {
    // The pods of a node are its own.
    const isOwn = view.between === 'nodes' && row.text('flags').split(' ').includes('workload');
    return isOwn ? undefined : [row.text('iface')];
  },
  values: (row) => ({ flags: row.text('flags').split(' ').toSorted().join(' ') }),
};

const counterRule: MatchRule = {
  key(row, view) {
    const isOfPod = row.who('iface.name').some(({ kind }) => kind === 'pod');
    if (view.between === 'nodes' && (isOfPod || row.text('category') !== 'Dropped')) return undefined;
    return ['iface', 'category', 'reason'].map((id) => row.text(id));
  },
  values(row, { between }) {
    const counts = pick(row, ['ingress', 'egress', 'xdp']);
    if (between === 'times') return counts;
    // Nodes did not begin to count at the same time: only whether they drop at all can be compared.
    return Object.fromEntries(
      Object.entries(counts).map(([id, count]) => [id, /[1-9]/.test(count) ? 'some' : 'none']),
    );
  },
};

const ipSetRule: MatchRule = {
  key: (row) => ['set', 'member', 'port', 'proto'].map((id) => row.text(id)),
  values: () => ({}),
  // A node has the sets that the policies of its own pods want.
  sharedBy: (row) => row.text('set'),
};

const arpRule: MatchRule = {
  // At the zero address is what the node says to itself.
  key: (row, { between }) =>
    between === 'nodes' && ['0.0.0.0', '::'].includes(row.text('ip')) ? undefined : [row.text('ip')],
  values: (row, { between }) => pick(row, between === 'nodes' ? ['dstmac'] : ['srcmac', 'dstmac']),
  sharedBy: (row) => row.text('ip'),
};

const affinityRule: MatchRule = {
  key: (row) => ['client', 'proto', 'frontend'].map((id) => row.text(id)),
  values: (row) => pick(row, ['backend']),
  sharedBy: (row) => ['client', 'proto', 'frontend'].map((id) => row.text(id)).join(' '),
};

const maglevRule: MatchRule = {
  // The service's number is the node's own; without its name there is only that.
  key: (row) => [row.text('id.name') === '' ? row.text('id') : row.text('id.name'), row.text('ordinal')],
  values: (row) => pick(row, ['backend']),
};

const rules: readonly (readonly [probe: string, rule: MatchRule])[] = [
  ['arp.dump', arpRule],
  ['conntrack.dump', conntrackRule],
  ['counters.dump', counterRule],
  ['ifstate.dump', interfaceRule],
  ['ipsets.dump', ipSetRule],
  ['nat.aff', affinityRule],
  ['nat.dump', natRule],
  ['nat.maglev', maglevRule],
  ['routes.dump', routeRule],
];

/** How the rows of a probe's dumps are matched; `undefined` for a probe that is not compared. */
export function findRule(probe: string): MatchRule | undefined {
  return rules.find(([start]) => probe === start || probe.startsWith(`${start}.`))?.[1];
}

function pick(row: RowView, ids: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(ids.map((id) => [id, row.text(id)]));
}

function isOf(who: readonly Who[], node: string | undefined): boolean {
  return who.some((each) => each.kind === 'node' && each.node === node);
}

function isOfAny(who: readonly Who[], nodes: readonly (string | undefined)[]): boolean {
  return nodes.some((node) => isOf(who, node));
}

function splitEndpoint(text: string): readonly [address: string, port: string] {
  const colon = text.lastIndexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}
