import type { ScalarStyle, YamlScalar } from '../../core/felix/yamlValue.ts';
import type { Span } from '../../core/text/problem.ts';

/** YAML as it stands in a text: every node with its place, scalars as kubectl reads them. */
export type Node = ScalarNode | MapNode | ListNode | AliasNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly span: Span;
  /** As the document says it: without quotes, escapes resolved. */
  readonly text: string;
  readonly style: ScalarStyle;
  readonly value: YamlScalar;
  /** Whether a template makes it, so that its value is not known. */
  readonly templated: boolean;
}

export interface PairNode {
  readonly span: Span;
  readonly key: ScalarNode;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: 'map';
  readonly span: Span;
  readonly pairs: readonly PairNode[];
  readonly flow: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Node[];
  readonly flow: boolean;
  /** What a long list was read from, one part after the other. */
  readonly parts?: readonly PlacedPart[];
}

/** A part of a long list, and where it stands. */
export interface PlacedPart {
  readonly start: number;
  readonly part: ListPart;
}

/** Items whose spans count from where they begin, so that they stay the same when they move. */
export interface ListPart {
  readonly items: readonly Node[];
  /** What they say, where that is known without them. */
  readonly values?: readonly YamlScalar[];
}

/** `*name`; without a target when there is no such anchor before it, or the node would hold itself. */
export interface AliasNode {
  readonly kind: 'alias';
  readonly span: Span;
  readonly name: string;
  readonly target: Exclude<Node, AliasNode> | undefined;
}

/** A list that was read in parts; its items are put in their places when they are asked for. */
export function listOfParts(span: Span, parts: readonly PlacedPart[]): ListNode {
  let items: readonly Node[] | undefined;
  return {
    kind: 'list',
    span,
    flow: false,
    parts,
    get items() {
      items ??= parts.flatMap(({ start, part }) => part.items.map((item) => moved(item, start)));
      return items;
    },
  };
}

/** The same node further on in a text; only of a node without aliases. */
export function moved<T extends Node>(node: T, by: number): T {
  const span = movedSpan(node.span, by);
  switch (node.kind) {
    case 'map':
      return { ...node, span, pairs: node.pairs.map((pair) => movedPair(pair, by)) };
    case 'list':
      return { ...node, span, items: node.items.map((item) => moved(item, by)) };
    case 'scalar':
    case 'alias':
      return { ...node, span };
  }
}

function movedPair({ span, key, value }: PairNode, by: number): PairNode {
  return { span: movedSpan(span, by), key: moved(key, by), value: moved(value, by) };
}

export function movedSpan({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** What an alias stands for, else the node itself. */
export function resolved(node: Node | undefined): Exclude<Node, AliasNode> | undefined {
  return node?.kind === 'alias' ? node.target : node;
}

export function asMap(node: Node | undefined): MapNode | undefined {
  const found = resolved(node);
  return found?.kind === 'map' ? found : undefined;
}

export function asList(node: Node | undefined): ListNode | undefined {
  const found = resolved(node);
  return found?.kind === 'list' ? found : undefined;
}

export function asScalar(node: Node | undefined): ScalarNode | undefined {
  const found = resolved(node);
  return found?.kind === 'scalar' ? found : undefined;
}

/**
 * The pairs of a map, those of its merge keys (`<<`) last; a key of the map itself wins over a merged one, as
 * does an earlier merge over a later.
 */
export function pairsOf(map: MapNode): readonly PairNode[] {
  if (!map.pairs.some(isMerge)) return map.pairs;
  const own = map.pairs.filter((pair) => !isMerge(pair));
  const seen = new Set(own.map(({ key }) => key.text));
  const merged = map.pairs.filter(isMerge).flatMap(({ value }) => mergedMaps(value));
  const added: PairNode[] = [];
  for (const pair of merged.flatMap(({ pairs }) => pairs)) {
    if (!seen.has(pair.key.text)) added.push(pair);
    seen.add(pair.key.text);
  }
  return [...own, ...added];
}

/** Whether what a merge key has can be merged: a map, or a list of maps. */
export function canMerge(value: Node): boolean {
  if (value.kind === 'list') return value.items.every((item) => asMap(item) !== undefined);
  return asMap(value) !== undefined;
}

export function isMerge({ key }: PairNode): boolean {
  return key.text === '<<' && key.style === 'plain';
}

function mergedMaps(value: Node): readonly MapNode[] {
  const map = asMap(value);
  if (map !== undefined) return [map];
  return (asList(value)?.items ?? []).map(asMap).filter((each) => each !== undefined);
}

/** The pair of a key: the last one, as readers of YAML take it. */
export function pairOf(map: MapNode | undefined, key: string): PairNode | undefined {
  return map && pairsOf(map).findLast((pair) => pair.key.text === key);
}

export function valueOf(map: MapNode | undefined, key: string): Node | undefined {
  return pairOf(map, key)?.value;
}

/** The text of a scalar below a key, unless a template makes it. */
export function textOf(map: MapNode | undefined, key: string): string | undefined {
  const scalar = asScalar(valueOf(map, key));
  return scalar === undefined || scalar.templated ? undefined : scalar.text;
}
