/**
 * One line of the kernel's trace pipe: `comm-pid  [cpu] flags seconds: marker: message`. The marker is
 * `bpf_trace_printk`, or `0` or an address on kernels before 5.9.
 */
import type { Span } from '../text/problem.ts';

export type TraceLine =
  /** What a BPF program printed. */
  | { readonly kind: 'message'; readonly header: TraceHeader; readonly message: Span }
  /** The kernel's buffer overflowed: `CPU:3 [LOST 1234 EVENTS]`. */
  | { readonly kind: 'lost'; readonly cpu: number; readonly events: number }
  | { readonly kind: 'blank' }
  /** No line of a trace: the banner of the reader, a log line, a line that was cut in its header. */
  | { readonly kind: 'other' };

export interface TraceHeader {
  /** `comm-pid` of whatever ran on the CPU; it says nothing about who sent a packet. */
  readonly task: Span;
  readonly cpu: number;
  /** Seconds since the node's boot, to the microsecond. */
  readonly time: number;
}

/** Reads the line between two offsets of a text, without its line end. */
export function readTraceLine(text: string, start: number, lineEnd: number): TraceLine {
  const end = trimEnd(text, start, lineEnd);
  if (end === start) return { kind: 'blank' };
  // The task may hold brackets and spaces: only a CPU between brackets with a time behind it is the header's.
  for (let open = text.indexOf('[', start); open !== -1 && open < end; open = text.indexOf('[', open + 1)) {
    const line = readFromCpu(text, start, open, end);
    if (line !== undefined) return line;
  }
  return readLost(text.slice(start, end)) ?? { kind: 'other' };
}

const zero = 0x30;
/** Linux knows at most 8192 CPUs. */
const maxCpuDigits = 4;
const space = 0x20;

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text.charCodeAt(at - 1) <= space) at--;
  return at;
}

function readFromCpu(text: string, start: number, open: number, end: number): TraceLine | undefined {
  const close = skipDigits(text, open + 1, end);
  const digits = close - open - 1;
  if (digits === 0 || digits > maxCpuDigits || text.charCodeAt(close) !== 0x5d) return undefined;
  let at = skipSpaces(text, close + 1, end);
  if (!hasTime(text, at, end)) at = skipSpaces(text, skipWord(text, at, end), end);
  const point = skipDigits(text, at, end);
  if (point === at || text.charCodeAt(point) !== 0x2e) return undefined;
  const afterTime = skipDigits(text, point + 1, end);
  if (afterTime + 2 > end || !text.startsWith(': ', afterTime)) return undefined;
  const message = skipMarker(text, afterTime + 2, end);
  if (message === undefined) return undefined;
  const time =
    toNumber(text, at, point) + toNumber(text, point + 1, afterTime) / 10 ** (afterTime - point - 1);
  return {
    kind: 'message',
    header: {
      task: { start: skipSpaces(text, start, open), end: trimEnd(text, start, open) },
      cpu: toNumber(text, open + 1, close),
      time,
    },
    message: { start: message, end },
  };
}

/** Where the message begins, behind `bpf_trace_printk: `, `0: ` or `0x00000001: `. */
function skipMarker(text: string, at: number, end: number): number | undefined {
  const name = 'bpf_trace_printk:';
  let stop = at;
  if (at + name.length <= end && text.startsWith(name, at)) stop = at + name.length;
  else {
    while (stop < end && /[0-9a-fx]/.test(text.charAt(stop))) stop++;
    if (stop === at || stop >= end || text.charCodeAt(stop) !== 0x3a) return undefined;
    stop++;
  }
  if (stop >= end) return end;
  return text.charCodeAt(stop) === space ? stop + 1 : undefined;
}

/** Whether a time stands here, and not the flags, which some kernels leave out. */
function hasTime(text: string, at: number, end: number): boolean {
  const point = skipDigits(text, at, end);
  return point > at && text.charCodeAt(point) === 0x2e && skipDigits(text, point + 1, end) > point + 1;
}

function skipDigits(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) - zero >= 0 && text.charCodeAt(at) - zero <= 9) at++;
  return at;
}

function skipSpaces(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) <= space) at++;
  return at;
}

function skipWord(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) > space) at++;
  return at;
}

function toNumber(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - zero;
  return value;
}

function readLost(line: string): TraceLine | undefined {
  const [, cpu, events] = /^\s*CPU:(\d+) \[LOST (\d+) EVENTS\]$/.exec(line) ?? [];
  return events === undefined ? undefined : { kind: 'lost', cpu: Number(cpu), events: Number(events) };
}
