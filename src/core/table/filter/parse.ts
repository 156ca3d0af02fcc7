/**
 * The filter of a table: terms with spaces between, all of which must hold. A term is `key:value`, `key>value`
 * (`>=`, `<`, `<=`) or a text that any cell holds; `-` before it turns it round, `a,b` means either, `*` and `?`
 * stand for other characters, and quotes hold what has spaces.
 */
import { parseCidr, parseIp } from '../../net/address.ts';
import { parseEndpoint } from '../../net/endpoint.ts';
import type { Span } from '../../text/problem.ts';

export interface FilterValue {
  readonly text: string;
  /** In quotes: its `*` and `?` are themselves. */
  readonly isQuoted: boolean;
  readonly span: Span;
}

export type FilterOperator = ':' | '>' | '>=' | '<' | '<=';

export type FilterTerm =
  | { readonly kind: 'text'; readonly isNegated: boolean; readonly value: FilterValue }
  | {
      readonly kind: 'column';
      readonly isNegated: boolean;
      readonly key: string;
      readonly keySpan: Span;
      readonly operator: FilterOperator;
      /** Any of these. */
      readonly values: readonly FilterValue[];
    };

export interface FilterProblem {
  readonly span: Span;
  readonly message: string;
}

export interface Filter {
  readonly terms: readonly FilterTerm[];
  readonly problems: readonly FilterProblem[];
}

const space = /\s*/y;
const keyed = /([A-Za-z][\w.-]*)(:|>=?|<=?|=)/y;
const word = /[^\s"]+/y;
const wordInList = /[^\s",]+/y;
const quoted = /"((?:[^"\\]|\\.)*)("?)/y;

export function parseFilter(text: string): Filter {
  const terms: FilterTerm[] = [];
  const problems: FilterProblem[] = [];
  for (let at = skip(text, 0); at < text.length;) {
    const isNegated = text[at] === '-' && at + 1 < text.length && !/\s/.test(text[at + 1] ?? '');
    const start = isNegated ? at + 1 : at;
    const { term, end } = parseTerm(text, start, problems);
    if (term !== undefined) terms.push({ ...term, isNegated });
    at = skip(text, end);
  }
  return { terms, problems };
}

interface Read<T> {
  readonly term: T | undefined;
  readonly end: number;
}

function parseTerm(text: string, start: number, problems: FilterProblem[]): Read<FilterTerm> {
  const key = isAddress(text, start) ? undefined : take(text, start, keyed);
  if (key === undefined) {
    const { term: value, end } = readValue(text, start, word, problems);
    return { term: value && { kind: 'text', isNegated: false, value }, end };
  }
  const [whole, name = '', sign = ''] = key;
  const keySpan = { start, end: start + name.length };
  const values: FilterValue[] = [];
  let at = start + whole.length;
  for (;;) {
    const { term: value, end } = readValue(text, at, wordInList, problems);
    if (value === undefined) {
      const message = `What should “${name}” be? For anything at all write “${name}:*”.`;
      problems.push({ span: { start, end: Math.max(at, start + whole.length) }, message });
      return { term: undefined, end };
    }
    values.push(value);
    at = end;
    if (text[at] !== ',') break;
    at++;
  }
  // `=` is what others write for it.
  const operator = (sign === '=' ? ':' : sign) as FilterOperator; // One of the signs of `keyed`.
  return {
    term: { kind: 'column', isNegated: false, key: name.toLowerCase(), keySpan, operator, values },
    end: at,
  };
}

function readValue(text: string, start: number, bare: RegExp, problems: FilterProblem[]): Read<FilterValue> {
  const quote = take(text, start, quoted);
  if (quote !== undefined) {
    const [whole, inner = '', closing] = quote;
    const span = { start, end: start + whole.length };
    if (closing === '') problems.push({ span, message: 'The closing quote is missing.' });
    return { term: { text: inner.replace(/\\(.)/g, '$1'), isQuoted: true, span }, end: span.end };
  }
  const found = take(text, start, bare);
  if (found === undefined) return { term: undefined, end: Math.max(start, skipWord(text, start)) };
  const span = { start, end: start + found[0].length };
  return { term: { text: found[0], isQuoted: false, span }, end: span.end };
}

/** Whether an address, whose colons separate no key, stands here. */
function isAddress(text: string, start: number): boolean {
  const found = take(text, start, word)?.[0] ?? '';
  if (!found.includes(':')) return false;
  const isMac = /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(found);
  return (
    isMac ||
    parseIp(found) !== undefined ||
    parseCidr(found) !== undefined ||
    parseEndpoint(found) !== undefined
  );
}

function take(text: string, start: number, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text) ?? undefined;
}

function skip(text: string, start: number): number {
  return start + (take(text, start, space)?.[0].length ?? 0);
}

/** Past a sign that belongs to nothing, so that reading goes on. */
function skipWord(text: string, start: number): number {
  return start < text.length && !/\s/.test(text[start] ?? '') ? start + 1 : start;
}
