/** The inside of `{…}` and `[…]`, where indentation says nothing. */
export interface Flow {
  /** Where the outermost bracket opens. */
  readonly from: number;
  /** The keys around, inside the outermost bracket and the one it is the value of. */
  readonly path: readonly string[];
  readonly key: string | undefined;
  readonly word: string;
  readonly inList: boolean;
  /** Whether keys are quoted here, as in JSON. */
  readonly json: boolean;
}

interface Level {
  readonly bracket: '{' | '[';
  readonly from: number;
  /** The key whose value this bracket is. */
  readonly owner: string | undefined;
  key: string | undefined;
  last: Token | undefined;
}

interface Token {
  readonly text: string;
  readonly end: number;
}

const tokens = /"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|#.*|[{}[\],:]|[^\s{}[\],:"']+/g;

/** The flow collection that an offset is in. */
export function flowAt(text: string, offset: number): Flow | undefined {
  const before = text.slice(0, offset);
  if (!/[{[]/.test(before)) return undefined;
  const levels: Level[] = [];
  let owner: string | undefined;
  for (const { 0: token, index } of before.matchAll(tokens)) {
    const level = levels.at(-1);
    if (level === undefined && !opensHere(before, token, index)) {
      owner = token === ':' ? owner : unquote(token);
      continue;
    }
    take(levels, token, index, owner);
  }
  const flow = toFlow(levels, before);
  return flow === undefined || isLeft(before, flow.from) ? undefined : flow;
}

/** A bracket that was not closed ends where keys stand again in the column of the line that opened it. */
function isLeft(before: string, from: number): boolean {
  const lineStart = before.lastIndexOf('\n', from - 1) + 1;
  const indent = /^ */.exec(before.slice(lineStart, from))?.[0].length ?? 0;
  const nextLine = before.indexOf('\n', from) + 1;
  const key = new RegExp(`^ {0,${indent}}[A-Za-z_][\\w.-]*(?::\\s|:?$)`, 'm');
  return nextLine > 0 && key.test(before.slice(nextLine));
}

/** A bracket opens a flow collection where a value begins; elsewhere it is part of a plain text. */
function opensHere(before: string, token: string, index: number): boolean {
  if (token !== '{' && token !== '[') return false;
  return /(?:^|\n|:[ \t]|- )[ \t]*$/.test(before.slice(Math.max(0, index - 100), index));
}

function take(levels: Level[], token: string, index: number, outer: string | undefined): void {
  const level = levels.at(-1);
  switch (token) {
    case '{':
    case '[':
      levels.push({
        bracket: token,
        from: index,
        owner: level === undefined ? outer : level.key,
        key: undefined,
        last: undefined,
      });
      return;
    case '}':
    case ']':
      levels.pop();
      return;
    case ',':
      if (level !== undefined) level.key = level.last = undefined;
      return;
    case ':':
      if (level !== undefined) level.key = unquote(level.last?.text ?? '');
      if (level !== undefined) level.last = undefined;
      return;
    default:
      if (level !== undefined && !token.startsWith('#'))
        level.last = { text: token, end: index + token.length };
  }
}

function toFlow(levels: readonly Level[], before: string): Flow | undefined {
  const outermost = levels[0];
  const inner = levels.at(-1);
  if (outermost === undefined || inner === undefined) return undefined;
  const path = levels.map(({ owner }) => owner).filter((owner) => owner !== undefined);
  const word = inner.last?.end === before.length ? inner.last.text : '';
  const json = /[{,]\s*"[^"]*"\s*:/.test(before.slice(outermost.from)) || word.startsWith('"');
  return { from: outermost.from, path, key: inner.key, word, inList: inner.bracket === '[', json };
}

function unquote(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '');
}
