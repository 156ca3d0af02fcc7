import type { NodeFacts } from './node.ts';

/** Some nodes that are shown together. */
export interface NodeGroup {
  readonly kind: 'zone' | 'pool' | 'range';
  /** The zone or the pool, or the first and the last name. */
  readonly title: string;
  readonly nodes: readonly NodeFacts[];
}

/** Up to so many nodes are shown without groups. */
export const mostUngrouped = 200;
const rangeSize = 100;

/**
 * Groups of nodes, when there are many: by zone or by pool, whichever their labels tell, else by their names. What is
 * still too large is split again. `undefined` when they need no groups.
 */
export function groupNodes(nodes: readonly NodeFacts[]): readonly NodeGroup[] | undefined {
  if (nodes.length <= mostUngrouped) return undefined;
  return byLabel(nodes, 'zone') ?? byLabel(nodes, 'pool') ?? byName(nodes);
}

/** Nodes without the label come last; a label that all have alike, or nobody has, groups nothing. */
function byLabel(nodes: readonly NodeFacts[], kind: 'zone' | 'pool'): readonly NodeGroup[] | undefined {
  const groups = new Map<string, NodeFacts[]>();
  for (const node of nodes) {
    const title = node[kind] ?? '';
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [node]);
    else group.push(node);
  }
  if (groups.size < 2) return undefined;
  return [...groups]
    .toSorted(
      ([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b, 'en', { numeric: true }),
    )
    .map(([title, members]) => ({ kind, title: title === '' ? `no ${kind}` : title, nodes: members }));
}

function byName(nodes: readonly NodeFacts[]): readonly NodeGroup[] {
  const groups: NodeGroup[] = [];
  for (let from = 0; from < nodes.length; from += rangeSize) {
    const members = nodes.slice(from, from + rangeSize);
    const title = `${members[0]?.name ?? ''} … ${members.at(-1)?.name ?? ''}`;
    groups.push({ kind: 'range', title, nodes: members });
  }
  return groups;
}

/** Whether a node is meant by the words of a filter: each must stand in what is known of it, case apart. */
export function matchesFilter(node: NodeFacts, filter: string): boolean {
  const { name, zone, pool, calicoVersion, kernel, ready, ebpf, addresses } = node;
  const known = [name, zone, pool, calicoVersion, kernel, ready, `ebpf ${ebpf.state}`, ...addresses]
    .join('\n')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) =>
      word.startsWith('-') && word.length > 1 ? !known.includes(word.slice(1)) : known.includes(word),
    );
}
