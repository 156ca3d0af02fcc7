/**
 * How fast each dump is read: text to entries, beside `JSON.parse` of the same entries as JSON and beside
 * splitting the text into lines. The texts are recorded dumps, repeated to a size that can be measured.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readDump } from '../../src/core/dump/readers.ts';
import { medianTime, report, round, type Row } from './report.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot', 'nodes', 'node-a');
const probes = [
  'routes.dump',
  'nat.dump',
  'nat.aff',
  'nat.maglev',
  'conntrack.dump',
  'conntrack.dump.raw',
  'ipsets.dump',
  'counters.dump',
  'ifstate.dump',
  'arp.dump',
];

report('parse', probes.map(measure));

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
