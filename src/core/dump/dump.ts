import { Cursor } from '../text/cursor.ts';
import { linesOf } from '../text/lines.ts';
import { parseLogLine } from '../text/logLine.ts';
import type { Problem, Span } from '../text/problem.ts';
import { describeForeign, type DumpName } from './foreign.ts';
import { judgeProblems } from './problems.ts';

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

/** What a parser found, with its problems made fit to show. */
export function toDump<T>(text: string, name: DumpName, dump: Dump<T>, describe = describeForeign): Dump<T> {
  const { entries, problems } = dump;
  if (problems.length === 0) return dump;
  const judged = { name, text, entryCount: entries.length, problemCount: problems.length };
  return { ...dump, problems: judgeProblems({ ...judged, problems, describe }) };
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
