/**
 * How fast dumps are read. First those of many rows at three sizes: from bytes to a sorted and filtered table, beside
 * `JSON.parse` of the same entries and beside splitting the text into lines, with the peak of memory of a table that is
 * opened from a file, and of one from a snapshot, its thread included, and how long the thread that sends a dump to a worker is held up. Then each dump as text to entries, of recordings repeated to a size.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { printed } from '../../src/core/text/printed.ts';
import { readDump } from '../../src/core/dump/readers.ts';
import { noObjects } from '../../src/core/names/objects.ts';
import type { MapId } from '../../src/core/probes.ts';
import { sumInThread } from '../../src/worker/send.ts';
import { startTableThread } from '../../src/worker/thread.ts';
import { bigForms, writeDump, type BigForm } from './parse/bigDumps.ts';
import { peakOf } from './parse/peakOf.ts';
import type { ParseFigures } from './parse/once.ts';
import { medianTime, report, round, type Row } from './report.ts';

const sizes = [1000, 50_000, 512_000];
const fixtures = join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot', 'nodes', 'node-a');
const probes = ['nat.aff', 'nat.maglev', 'ipsets.dump', 'counters.dump', 'ifstate.dump', 'arp.dump'];

const maps: { readonly [form in BigForm]: MapId } = {
  'conntrack.dump': 'conntrack',
  'conntrack.dump.raw': 'conntrack',
  'conntrack.dump.json': 'conntrack',
  'nat.dump': 'nat',
  'routes.dump': 'routes',
};

const folder = mkdtempSync(join(tmpdir(), 'calico-ebpf-bench-'));
try {
  const big: Row[] = [];
  for (const form of bigForms) for (const entries of sizes) big.push(await measureBig(form, entries));
  report('parse', big);
} finally {
  rmSync(folder, { recursive: true });
}
console.log();
report('parseSmall', probes.map(measure));

async function measureBig(form: BigForm, entries: number): Promise<Row> {
  const file = join(folder, `${form}.${entries}`);
  writeDump(file, form, entries);
  const program = join(import.meta.dirname, 'parse', 'once.ts');
  const runs = entries > 100_000 ? '5' : '15';
  const told = execFileSync(process.execPath, [program, form, file, runs], { maxBuffer: 1e6 });
  const { read, table, text, jsonParse, split, problems, rows } = JSON.parse(String(told)) as ParseFigures;
  const peak = await peakOf(form, file);
  return {
    dump: form,
    entries,
    rows,
    problems,
    'text MB': round(text),
    'read ms': round(read),
    'MB/s': round((text / read) * 1000),
    'entries/s': Math.round((entries / read) * 1000),
    'table ms': round(table),
    'JSON.parse ms': round(jsonParse),
    'split ms': round(split),
    'table ÷ JSON.parse speed': round(jsonParse / table, 2),
    'peak MB': round(peak),
    'peak ÷ text': round(peak / text, 2),
    'from a snapshot': round((await peakOf(form, file, 'snapshot')) / text, 2),
    'lag p99 ms': round(await measureLag(form, readFileSync(file))),
  };
}

/** How long, at p99, the event loop here is held up while a dump is summed up in a worker. */
async function measureLag(probe: BigForm, bytes: Uint8Array): Promise<number> {
  const program = join(import.meta.dirname, '..', '..', 'src', 'worker', 'worker.ts');
  const known = { node: '', objects: noObjects };
  const request = { map: maps[probe], probe, output: printed(bytes), known };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sumInThread(() => startTableThread(program), request, new AbortController().signal);
  delay.disable();
  return delay.percentile(99) / 1e6;
}

function measure(probe: string): Row {
  const text = repeated(recorded(probe), 4_000_000);
  const dump = readDump(probe, text);
  if (dump === undefined) throw new Error(`nobody reads ${probe}`);
  const json = JSON.stringify(dump.entries, (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  const parse = medianTime(5, () => readDump(probe, text));
  const jsonParse = medianTime(5, () => JSON.parse(json) as unknown);
  const split = medianTime(5, () => text.split('\n'));
  return {
    dump: probe,
    'text MB': round(text.length / 1e6),
    entries: dump.entries.length,
    problems: dump.problems.length,
    'parse ms': round(parse),
    'MB/s': round(text.length / 1e3 / parse),
    'entries/s': Math.round((dump.entries.length / parse) * 1e3),
    'JSON.parse ms': round(jsonParse),
    'split ms': round(split),
    'speed ÷ JSON.parse': round(jsonParse / parse, 2),
  };
}

function recorded(probe: string): string {
  const path = join(fixtures, `${probe}.out`);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return gunzipSync(readFileSync(`${path}.gz`)).toString('utf8');
  }
}

function repeated(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}
