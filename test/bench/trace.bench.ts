/**
 * How fast a trace is read, on one core: bytes to packets, and to a file beside; next to `grep -c` and to splitting
 * the same bytes into lines. Memory over ten million lines, and the share of lines understood of each recording.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { TraceReader } from '../../src/core/trace/reader.ts';
import { readTrace, traceNames } from '../core/trace/recordedTraces.ts';
import { median, medianTime, report, round, type Row } from './report.ts';

const chunkSize = 65_536;
const busy = Buffer.from(readTrace('v3.32.1-z-busy-mixed'));
const lineCount = busy.toString('utf8').split('\n').length - 1;
const folder = mkdtempSync(join(tmpdir(), 'trace-bench-'));

try {
  report('trace', [...speeds(), await toFile(), memory()]);
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

async function toFile(): Promise<Row> {
  const start = performance.now();
  const file = createWriteStream(join(folder, 'copy.log'));
  const reader = new TraceReader();
  const decoder = new TextDecoder();
  for (let at = 0; at < busy.length; at += chunkSize) {
    const chunk = busy.subarray(at, at + chunkSize);
    file.write(chunk);
    reader.push(decoder.decode(chunk, { stream: true }));
  }
  file.end();
  await finished(file);
  return speedRow('bytes to packets and file', performance.now() - start);
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
