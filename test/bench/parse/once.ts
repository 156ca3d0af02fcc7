/** Reads one large dump in a process of its own, so that no other has warmed it up: see parse.bench.ts. */
import { readFileSync } from 'node:fs';
import { openRows } from '../../../src/core/columns/openRows.ts';
import { readRows } from '../../../src/core/columns/rows.ts';
import { matchRows } from '../../../src/core/table/filter/match.ts';
import { parseFilter } from '../../../src/core/table/filter/parse.ts';
import { openTable } from '../../../src/core/table/readTable.ts';
import { sortRows } from '../../../src/core/table/sort.ts';
import { allRows } from '../../../src/core/table/table.ts';

/** Times in milliseconds, each the best of some runs: what the machine does beside makes the others longer. Sizes in MB. */
export interface ParseFigures {
  readonly rows: number;
  readonly problems: number;
  /** From the bytes to a table that is sorted and filtered. */
  readonly table: number;
  /** The part of it that reads. */
  readonly read: number;
  readonly jsonParse: number;
  readonly split: number;
  readonly text: number;
}

/** A thread is given so much at a time. */
const pieceSize = 4_000_000;

const [, , probe = '', file = '', runs = '1'] = process.argv;
const bytes = readFileSync(file);
const first = measure();
const times = [first, ...Array.from({ length: Number(runs) - 1 }, measure)];
const figures: ParseFigures = {
  rows: first.rows,
  problems: first.problems,
  table: Math.min(...times.map(({ table }) => table)),
  read: Math.min(...times.map(({ read }) => read)),
  jsonParse: measureJson(),
  split: measureSplit(),
  text: bytes.length / 1e6,
};
console.log(JSON.stringify(figures));

function measure() {
  const start = performance.now();
  const stream = openTable(probe);
  for (let at = 0; at < bytes.length; at += pieceSize) stream?.push(bytes.subarray(at, at + pieceSize));
  const dump = stream?.end();
  if (dump === undefined) throw new Error(`${probe} has no table.`);
  const read = performance.now() - start;
  const { table, problems } = dump;
  const column = table.columns.find(({ kind }) => kind === 'endpoint' || kind === 'cidr') ?? table.columns[0];
  const sorted = column === undefined ? allRows(table) : sortRows(allRows(table), column, 'ascending');
  matchRows(table, sorted, parseFilter('10.244.7'));
  return { read, table: performance.now() - start, rows: table.rowCount, problems: problems.length };
}

/** `JSON.parse` of the same entries, in lists short enough for one text each. */
function measureJson(): number {
  const rows = openRows(probe);
  if (rows === undefined) return Number.NaN;
  const { entries } = readRows(rows, bytes.toString('utf8'));
  const size = 20_000;
  let took = 0;
  for (let at = 0; at < entries.length; at += size) {
    const json = JSON.stringify(entries.slice(at, at + size), (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    took += bestOf(() => JSON.parse(json) as unknown);
  }
  return took;
}

function measureSplit(): number {
  return bestOf(() => bytes.toString('utf8').split('\n'));
}

function bestOf(work: () => unknown): number {
  const took = Array.from({ length: Number(runs) }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...took);
}
