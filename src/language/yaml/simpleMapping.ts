import { readScalar } from '../../core/felix/scalar.ts';
import type { ScalarStyle } from '../../core/felix/yamlValue.ts';
import { maxDepth } from './depth.ts';
import type { ListNode, MapNode, Node, PairNode, ScalarNode } from './node.ts';

/**
 * A mapping in block style with nothing on its lines but `key: value`, `key:` and `- value`, values being plain words or
 * simple texts in quotes: nothing in it is read otherwise than as it stands. Most objects are of this kind, and reading
 * them so takes a tenth of the time. `undefined` for any other text.
 */
export function simpleMappingIn(text: string): MapNode | undefined {
  const lines = linesOf(text);
  const block = lines === undefined ? undefined : readMap(lines, 0);
  return block?.next === lines?.length ? block?.node : undefined;
}

interface Line {
  readonly indent: number;
  readonly key: ScalarNode | undefined;
  readonly value: ScalarNode | undefined;
  /** Where its dash or key stands. */
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
}

/** A node, and the line behind it. */
interface Block<T extends Node> {
  readonly node: T;
  readonly next: number;
}

const value = `[A-Za-z\\d](?:[\\w.:/-]*[\\w./-])?|"[\\w.:/+,= -]*"|'[\\w.:/+,= -]*'`;
const form = new RegExp(`( *)(?:- |([A-Za-z][\\w./-]{0,200}):( *))(${value})?(?:\\n|$)`, 'y');

function linesOf(text: string): readonly Line[] | undefined {
  const lines: Line[] = [];
  let at = /[^\n]/.exec(text)?.index ?? text.length;
  while (at < text.length) {
    form.lastIndex = at;
    const [line = '', spaces = '', key, gap = '', written] = form.exec(text) ?? [];
    const isGlued = key !== undefined && written !== undefined && gap === '';
    if (line === '' || isGlued || spaces.length >= maxDepth || (key === undefined && written === undefined))
      return undefined;
    const start = at + spaces.length;
    const from = start + (key === undefined ? 2 : key.length + 1 + gap.length);
    const end = at + line.length;
    lines.push({
      indent: spaces.length,
      key: key === undefined ? undefined : scalarAt(key, start),
      value: written === undefined ? undefined : scalarAt(written, from),
      start,
      end,
    });
    at = end;
  }
  return lines;
}

const styles: Readonly<Record<string, ScalarStyle>> = { '"': 'double', "'": 'single' };

function scalarAt(source: string, start: number): ScalarNode {
  const style = styles[source[0] ?? ''] ?? 'plain';
  const text = style === 'plain' ? source : source.slice(1, -1);
  const span = { start, end: start + source.length };
  return { kind: 'scalar', span, text, style, value: readScalar(text, style, source), templated: false };
}

function readBlock(lines: readonly Line[], first: number): Block<MapNode | ListNode> | undefined {
  return lines[first]?.key === undefined ? readList(lines, first) : readMap(lines, first);
}

/** The pairs of one depth; what stands deeper belongs to a key without a value on its line. */
function readMap(lines: readonly Line[], first: number): Block<MapNode> | undefined {
  const indent = lines[first]?.indent ?? 0;
  const pairs: PairNode[] = [];
  let next = first;
  for (let line = lines[next]; line?.key !== undefined && line.indent === indent; line = lines[next]) {
    const { key } = line;
    const isBelow = isPartOf(lines[next + 1], indent);
    const block: Block<Node> | undefined = isBelow ? readBlock(lines, next + 1) : lineBlock(line, next + 1);
    if (block === undefined || (isBelow && line.value !== undefined)) return undefined;
    pairs.push({ span: { start: key.span.start, end: block.node.span.end }, key, value: block.node });
    next = block.next;
  }
  const node: MapNode = { kind: 'map', span: spanOf(lines, first, next), pairs, flow: false };
  return next === first ? undefined : { node, next };
}

/** Whether a line belongs to the key above it: the items of a list may stand in the column of their key. */
function isPartOf(line: Line | undefined, indent: number): boolean {
  if (line === undefined) return false;
  return line.indent > indent || (line.indent === indent && line.key === undefined);
}

function lineBlock({ value }: Line, next: number): Block<Node> | undefined {
  return value && { node: value, next };
}

function readList(lines: readonly Line[], first: number): Block<ListNode> | undefined {
  const indent = lines[first]?.indent ?? 0;
  const items: Node[] = [];
  let next = first;
  for (let line = lines[next]; line?.value !== undefined && line.key === undefined; line = lines[next]) {
    if (line.indent !== indent) break;
    items.push(line.value);
    next++;
  }
  const node: ListNode = { kind: 'list', span: spanOf(lines, first, next), items, flow: false };
  return next === first ? undefined : { node, next };
}

function spanOf(lines: readonly Line[], first: number, next: number): MapNode['span'] {
  return { start: lines[first]?.start ?? 0, end: lines[next - 1]?.end ?? 0 };
}
