/**
 * Dumps printed with `--json` (v3.31.5 and later): an array of objects, objects one after another, or `null` for
 * none, as Go's encoding/json writes them with an indentation of two.
 */
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { describeForeignJson, type DumpName } from './foreign.ts';
import { JsonObject, toFields, type JsonFields } from './jsonObject.ts';
import { findClosing } from './jsonPath.ts';

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
  for (const span of objectsOf(text, problems)) {
    const fields = parseFields(text.slice(span.start, span.end));
    if (fields === undefined) {
      problems.push({ code: 'expected', span: findBadLine(text, span), message: 'expected JSON' });
      continue;
    }
    const object = new JsonObject({ text, span, problems }, [], fields);
    const entry = read(object);
    object.reportUnread();
    if (entry === undefined) continue;
    entries.push(entry);
    spans.push(span);
  }
  return toDump(text, name, { entries, spans, problems }, describeForeignJson);
}

function parseFields(text: string): JsonFields | undefined {
  try {
    return toFields(JSON.parse(text));
  } catch {
    return undefined; // Its caller says where.
  }
}

/** Where the objects stand that are not inside of others. What is neither is reported. */
function* objectsOf(text: string, problems: Problem[]): Generator<Span> {
  const finder = new EndFinder(text);
  const structure = /[\s,]+|(\[)|(\])|null\b/y;
  let arrays = 0;
  for (let at = 0; at < text.length;) {
    structure.lastIndex = at;
    const match = structure.exec(text);
    if (match !== null) {
      arrays += match[1] === undefined ? 0 : 1;
      arrays -= match[2] === undefined ? 0 : 1;
      at = structure.lastIndex;
    } else if (text[at] === '{') {
      const end = finder.findEnd(at);
      if (end === undefined) {
        problems.push(truncated({ start: at, end: text.length }));
        return;
      }
      yield { start: at, end };
      at = end;
    } else {
      const feed = text.indexOf('\n', at);
      const span = { start: at, end: feed === -1 ? text.length : feed };
      if (!isBlankOrLog(text, span, problems)) {
        problems.push({ code: 'expected', span, message: 'expected a JSON object' });
      }
      at = span.end;
    }
  }
  if (arrays > 0) problems.push(truncated({ start: text.length, end: text.length }));
}

function truncated(span: Span): Problem {
  return { code: 'truncated', span, message: 'the text ends before the JSON does' };
}

/** Finds where objects end: by indentation, which also holds for broken ones, or by matching brackets. */
class EndFinder {
  readonly #text: string;
  #isIndented = true;

  constructor(text: string) {
    this.#text = text;
  }

  findEnd(start: number): number | undefined {
    const text = this.#text;
    const opening = /\{\r?\n/y;
    opening.lastIndex = start;
    if (this.#isIndented && opening.test(text)) {
      let line = start;
      while (text[line - 1] === ' ' || text[line - 1] === '\t') line--;
      const closing = `\n${text.slice(line, start)}}`;
      const end = text.indexOf(closing, start);
      if (end !== -1) return end + closing.length;
      // To look for it again and again would take quadratic time.
      this.#isIndented = false;
    }
    return findClosing(text, start);
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
