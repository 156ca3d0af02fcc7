import type { Span } from '../../core/text/problem.ts';

/**
 * A long list in block style, as it stands in a text: it is read in parts, so that an edit costs the reading of one
 * part. The text around it is read without it.
 */
export interface LongList {
  /** From the dash of the first item to the end of the last. */
  readonly span: Span;
  /** How far its dashes are indented. */
  readonly indent: number;
  /** Its items, some in each part, from dash to dash. */
  readonly parts: readonly Span[];
}

/** Below this it does not pay. */
const fewestItems = 200;

/**
 * The long lists of a document. Anchors, aliases and tags may reach from item to item, and tabs be indentation; then
 * there is none to be read in parts.
 */
export function longListsIn(text: string): readonly LongList[] {
  if (text.length < fewestItems * 4 || /(?:^|[\s[{,])[&*!]|^[ \t]*\t/m.test(text)) return [];
  const lists: LongList[] = [];
  const header = /^(?: |- )*[^\s#-].*:[ \t]*(?:#.*)?\r?\n(?=( *)- )/gm;
  for (let found = header.exec(text); found !== null; found = header.exec(text)) {
    const indent = found[1]?.length ?? 0;
    const start = found.index + found[0].length;
    const starts = itemsFrom(text, start, indent);
    if (starts.length <= fewestItems) continue;
    const end = starts.at(-1) ?? start;
    lists.push({ span: { start, end }, indent, parts: partsOf(text, starts) });
    header.lastIndex = end;
  }
  return lists;
}

/** Where each item begins, and last where the list ends: at a line that stands no deeper than its dashes. */
function itemsFrom(text: string, from: number, indent: number): readonly number[] {
  const starts: number[] = [];
  const dash = `${' '.repeat(indent)}- `;
  const deeper = ' '.repeat(indent + 1);
  let at = from;
  let end = from;
  while (at < text.length) {
    const feed = text.indexOf('\n', at);
    const next = feed === -1 ? text.length : feed + 1;
    if (text.startsWith(dash, at)) starts.push(at);
    else if (!text.startsWith(deeper, at)) {
      if (!/^ *(?:#.*)?\r?\n$/.test(text.slice(at, next))) break;
      at = next;
      continue;
    }
    end = at = next;
  }
  return [...starts, end];
}

/** Parts end where an item says so itself, so that they stay the same wherever else items come and go. */
function partsOf(text: string, starts: readonly number[]): readonly Span[] {
  const parts: Span[] = [];
  let start = starts[0] ?? 0;
  for (let index = 1; index < starts.length; index++) {
    const end = starts[index] ?? start;
    const isLast = index === starts.length - 1;
    if (isLast || endsPart(text, starts[index - 1] ?? start, end)) {
      parts.push({ start, end });
      start = end;
    }
  }
  return parts;
}

/** About one item in 32, by its letters. */
function endsPart(text: string, start: number, end: number): boolean {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return (hash >>> 7) % 32 === 0;
}

/** Stands for a long list in the text around it; a text has none of it by itself. */
const mark = '\uE001';

/** The text without the items of its long lists, at the same length: each list has one item, a mark. */
export function withoutLists(text: string, lists: readonly LongList[]): string {
  let short = '';
  let done = 0;
  for (const { span, indent } of lists) {
    const item = `${' '.repeat(indent)}- ${mark}`;
    const feed = text[span.end - 1] === '\n' ? '\n' : '';
    short += text.slice(done, span.start) + item.padEnd(span.end - span.start - feed.length) + feed;
    done = span.end;
  }
  return short + text.slice(done);
}

/** The list that the mark at a place stands for. */
export function listMarkedAt(lists: readonly LongList[], text: string, start: number): LongList | undefined {
  if (text[start] !== mark) return undefined;
  return lists.find(({ span, indent }) => span.start + indent + 2 === start);
}
