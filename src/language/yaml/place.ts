import { readKey } from '../../core/felix/scalar.ts';
import { pairsOf, resolved } from './node.ts';
import type { ListNode, MapNode, Node, PairNode } from './node.ts';

/** Where a path leads: the pair or list item at its end, or at the end of the part of it that exists. */
export interface Place {
  readonly pair: PairNode | undefined;
  readonly node: Node;
  /** The node around it. */
  readonly parent: Node | undefined;
  /** Whether the whole path exists. */
  readonly exact: boolean;
}

/** Follows a path of keys and indexes through the values that are known: what a template makes does not count. */
export function placeIn(root: Node, path: readonly (string | number)[]): Place {
  let place: Place = { pair: undefined, node: root, parent: undefined, exact: true };
  for (const step of path) {
    const { node: parent } = place;
    const inner = resolved(parent);
    const pair = inner?.kind === 'map' && typeof step === 'string' ? knownPairs(inner).get(step) : undefined;
    const item = inner?.kind === 'list' && typeof step === 'number' ? knownItems(inner)[step] : undefined;
    const node = pair?.value ?? item;
    if (node === undefined) return { ...place, exact: false };
    place = { pair, node, parent, exact: true };
  }
  return place;
}

const pairsByKey = new WeakMap<MapNode, ReadonlyMap<string, PairNode>>();

/** By their keys as JSON has them; of a key that is there twice the last. */
function knownPairs(map: MapNode): ReadonlyMap<string, PairNode> {
  const before = pairsByKey.get(map);
  if (before !== undefined) return before;
  const known = pairsOf(map).filter(({ key, value }) => !key.templated && isKnown(value));
  const byKey = new Map(known.map((pair) => [readKey(pair.key.text, pair.key.style), pair]));
  pairsByKey.set(map, byKey);
  return byKey;
}

const itemsByIndex = new WeakMap<ListNode, readonly Node[]>();

function knownItems(list: ListNode): readonly Node[] {
  const before = itemsByIndex.get(list);
  if (before !== undefined) return before;
  const known = list.items.filter(isKnown).map((item) => resolved(item) ?? item);
  itemsByIndex.set(list, known);
  return known;
}

function isKnown(node: Node): boolean {
  const found = resolved(node);
  return found !== undefined && !(found.kind === 'scalar' && found.templated);
}
