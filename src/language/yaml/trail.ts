import type { Span } from '../../core/text/problem.ts';
import type { MapNode, Node, PairNode } from './node.ts';

/** One step from the root of a document to an offset in it. */
export type Stop =
  | { readonly kind: 'pair'; readonly map: MapNode; readonly pair: PairNode; readonly on: 'key' | 'value' }
  | { readonly kind: 'item'; readonly node: Node; readonly index: number };

/** The pairs and list items around an offset, from the outside in. Aliases are not followed: they stand elsewhere. */
export function trailTo(root: Node | undefined, offset: number): readonly Stop[] {
  const stops: Stop[] = [];
  let node = root;
  while (node !== undefined) {
    const stop = nextStop(node, offset);
    if (stop === undefined) break;
    stops.push(stop);
    if (stop.kind === 'pair' && stop.on === 'key') break;
    node = stop.kind === 'pair' ? stop.pair.value : stop.node;
  }
  return stops;
}

function nextStop(node: Node, offset: number): Stop | undefined {
  if (node.kind === 'map') {
    const pair = node.pairs.find(({ span }) => contains(span, offset));
    if (pair === undefined) return undefined;
    return { kind: 'pair', map: node, pair, on: offset <= pair.key.span.end ? 'key' : 'value' };
  }
  if (node.kind !== 'list') return undefined;
  const index = node.items.findIndex(({ span }) => contains(span, offset));
  const item = node.items[index];
  return item && { kind: 'item', node: item, index };
}

function contains({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
