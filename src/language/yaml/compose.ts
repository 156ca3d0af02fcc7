import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type * as Yaml from 'yaml';
import { readScalar } from '../../core/felix/scalar.ts';
import { finish } from '../../core/steps.ts';
import type { Steps } from '../../core/steps.ts';
import type { ScalarStyle } from '../../core/felix/yamlValue.ts';
import type { Span } from '../../core/text/problem.ts';
import { withoutJsonComments } from './comments.ts';
import { maxDepth, withoutDepths } from './depth.ts';
import { followersIn, listMarkedAt, longListsIn, withoutLists } from './lists.ts';
import type { Followers, LongList } from './lists.ts';
import { canMerge, isMerge, listOfParts, movedSpan, resolved } from './node.ts';
import type { AliasNode, ListPart, Node, PairNode, PlacedPart, ScalarNode } from './node.ts';
import { selfAnchor, toProblems, unknownAnchor, unmergeable, unreadable } from './problems.ts';
import type { SyntaxProblem } from './problems.ts';
import { simpleItemsIn } from './simpleItems.ts';
import { simpleMappingIn } from './simpleMapping.ts';
import { isReadable, readTagged } from './tags.ts';
import { isTemplated, maskTemplates } from './templates.ts';

export interface Composed {
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
  /** Whether template actions were taken out, so that keys may be missing or stand twice. */
  readonly partial: boolean;
  /** For the text after an edit. */
  readonly memory: ListMemory;
}

/** Scalars stay text, because kubectl reads YAML 1.1 where the package reads 1.2; duplicates are found later. */
const options: Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions = {
  schema: 'failsafe',
  resolveKnownTags: false,
  uniqueKeys: false,
  strict: false,
  prettyErrors: false,
  logLevel: 'silent',
};

/** What is remembered of the long lists of a text. */
export interface ListMemory {
  readonly followers: Followers;
  /** What each part was read as, by its text. */
  readonly parts: ReadonlyMap<string, ReadPart>;
}

/** A part of a list, and what is wrong in it; spans count from its start. */
interface ReadPart {
  readonly part: ListPart;
  readonly problems: readonly SyntaxProblem[];
}

export const nothingRead: ListMemory = { followers: new Map(), parts: new Map() };

/**
 * Reads one YAML document, by what is remembered of one that was much the same. What is broken is a problem; the rest
 * is read all the same.
 */
export function compose(source: string, memory: ListMemory = nothingRead): Composed {
  return finish(composeInSteps(source, memory));
}

/** The same, a part of a long list in each step. */
export function* composeInSteps(source: string, memory: ListMemory): Steps<Composed> {
  const { text: masked, partial } = maskTemplates(withoutJsonComments(source));
  const { text, problems: tooDeep } = withoutDepths(masked);
  const lists = partial ? [] : longListsIn(text, memory.followers);
  const parts = new Map<string, ReadPart>();
  for (const part of lists.flatMap((list) => list.parts)) {
    const known = parts.get(part.text) ?? memory.parts.get(part.text);
    parts.set(part.text, known ?? parsePart(part.text));
    if (known === undefined) yield;
  }
  const { root, problems } = composeAround(text, lists, parts);
  return {
    root,
    // What a template leaves of a text need not be YAML.
    problems: [...tooDeep, ...(partial ? [] : problems)],
    partial,
    memory: lists.length === 0 ? nothingRead : { followers: followersIn(lists), parts },
  };
}

function composeAround(
  text: string,
  lists: readonly LongList[],
  read: ReadonlyMap<string, ReadPart>,
): Pick<Composed, 'root' | 'problems'> {
  const simple = lists.length === 0 ? simpleMappingIn(text) : undefined;
  if (simple !== undefined) return { root: simple, problems: [] };
  const around = withoutLists(text, lists);
  const document = parseDocument(around, options);
  const builder = new Builder(around, (start) =>
    listMarkedAt(lists, around, start)?.parts.flatMap((part) => {
      const known = read.get(part.text);
      return known === undefined ? [] : [{ start: part.start, ...known }];
    }),
  );
  const root = document.contents === null ? undefined : builder.build(document.contents, 0);
  return { root, problems: [...toProblems(around, document.errors), ...builder.problems] };
}

function parsePart(text: string): ReadPart {
  const simple = simpleItemsIn(text);
  if (simple !== undefined) return { part: simple, problems: [] };
  const document = parseDocument(text, options);
  const builder = new Builder(text, () => undefined);
  const root = document.contents === null ? undefined : builder.build(document.contents, 0);
  const problems = [...toProblems(text, document.errors), ...builder.problems];
  return { part: root?.kind === 'list' ? root : { items: [] }, problems };
}

/** A part of a list at its place. */
type PlacedRead = PlacedPart & ReadPart;

/** Builds nodes in the order of the text, so that an alias finds the latest anchor before it. */
class Builder {
  readonly #text: string;
  /** The parts of the list that a mark at an offset stands for. */
  readonly #partsAt: (start: number) => readonly PlacedRead[] | undefined;
  readonly #anchors = new Map<string, Node>();
  /** The anchors of the nodes that are being built. */
  readonly #open = new Set<string>();
  readonly problems: SyntaxProblem[] = [];

  constructor(text: string, partsAt: (start: number) => readonly PlacedRead[] | undefined) {
    this.#text = text;
    this.#partsAt = partsAt;
  }

  build(node: Yaml.Node, depth: number): Node {
    const anchor = isAlias(node) ? undefined : node.anchor;
    if (anchor === undefined) return this.#withoutAnchor(node, depth);
    this.#open.add(anchor);
    const built = this.#withoutAnchor(node, depth);
    this.#open.delete(anchor);
    this.#anchors.set(anchor, built);
    return built;
  }

  #withoutAnchor(node: Yaml.Node, depth: number): Node {
    const span = spanOf(node);
    if (isAlias(node)) return this.#alias(node.source, span);
    if (depth < maxDepth && isMap(node)) return this.#map(node, span, depth);
    if (depth < maxDepth && isSeq(node)) return this.#list(node, span, depth);
    return this.#scalar(node, span);
  }

  #alias(name: string, span: Span): AliasNode {
    const target = resolved(this.#anchors.get(name));
    if (target === undefined)
      this.problems.push(this.#open.has(name) ? selfAnchor(name, span) : unknownAnchor(name, span));
    return { kind: 'alias', span, name, target };
  }

  #map(node: Yaml.YAMLMap, span: Span, depth: number): Node {
    const pairs = node.items.map((pair) => this.#pair(pair, depth)).filter((pair) => pair !== undefined);
    return { kind: 'map', span: reaching(span, pairs.at(-1)?.span), pairs, flow: node.flow === true };
  }

  #pair(pair: Yaml.Pair, depth: number): PairNode | undefined {
    const key = this.#key(pair.key);
    if (key === undefined) return undefined;
    const value = isNode(pair.value) ? this.build(pair.value, depth + 1) : emptyAt(key.span.end);
    const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
    if (isMerge({ span, key, value }) && !canMerge(value)) this.problems.push(unmergeable(key.span));
    return { span, key, value };
  }

  #key(node: unknown): ScalarNode | undefined {
    if (isScalar(node)) return this.#scalar(node, lastLine(this.#text, spanOf(node)));
    const target = isAlias(node) ? this.#alias(node.source, spanOf(node)).target : undefined;
    return isAlias(node) && target?.kind === 'scalar' ? { ...target, span: spanOf(node) } : undefined;
  }

  #list(node: Yaml.YAMLSeq, span: Span, depth: number): Node {
    const nodes = node.items.filter(isNode);
    const parts = nodes.map((item) => this.#partsAt(spanOf(item).start));
    if (parts.some((each) => each !== undefined)) return this.#longList(nodes, parts, span, depth);
    const items = nodes.map((item) => this.build(item, depth + 1));
    return { kind: 'list', span: reaching(span, items.at(-1)?.span), items, flow: node.flow === true };
  }

  /** A list with a mark for what was read in parts; there may be items beside the mark. */
  #longList(
    nodes: readonly Yaml.Node[],
    marked: readonly (readonly PlacedRead[] | undefined)[],
    span: Span,
    depth: number,
  ): Node {
    const parts = nodes.flatMap((node, index): readonly PlacedPart[] => {
      const read = marked[index];
      if (read === undefined) return [{ start: 0, part: { items: [this.build(node, depth + 1)] } }];
      this.problems.push(...read.flatMap(movedProblems));
      return read;
    });
    const last = parts.at(-1);
    const end = last?.part.items.at(-1)?.span.end ?? 0;
    return listOfParts({ start: span.start, end: Math.max(span.end, (last?.start ?? 0) + end) }, parts);
  }

  #scalar(node: Yaml.Node, span: Span): ScalarNode {
    const source = this.#text.slice(span.start, span.end);
    const isCut = node.range !== undefined && node.range !== null && node.range[0] !== span.start;
    const text = isCut ? source : isScalar(node) && typeof node.value === 'string' ? node.value : '';
    const style = isScalar(node) ? styleOf(node) : 'plain';
    const tagged = { text, style, source, tag: node.tag };
    const value = readTagged(tagged);
    if (!isReadable(tagged, value)) this.problems.push(unreadable(tagged, span));
    return { kind: 'scalar', span, text, style, value, templated: isTemplated(source) };
  }
}

function movedProblems({ start, problems }: PlacedRead): readonly SyntaxProblem[] {
  return problems.map((each) => ({ ...each, span: movedSpan(each.span, start) }));
}

/** The span as far as what is in it: a list that is read in parts is longer than its mark. */
function reaching({ start, end }: Span, inner: Span | undefined): Span {
  return { start, end: Math.max(end, inner?.end ?? end) };
}

/** A word without a colon runs together with the key on the next line, which is still what it was. */
function lastLine(text: string, { start, end }: Span): Span {
  const feed = text.lastIndexOf('\n', end - 1);
  if (feed < start || /["']/.test(text[start] ?? '')) return { start, end };
  return { start: feed + 1 + (/^\s*/.exec(text.slice(feed + 1, end))?.[0].length ?? 0), end };
}

function isNode(value: unknown): value is Yaml.Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

function emptyAt(offset: number): ScalarNode {
  const span = { start: offset, end: offset };
  return { kind: 'scalar', span, text: '', style: 'plain', value: readScalar('', 'plain'), templated: false };
}

function spanOf(node: Yaml.Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

function styleOf({ type }: Yaml.Scalar): ScalarStyle {
  return styles[type ?? ''] ?? 'plain';
}
