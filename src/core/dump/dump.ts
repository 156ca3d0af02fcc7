import { Cursor } from '../text/cursor.ts';
import { linesOf } from '../text/lines.ts';
import { parseLogLine } from '../text/logLine.ts';
import type { Problem, Span } from '../text/problem.ts';

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
export function parseLines<T>(text: string, readLine: (line: Cursor) => T | undefined): Dump<T> {
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
  return { entries, spans, problems };
}

/** Whether a line is no part of the dump: blank, or a log line. An error in a log line is reported. */
export function isBlankOrLog(text: string, span: Span, problems: Problem[]): boolean {
  const first = text.charCodeAt(span.start);
  if (first === 0x20 || first === 0x09 || span.start === span.end) {
    return text.slice(span.start, span.end).trim() === '';
  }
  // Log lines begin with a year or `time=`: nothing else is worth a closer look.
  if (first !== 0x32 && first !== 0x74) return false;
  const log = parseLogLine(text.slice(span.start, span.end));
  if (log === undefined) return false;
  if (log.level === 'error' || log.level === 'fatal' || log.level === 'panic') {
    problems.push({ code: 'tool-error', span, message: log.message });
  }
  return true;
}
