import type { Span } from '../../core/text/problem.ts';
import { ownCopy } from './ownCopy.ts';

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
  readonly parts: readonly Part[];
}

export interface Part {
  readonly start: number;
  readonly text: string;
}

/** What followed a part of a list when the text was cut before: after an edit most parts still follow each other. */
export type Followers = ReadonlyMap<string, string>;

/** A list of fewer characters does not pay. */
const shortest = 4000;

/** The long lists of a document. */
export function longListsIn(text: string, followers: Followers = new Map()): readonly LongList[] {
  if (text.length < shortest || !mayHaveLists(text)) return [];
  const lists: LongList[] = [];
  const header = /^(?: |- )*[^\s#-].*:[ \t]*(?:#.*)?\r?\n(?=( *)- )/gm;
  for (let found = header.exec(text); found !== null; found = header.exec(text)) {
    const indent = found[1]?.length ?? 0;
    const start = found.index + found[0].length;
    const parts = partsFrom(text, start, indent, followers);
    const last = parts.at(-1);
    const end = last === undefined ? start : last.start + last.text.length;
    if (end - start < shortest) continue;
    lists.push({ span: { start, end }, indent, parts });
    header.lastIndex = end;
  }
  return lists;
}

/**
 * Whether the lists of a text can be read in parts: not where anchors, aliases and tags may reach from item to item, or
 * tabs be indentation. Looks for these characters first, which takes a tenth of the time.
 */
export function mayHaveLists(text: string): boolean {
  return !/[&*!\t]/.test(text) || !/(?:^|[\s[{,])[&*!]|^[ \t]*\t/m.test(text);
}

/** What followed what in these lists, but for what ended a list: it ended otherwise than parts end. */
export function followersIn(lists: readonly LongList[]): Followers {
  const followers = new Map<string, string>();
  for (const { parts } of lists)
    for (let index = 1; index < parts.length - 1; index++) {
      const [before, part] = [parts[index - 1], parts[index]];
      if (before !== undefined && part !== undefined) followers.set(before.text, part.text);
    }
  return followers;
}

/** Cuts a list; where a part is followed by the one that followed it before, that need not be looked at by lines. */
function partsFrom(text: string, from: number, indent: number, followers: Followers): readonly Part[] {
  const dash = `${' '.repeat(indent)}- `;
  const parts: Part[] = [];
  for (let start = from, goesOn = true; goesOn;) {
    const guess = followers.get(parts.at(-1)?.text ?? '');
    const end = start + (guess?.length ?? 0);
    // Comparing two texts is much faster than startsWith().
    if (guess !== undefined && text.slice(start, end) === guess && text.startsWith(dash, end)) {
      parts.push({ start, text: guess });
      start = end;
      continue;
    }
    const cut = partFrom(text, start, dash);
    goesOn = cut.goesOn;
    parts.push({ start, text: ownCopy(text.slice(start, cut.end)) });
    start = cut.end;
  }
  return parts;
}

/**
 * Where a part ends: behind an item that says so itself, so that parts stay the same wherever else items come and go,
 * or with the list, at a line that stands no deeper than its dashes.
 */
function partFrom(
  text: string,
  from: number,
  dash: string,
): { readonly end: number; readonly goesOn: boolean } {
  const deeper = dash.replace('- ', ' ');
  let item = from;
  let end = from;
  for (let at = from; at < text.length;) {
    const feed = text.indexOf('\n', at);
    const next = feed === -1 ? text.length : feed + 1;
    if (text.startsWith(dash, at)) {
      if (at > item && endsPart(text, item, at)) return { end: at, goesOn: true };
      item = at;
      end = next;
    } else if (text.startsWith(deeper, at)) end = next;
    else if (!/^ *(?:#.*)?\r?\n$/.test(text.slice(at, next))) break;
    at = next;
  }
  return { end, goesOn: false };
}

/** About one item in 32, by its letters. */
function endsPart(text: string, start: number, end: number): boolean {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return (hash >>> 7) % 32 === 0;
}

/** Stands for a long list in the text around it; a text has none of it by itself. */
const mark = '\uE001';

/** The text without the items of its long lists, at the same length: each list has one item, a mark and a comment. */
export function withoutLists(text: string, lists: readonly LongList[]): string {
  let short = '';
  let done = 0;
  for (const { span, indent } of lists) {
    const item = `${' '.repeat(indent)}- ${mark} #`;
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
