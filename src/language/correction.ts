import type { Fix, FelixFinding } from '../core/felix/findings.ts';
import type { Span } from '../core/text/problem.ts';
import type { Change, Correction } from './diagnosis.ts';
import { asMap, pairOf } from './yaml/node.ts';
import type { MapNode, PairNode, ScalarNode } from './yaml/node.ts';
import { trimmed } from './yaml/trim.ts';
import type { Place } from './yaml/place.ts';
import type { Reading } from './yaml/value.ts';

/** The changes of the text that a fix asks for. */
export function toCorrection(text: string, reading: Reading, finding: FelixFinding): Correction | undefined {
  const { fix } = finding;
  if (fix === undefined) return undefined;
  const change = changeFor(text, reading, reading.locate(finding.path), fix);
  if (change === undefined) return undefined;
  return { title: fix.title, changes: [change] };
}

function changeFor(text: string, reading: Reading, place: Place, fix: Fix): Change | undefined {
  switch (fix.kind) {
    case 'replace':
      return place.exact && !isTagged(text, place) ? replaceValue(text, place, fix.replacement) : undefined;
    case 'rename':
      return renamed(place, fix.key);
    case 'remove':
      return place.exact ? removal(text, place) : undefined;
    case 'add':
      return addition(text, reading.locate(fix.path.slice(0, -1)), String(fix.path.at(-1)), fix.source);
  }
}

/** A tag makes a value what it is, and would make something else of another. */
function isTagged(text: string, { node: { span } }: Place): boolean {
  return /(?:^|[\s[{,:])!\S*\s+(?:&\S+\s+)?$/.test(text.slice(Math.max(0, span.start - 80), span.start));
}

/** An empty value stands right behind its colon and wants a space before it. */
function replaceValue(text: string, { node: { span } }: Place, source: string): Change {
  const glued = span.start === span.end && /\S/.test(text[span.start - 1] ?? '');
  return { span: trimmed(text, span), text: glued ? ` ${source}` : source };
}

/** A key that is there already cannot be meant. */
function renamed({ pair, parent }: Place, key: string): Change | undefined {
  if (pair === undefined || pairOf(asMap(parent), key) !== undefined) return undefined;
  return { span: pair.key.span, text: requoted(pair.key, key) };
}

/** What is left of a mapping without its only pair is an empty one, not nothing. */
function removal(text: string, place: Place): Change {
  const { pair, parent } = place;
  return pair !== undefined && parent?.kind === 'map' && !parent.flow && parent.pairs.length === 1
    ? { span: trimmed(text, pair.span), text: '{}' }
    : { span: spanToRemove(text, place), text: '' };
}

/** Puts a pair of a map into the map below another key of it, which is made where it is missing. */
export function movedBelow(text: string, map: MapNode, pair: PairNode, name: string): readonly Change[] {
  const { key, value, span } = pair;
  const below = pairOf(map, name);
  if (below === undefined) {
    const written = text.slice(span.start, span.end);
    const inner = map.flow ? ` {${written}}` : `\n${indentOf(text, span.start)}  ${written}`;
    return [{ span, text: `${requoted(key, name)}:${inner}` }];
  }
  const into: Place = { pair: below, node: below.value, parent: map, exact: true };
  const source = text.slice(value.span.start, value.span.end);
  const added =
    pairOf(asMap(below.value), key.text) === undefined ? addition(text, into, key.text, source) : undefined;
  if (added === undefined) return [];
  return [{ span: spanToRemove(text, { pair, node: value, parent: map, exact: true }), text: '' }, added];
}

/** A word in the quotes of the one that it replaces. */
export function requoted({ style }: ScalarNode, name: string): string {
  if (style === 'double') return `"${name}"`;
  return style === 'single' ? `'${name}'` : name;
}

/** A pair or item with what separates it from its neighbours: its lines in block style, a comma in flow. */
function spanToRemove(text: string, { pair, node, parent }: Place): Span {
  const span = pair?.span ?? node.span;
  if ((parent?.kind === 'map' || parent?.kind === 'list') && parent.flow) return withComma(text, span);
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const feed = text.indexOf('\n', span.end);
  const isBlock = text[span.end - 1] === '\n';
  if (text.slice(start, span.start).trim() === '' || parent?.kind === 'list') {
    return { start, end: isBlock ? span.end : feed === -1 ? text.length : feed + 1 };
  }
  return span;
}

function withComma(text: string, { start, end }: Span): Span {
  const after = /^\s*,\s*/.exec(text.slice(end));
  if (after !== null) return { start, end: end + after[0].length };
  const before = /\s*,\s*$/.exec(text.slice(0, start));
  return { start: start - (before?.[0].length ?? 0), end };
}

/** A new pair at the end of a map, written as the map is. */
function addition(text: string, place: Place, key: string, source: string): Change | undefined {
  const map = asMap(place.node);
  const last = map?.pairs.at(-1);
  if (map === undefined || last === undefined || !place.exact) return undefined;
  return map.flow
    ? additionToFlow(text, map, key, source)
    : additionToBlock(text, last.key, last.span.end, key, source);
}

function additionToFlow(text: string, map: MapNode, key: string, source: string): Change {
  const last = map.pairs.at(-1);
  const at = last?.span.end ?? map.span.start + 1;
  const quoted = last?.key.style === 'double';
  const value = quoted && !/^["\d[{]|^(?:true|false|null)$/.test(source) ? JSON.stringify(source) : source;
  const gap = text.slice(map.span.start, at).includes('\n')
    ? `,\n${indentOf(text, last?.key.span.start ?? at)}`
    : ', ';
  return { span: { start: at, end: at }, text: `${gap}${quoted ? `"${key}"` : key}: ${value}` };
}

function additionToBlock(text: string, beside: ScalarNode, end: number, key: string, source: string): Change {
  const feed = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  const at = feed === -1 ? text.length : feed;
  return { span: { start: at, end: at }, text: `\n${indentOf(text, beside.span.start)}${key}: ${source}` };
}

function indentOf(text: string, offset: number): string {
  return ' '.repeat(offset - (text.lastIndexOf('\n', offset - 1) + 1));
}
