/**
 * `counters dump`: a bordered table for each interface, then `dumped <interface> counters.`
 * (felix/cmd/calico-bpf/commands/counters.go). Through v3.32 long types are wrapped over rows; the XDP column
 * came with v3.25. Columns are tc's directions: INGRESS of a workload interface is what the pod sends.
 */
import { linesOf } from '../text/lines.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import type { JsonObject } from './jsonObject.ts';

export interface InterfaceCounters {
  /** Empty when the table ends without its caption. */
  readonly interface: string;
  readonly counters: readonly Counter[];
}

export interface Counter {
  /** `Total`, `Accepted`, `Dropped`, `Redirect`, `Other`. */
  readonly category: string;
  readonly type: string;
  /** Packets; `undefined` for `N/A`: none yet, or nothing is attached. */
  readonly ingress: bigint | undefined;
  readonly egress: bigint | undefined;
  /** `undefined`, too, where the version has no such column. */
  readonly xdp: bigint | undefined;
}

/** A table being read. */
interface Table {
  readonly rows: { -readonly [field in keyof Counter]: Counter[field] }[];
  readonly start: number;
  end: number;
}

export function parseCounters(text: string): Dump<InterfaceCounters> {
  const entries: InterfaceCounters[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  let table: Table | undefined;
  const close = (name: string, span: Span): void => {
    entries.push({ interface: name, counters: table?.rows ?? [] });
    spans.push({ start: table?.start ?? span.start, end: span.end });
    table = undefined;
  };
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = text.slice(span.start, span.end);
    const caption = /^dumped (\S+) counters\.\s*$/.exec(line)?.[1];
    if (caption !== undefined) {
      close(caption, span);
      continue;
    }
    table ??= { rows: [], start: span.start, end: span.end };
    table.end = span.end;
    if (line.startsWith('|')) readRow(line, span, table, problems);
    else if (!/^[+-]+\s*$/.test(line)) {
      problems.push({ code: 'expected', span, message: 'expected a row of a table or “dumped … counters.”' });
    }
  }
  if (table !== undefined && (table.rows.length > 0 || problems.length === 0)) {
    const at = { start: table.end, end: table.end };
    problems.push({
      code: 'truncated',
      span: at,
      message: 'the table ends without “dumped … counters.”: its interface is not known',
    });
    if (table.rows.length > 0) close('', at);
  }
  return toDump(text, 'counters dump', { entries, spans, problems });
}

function readRow(line: string, span: Span, { rows }: Table, problems: Problem[]): void {
  const cells = line
    .trimEnd()
    .slice(1)
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim());
  const [category = '', type = '', ...counts] = cells;
  if (category === 'CATEGORY') return;
  if (counts.length < 2 || counts.length > 3) {
    problems.push({ code: 'expected', span, message: 'expected a category, a type and two or three counts' });
    return;
  }
  const last = rows.at(-1);
  if (counts.every((count) => count === '')) {
    // A long type goes on in the next row.
    if (last === undefined)
      problems.push({ code: 'expected', span, message: 'expected a row with counts first' });
    else last.type = `${last.type} ${type}`;
    return;
  }
  const [ingress, egress, xdp] = counts.map(parseCount);
  if (ingress === unreadable || egress === unreadable || xdp === unreadable) {
    problems.push({ code: 'expected', span, message: 'expected counts or “N/A”' });
    return;
  }
  rows.push({ category: category === '' ? (last?.category ?? '') : category, type, ingress, egress, xdp });
}

const unreadable = Symbol('unreadable');

function parseCount(cell: string): bigint | undefined | typeof unreadable {
  if (cell === 'N/A') return undefined;
  return /^\d{1,20}$/.test(cell) ? BigInt(cell) : unreadable;
}

/** In JSON there is an object for each interface, one after another. */
export function parseCountersJson(text: string): Dump<InterfaceCounters> {
  return parseJsonDump(text, 'counters dump', (object) => {
    const name = object.text('interface', 'a name', (value) => value);
    const counters = object.objects('counters').map(toCounter);
    return name === undefined
      ? undefined
      : { interface: name, counters: counters.filter((counter) => counter !== undefined) };
  });
}

function toCounter(object: JsonObject): Counter | undefined {
  const category = object.text('category', 'a category', (value) => value);
  const type = object.text('type', 'a type', (value) => value);
  const ingress = object.optionalBigint('ingress', 'a count');
  const egress = object.optionalBigint('egress', 'a count');
  const xdp = object.optionalBigint('xdp', 'a count');
  return category === undefined || type === undefined ? undefined : { category, type, ingress, egress, xdp };
}

/** The packets of all interfaces and directions that were dropped. */
export function countDrops(tables: readonly InterfaceCounters[]): bigint {
  let total = 0n;
  for (const { counters } of tables) {
    for (const { category, ingress, egress, xdp } of counters) {
      if (category === 'Dropped') total += (ingress ?? 0n) + (egress ?? 0n) + (xdp ?? 0n);
    }
  }
  return total;
}
