/** Finds values in the text of JSON, for messages that say where. The JSON is known to be well-formed. */
import { countFeeds } from '../text/feeds.ts';
import type { Span } from '../text/problem.ts';

/** The names of fields and the indices of items that lead to a value. */
export type JsonPath = readonly (string | number)[];

/** Where the value at a path stands; when there is none, the innermost one around it. */
export function findValue(text: string, span: Span, path: JsonPath): Span {
  let value = span;
  for (const step of path) {
    const found = findMember(text, value.start, step);
    if (found === undefined) break;
    value = found;
  }
  return value;
}

const name = /[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*/y;
const gap = /[\s,]*/y;

/** Where something stands, counted from the beginning of what it is part of. */
export interface PartPlace extends Span {
  readonly line: number;
}

/** Where the items of the list at a path stand, from the start of the span on. */
export function findItems(text: string, span: Span, path: JsonPath): readonly PartPlace[] {
  const places: PartPlace[] = [];
  let { start: at } = findValue(text, span, path);
  if (text[at] !== '[') return places;
  let line = countFeeds(text, at, span.start);
  for (at++; ;) {
    gap.lastIndex = at;
    gap.test(text);
    const start = gap.lastIndex;
    const end = findValueEnd(text, start);
    if (end === undefined) return places;
    line += countFeeds(text, start, at);
    places.push({ start: start - span.start, end: end - span.start, line });
    line += countFeeds(text, end, start);
    at = end;
  }
}

function findMember(text: string, container: number, step: string | number): Span | undefined {
  let at = container + 1;
  for (let index = 0; ; index++) {
    const before = typeof step === 'string' ? name : gap;
    before.lastIndex = at;
    const match = before.exec(text);
    if (match === null) return undefined;
    const start = before.lastIndex;
    const end = findValueEnd(text, start);
    if (end === undefined) return undefined;
    if (step === (typeof step === 'string' ? match[1] : index)) return { start, end };
    at = end;
  }
}

const scalar = /"(?:[^"\\]|\\.)*"|[^\s,[\]{}"]+/y;

function findValueEnd(text: string, start: number): number | undefined {
  if (text[start] === '{' || text[start] === '[') return findClosing(text, start);
  scalar.lastIndex = start;
  return scalar.test(text) ? scalar.lastIndex : undefined;
}

/** The end of the object or array that begins at `start`; `undefined` when it has none. */
export function findClosing(text: string, start: number): number | undefined {
  const piece = /[^"[\]{}]*(?:("(?:[^"\\\n]|\\.)*")|([[{])|([\]}]))/y;
  let depth = 0;
  piece.lastIndex = start;
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    if (match[2] !== undefined) depth++;
    if (match[3] !== undefined && --depth === 0) return piece.lastIndex;
  }
  return undefined;
}
