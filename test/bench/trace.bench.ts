/**
 * How fast a trace is read, on one core: bytes to packets, and to file, channel and packets; next to `grep -c` and to
 * splitting the same bytes into lines. Memory over ten million lines, what the extension host feels of a stream, how
 * soon a trace begins, and the share of lines understood of each recording.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceReader } from '../../src/core/trace/reader.ts';
import { readTrace, traceNames } from '../core/trace/recordedTraces.ts';
import { lagWhileStreaming, pipeline, timeToFirstLine } from './traceLive.ts';
import { lagInExtensionHost, type HostLag } from './traceWorkbench.ts';
import { median, medianTime, report, round, type Row } from './report.ts';

const chunkSize = 65_536;
const busy = Buffer.from(readTrace('v3.32.1-z-busy-mixed'));
const lineCount = busy.toString('utf8').split('\n').length - 1;
const folder = mkdtempSync(join(tmpdir(), 'trace-bench-'));

try {
  report('trace', [...speeds(), ...(await wholeWay()), memory()]);
  report('trace-live', await feelings());
  report('trace-understood', traceNames.map(understood));
} finally {
  rmSync(folder, { recursive: true });
}

/** Reads bytes as they would come from a node, and answers how many packets there were. */
function readAll(bytes: Uint8Array, reader = new TraceReader()): number {
  const decoder = new TextDecoder();
  let packets = 0;
  for (let at = 0; at < bytes.length; at += chunkSize)
    packets += reader.push(decoder.decode(bytes.subarray(at, at + chunkSize), { stream: true })).length;
  return packets + reader.end().length;
}

function speeds(): readonly Row[] {
  const file = join(folder, 'trace.log');
  writeFileSync(file, busy);
  return [
    speedRow(
      'bytes to packets',
      medianTime(5, () => readAll(busy)),
    ),
    speedRow('bytes to packets, processor time', median(Array.from({ length: 5 }, processorTime))),
    speedRow(
      'split into lines',
      medianTime(5, () => busy.toString('utf8').split('\n')),
    ),
    speedRow(
      'grep -c',
      medianTime(5, () => spawnSync('grep', ['-c', 'Final result', file])),
    ),
  ];
}

/** Milliseconds that reading takes of one core, whatever else runs on the machine. */
function processorTime(): number {
  const start = process.cpuUsage();
  readAll(busy);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
}

function speedRow(what: string, milliseconds: number): Row {
  const perSecond = Math.round((lineCount / milliseconds) * 1e3);
  return { what, 'lines/s': perSecond, 'MB/s': round(busy.length / 1e3 / milliseconds), 'heap MB': '' };
}

/** The whole way that a live trace goes. */
async function wholeWay(): Promise<readonly Row[]> {
  const { lines, milliseconds, processor, channel } = await pipeline(busy, 8, folder);
  const perLine = busy.length / lineCount;
  const row = (what: string, time: number): Row => ({
    what,
    'lines/s': Math.round((lines / time) * 1e3),
    'MB/s': round((lines * perLine) / 1e3 / time),
    'heap MB': '',
  });
  return [
    row(`to file, channel (at most ${round(channel / 1e6)} MB) and packets`, milliseconds),
    row('the same, processor time', processor),
  ];
}

/** What the extension host feels, and how soon a trace begins, with a scripted node of a real API server. */
async function feelings(): Promise<readonly Row[]> {
  const linesPerSecond = 50_000;
  const { lines, p99, most } = await lagWhileStreaming(busy, { linesPerSecond, seconds: 10, folder });
  const { plain, changed } = await timeToFirstLine();
  const host = await lagInExtensionHost(busy, { linesPerSecond, seconds: 10 });
  const hostRow = (what: string, { p99, most, core }: HostLag): Row => ({
    what: `VS Code’s extension host ${what}: lag p99 (most ${most} ms, ${core} of a core)`,
    ms: p99,
  });
  return [
    { what: `lag at ${linesPerSecond} lines/s, p99 (${lines} lines)`, ms: p99 },
    { what: `lag at ${linesPerSecond} lines/s, most`, ms: most },
    hostRow('before the trace', host.idle),
    hostRow(`at ${linesPerSecond} lines/s (${host.lines} lines in 10 s)`, host.streaming),
    { what: 'from Start to the first line, nothing to change', ms: plain },
    { what: 'from Start to the first line, Felix restarts', ms: changed },
  ];
}

/** The heap that reading ten million lines needs at most, beyond what was there. */
function memory(): Row {
  const reader = new TraceReader();
  const decoder = new TextDecoder();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  let most = 0;
  for (let round = 0; reader.counts.lines < 10_000_000; round++) {
    for (let at = 0; at < busy.length; at += chunkSize)
      reader.push(decoder.decode(busy.subarray(at, at + chunkSize), { stream: true }));
    if (round % 8 === 0) {
      globalThis.gc?.();
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
  }
  const seconds = (performance.now() - start) / 1e3;
  return {
    what: 'ten million lines',
    'lines/s': Math.round(reader.counts.lines / seconds),
    'MB/s': '',
    'heap MB': round(most / 1e6),
  };
}

function understood(name: string): Row {
  const reader = new TraceReader();
  reader.push(readTrace(name));
  reader.end();
  const { lines, unknownLines } = reader.counts;
  return {
    recording: name,
    lines,
    unknown: unknownLines,
    '%': round(((lines - unknownLines) / lines) * 100, 5),
  };
}
