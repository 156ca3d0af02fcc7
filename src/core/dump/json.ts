/**
 * Dumps printed with `--json` (v3.31.5 and later): an array of objects, objects one after another, or `null` for
 * none, as Go's encoding/json writes them with an indentation of two.
 */
import type { Problem, Span } from '../text/problem.ts';
import { toDump, type Dump } from './dump.ts';
import { describeForeignJson, type DumpName } from './foreign.ts';
import { JsonObject, toFields, type JsonFields, type JsonSource } from './jsonObject.ts';
import { ObjectFinder } from './jsonObjects.ts';

/** Whether a text is the JSON form of a dump: no text form begins like it. */
export function isJson(text: string): boolean {
  return /^\s*(?:[[{]|null\s*$)/.test(text);
}

/** Reads each object on its own, so that one that is broken leaves the others. */
export function parseJsonDump<T>(
  text: string,
  name: DumpName,
  read: (object: JsonObject) => T | undefined,
): Dump<T> {
  const entries: T[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of new ObjectFinder().find(text, 'whole', problems)) {
    const entry = readJsonObject({ text, span, problems }, read);
    if (entry === undefined) continue;
    entries.push(entry);
    spans.push(span);
  }
  return toDump(text, name, { entries, spans, problems }, describeForeignJson);
}

/** Reads the object in a stretch of text; nothing where it is reported as unreadable. */
export function readJsonObject<T>(
  source: JsonSource,
  read: (object: JsonObject) => T | undefined,
): T | undefined {
  const { text, span, problems } = source;
  const fields = parseFields(text.slice(span.start, span.end));
  if (fields === undefined) {
    problems.push({ code: 'expected', span: findBadLine(text, span), message: 'expected JSON' });
    return undefined;
  }
  const object = new JsonObject(source, [], fields);
  const entry = read(object);
  object.reportUnread();
  return entry;
}

function parseFields(text: string): JsonFields | undefined {
  try {
    return toFields(JSON.parse(text));
  } catch {
    return undefined; // Its caller says where.
  }
}

const member =
  /^[ \t]*(?:"(?:[^"\\]|\\.)*": *)?(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[{\]}]+),?\s*$/;

/** The first line that is no line of indented JSON; all of it where the fault is another. */
function findBadLine(text: string, span: Span): Span {
  for (let start = span.start; start < span.end;) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 || feed > span.end ? span.end : feed;
    const line = text.slice(start, end);
    if (!member.test(line)) return { start: end - line.trimStart().length, end };
    start = end + 1;
  }
  return span;
}
