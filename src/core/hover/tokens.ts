import type { Span } from '../text/problem.ts';
import { patterns, type TokenLanguage } from './patterns.ts';

/** Tokens that stand for somebody. */
export const identityKinds = [
  'address',
  'cidr',
  'endpoint',
  'serviceId',
  'ifIndex',
  'interface',
  'ipSet',
  /** An IPv4 address as hexadecimal digits, as traces through v3.29 print it. */
  'hexAddress',
] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** Tokens that mean something. */
export const meaningKinds = [
  'protocol',
  'routeFlag',
  'natFlag',
  'natCount',
  'natLocal',
  'ordinal',
  'missing',
  'connectTimeClient',
  'sinceBoot',
  'conntrackFlag',
  'flagBits',
  'entryType',
  'legFlag',
  'idle',
  'tcpState',
  'interfaceFlag',
  'program',
  'category',
  'counter',
  'column',
  'unavailable',
  'hook',
  'action',
  'tierEnd',
  'hitCount',
  'profile',
  'traceHook',
  'traceSource',
  'verdict',
  'reason',
  'tcCode',
  'ctResult',
  'policyCode',
  'mark',
  'message',
] as const;
export type MeaningKind = (typeof meaningKinds)[number];

export type TokenKind = IdentityKind | MeaningKind;

/** What stands in a line of a dump or a trace. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Columns in the line. */
  readonly span: Span;
  /** The other parts of the same line, by their names in the pattern: the port beside an address. */
  readonly line: Readonly<Record<string, string>>;
}

/** The text of the line so many lines above; `undefined` above the first. */
export type LineAbove = (distance: number) => string | undefined;

/**
 * Finds what stands at a column of a line. The patterns name their parts: a group `address2` is the second
 * token of the kind `address`; other groups are facts about their neighbours. With the lines above, a row of a
 * table knows its category, and a backend its protocol.
 */
export function tokenAt(
  language: TokenLanguage,
  line: string,
  column: number,
  above: LineAbove = () => undefined,
): Token | undefined {
  const start = line.length > maxLength ? Math.max(0, column - window) : 0;
  const part = line.length > maxLength ? line.slice(start, column + window) : line;
  const token = findToken(language, part, column - start);
  if (token === undefined) return undefined;
  const span = { start: token.span.start + start, end: token.span.end + start };
  return withSurroundings({ ...token, span }, line, above);
}

/** Of a longer line only what stands around the column is looked at: v3.23 prints all affinities on one line. */
const maxLength = 20_000;
const window = 2_000;

function findToken(language: TokenLanguage, line: string, column: number): Token | undefined {
  for (const pattern of patterns[language]) {
    for (const match of line.matchAll(pattern)) {
      const token = tokenIn(match, column);
      if (token !== undefined) return token;
    }
  }
  return undefined;
}

function tokenIn({ groups = {}, indices }: RegExpMatchArray, column: number): Token | undefined {
  for (const [name, place] of Object.entries(indices?.groups ?? {})) {
    const kind = kindOf(name);
    const text = groups[name];
    if (kind === undefined || text === undefined || place === undefined) continue;
    const [start, end] = place;
    if (column < start || column > end || start === end) continue;
    return { kind, text: text.trim(), span: { start, end }, line: groups };
  }
  return undefined;
}

const allKinds: readonly TokenKind[] = [...identityKinds, ...meaningKinds];

function kindOf(group: string): TokenKind | undefined {
  const base = group.replace(/\d+$/, '');
  return allKinds.find((kind) => kind === base);
}

function withSurroundings(token: Token, line: string, above: LineAbove): Token {
  if (token.kind === 'counter' && line.startsWith('|')) {
    const category = categoryOf(line, above);
    return category === undefined ? token : { ...token, line: { ...token.line, category } };
  }
  if (token.kind === 'endpoint' && line.startsWith('\t')) {
    const protocol = findAbove(above, (each) => /^\S+ port \d+ proto (\d+) /.exec(each)?.[1]);
    return protocol === undefined ? token : { ...token, line: { ...token.line, protocol } };
  }
  return token;
}

/** Only the first row of a category names it. */
function categoryOf(line: string, above: LineAbove): string | undefined {
  const read = (row: string) => /^\| *([A-Z][a-z]+) *\|/.exec(row)?.[1];
  return read(line) ?? findAbove(above, read);
}

/** How far up a line is looked for what it belongs to: a frontend stands above all of its backends. */
const maxDistance = 5000;

function findAbove(above: LineAbove, read: (line: string) => string | undefined): string | undefined {
  for (let distance = 1; distance <= maxDistance; distance++) {
    const line = above(distance);
    const found = line === undefined ? undefined : read(line);
    if (line === undefined || found !== undefined) return found;
  }
  return undefined;
}
