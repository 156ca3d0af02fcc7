import { Cursor } from '../text/cursor.ts';
import { linesOf } from '../text/lines.ts';
import { parseLogLine } from '../text/logLine.ts';
import type { Problem, Span } from '../text/problem.ts';
import { describeForeign, type DumpName } from './foreign.ts';

/** What a dump says: its entries, where each stands in the text, and what could not be read. */
export interface Dump<T> {
  readonly entries: readonly T[];
  /** `spans[i]` is where `entries[i]` stands. */
  readonly spans: readonly Span[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a dump of one entry a line. Blank lines are skipped, log lines of the tool too unless they tell of an
 * error, which is reported. `readLine` yields `undefined` for a line it reported as unreadable.
 */
export function parseLines<T>(
  text: string,
  name: DumpName,
  readLine: (line: Cursor) => T | undefined,
): Dump<T> {
  const entries: T[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const entry = readLine(new Cursor(text, span, problems));
    if (entry === undefined) continue;
    entries.push(entry);
    spans.push(span);
  }
  return toDump(text, name, { entries, spans, problems });
}

/** How many problems of one dump are listed one by one. */
export const maxProblems = 1000;

/**
 * What a parser found, made fit to show: a text that is no such dump at all gets one problem that says what it
 * is, and of very many problems the first ones and their number.
 */
export function toDump<T>(text: string, name: DumpName, dump: Dump<T>, describe = describeForeign): Dump<T> {
  const { entries, problems } = dump;
  const [first] = problems;
  if (first === undefined) return dump;
  const foreign = entries.length === 0 ? describe(text, name) : undefined;
  if (foreign !== undefined && first.code !== 'limit') {
    const { span } = first;
    return {
      ...dump,
      problems: [{ code: 'foreign', span, message: `This is no ${name}: it is ${foreign}.` }],
    };
  }
  const next = problems[maxProblems];
  if (next === undefined) return dump;
  const more = problems.length - maxProblems;
  const message = `${more} more places cannot be read; only the first ${maxProblems} are listed.`;
  return {
    ...dump,
    problems: [...problems.slice(0, maxProblems), { code: 'limit', span: next.span, message }],
  };
}

/** Whether a line is no part of the dump: blank, or a log line. An error in a log line is reported. */
export function isBlankOrLog(text: string, span: Span, problems: Problem[]): boolean {
  const first = text.charCodeAt(span.start);
  if (span.start === span.end || first === 0x20 || first === 0x09) {
    return text.slice(span.start, span.end).trim() === '';
  }
  // Nothing else than what may begin a line of another kind is worth a closer look.
  if (!logBeginnings.includes(text.charAt(span.start))) return false;
  const line = text.slice(span.start, span.end);
  if (otherLines.test(line)) return true;
  const log = parseLogLine(line);
  if (log === undefined) return false;
  if (log.level === 'error' || log.level === 'fatal' || log.level === 'panic') {
    problems.push({ code: 'tool-error', span, message: log.message });
  }
  return true;
}

/** Of a year, `time=`, `Using`, and the levels of klog. */
const logBeginnings = '2tUIWEF';

/** The notice about a configuration file, and lines of klog, which v3.26 writes at every call. */
const otherLines = /^(?:Using config file: |[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\.go:\d+\] )/;
