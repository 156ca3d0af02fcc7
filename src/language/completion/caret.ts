import type { Span } from '../../core/text/problem.ts';
import { flowAt } from './flow.ts';

/**
 * Where the caret stands, read from the text alone: while one types, a document is seldom valid YAML, but the lines
 * above and their indentation tell what is meant.
 */
export interface Caret {
  /** The keys around it, from the outside in, without the one whose value it stands in. */
  readonly path: readonly string[];
  /** The key whose value is being written; `undefined` where a key is. */
  readonly key: string | undefined;
  /** What was typed of the key or value so far, and where. */
  readonly word: string;
  readonly span: Span;
  /** Whether it stands in a list, as one of its items. */
  readonly inList: boolean;
  readonly style: 'block' | 'flow' | 'json';
  /** Whether a colon stands behind it already. */
  readonly hasColon: boolean;
}

/** No key is longer; what is, is not worth a search that backtracks. */
const maxLine = 500;

const keyLine = /^((?: |- )*)(?:"([^"]*)"|'([^']*)'|([^\s#"'{[][^:#]*?))[ \t]*:(?=[ \t]|$)[ \t]*(.*)$/;

export function caretAt(text: string, offset: number): Caret | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const prefix = text.slice(lineStart, offset);
  const feed = text.indexOf('\n', offset);
  const rest = text.slice(offset, feed === -1 ? text.length : feed);
  if (/(?:^|\s)#/.test(prefix)) return undefined;
  const flow = flowAt(text, offset);
  if (flow !== undefined) {
    const before = text.lastIndexOf('\n', flow.from) + 1;
    const outer = ancestors(text, before, text.slice(before, flow.from));
    return toFlowCaret(flow, [...outer, ...flow.path], offset, rest);
  }
  return toBlockCaret(text, lineStart, prefix, rest);
}

function toBlockCaret(text: string, lineStart: number, prefix: string, rest: string): Caret {
  const offset = lineStart + prefix.length;
  const pair = prefix.length > maxLine ? null : keyLine.exec(prefix);
  const common = { style: 'block', hasColon: /^[\w.-]*["']?\s*:/.test(rest) } as const;
  if (pair !== null) {
    const word = pair[5] ?? '';
    const path = ancestors(text, lineStart, pair[1] ?? '');
    const key = pair[2] ?? pair[3] ?? pair[4];
    return { ...common, path, key, word, span: wordSpan(offset, word, rest), inList: false };
  }
  const bare = /^((?: |- )*)(.*)$/.exec(prefix);
  const indent = bare?.[1] ?? '';
  const word = bare?.[2] ?? '';
  const path = ancestors(text, lineStart, indent);
  const inList = indent.includes('-');
  return { ...common, path, key: undefined, word, span: wordSpan(offset, word, rest), inList };
}

function toFlowCaret(
  flow: NonNullable<ReturnType<typeof flowAt>>,
  path: readonly string[],
  offset: number,
  rest: string,
): Caret {
  const { key, word, inList, json } = flow;
  const span = wordSpan(offset, word, rest);
  const hasColon = /^[\w.-]*["']?\s*:/.test(rest);
  return { path, key, word, span, inList, style: json ? 'json' : 'flow', hasColon };
}

/** What is replaced: the word before the caret, and what of it stands behind. */
function wordSpan(offset: number, word: string, rest: string): Span {
  const behind = /^[^\s,:{}[\]#]*/.exec(rest)?.[0] ?? '';
  return { start: offset - word.length, end: offset + behind.length };
}

/** The keys of the lines above that stand further left, from the outside in. */
function ancestors(text: string, lineStart: number, indent: string): readonly string[] {
  const path: string[] = [];
  let limit = columnOf(indent);
  for (let end = lineStart - 1; end >= 0 && limit > 0;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, Math.min(end, start + maxLine)).replace(/\r$/, '');
    end = start - 1;
    const pair = keyLine.exec(line);
    const before = pair?.[1] ?? '';
    if (pair === null || before.length >= limit) {
      limit = Math.min(limit, dashLimit(line, limit));
      continue;
    }
    path.unshift(pair[2] ?? pair[3] ?? pair[4] ?? '');
    limit = columnOf(before);
  }
  return path;
}

/** The keys around a line stand left of this column; those around an item may stand at its dash. */
function columnOf(indent: string): number {
  const dash = indent.indexOf('-');
  return dash === -1 ? indent.length : dash + 1;
}

/** The line that begins the list item in which the caret stands moves the limit to its dash. */
function dashLimit(line: string, limit: number): number {
  const dash = /^ *(?=- )/.exec(line)?.[0].length;
  return dash !== undefined && dash < limit ? dash + 1 : limit;
}
