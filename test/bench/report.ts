/** How benchmarks tell their figures: a table for people, the same as JSON for programs. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

export type Row = Readonly<Record<string, string | number>>;

/** Prints the rows as a table and writes them to `bench-results/<name>.json`. */
export function report(name: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((cell) => cell[index]?.length ?? 0)),
  );
  const line = (values: readonly string[]) =>
    values.map((value, index) =>
      index === 0 ? value.padEnd(widths[index] ?? 0) : value.padStart(widths[index] ?? 0),
    );
  console.log(line(columns).join('  '));
  console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  for (const cell of cells) console.log(line(cell).join('  '));

  const folder = process.env['CALICO_EBPF_RESULTS'];
  if (folder === undefined) return;
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, machine, rows }, undefined, 2)}\n`);
}

/** The median of the times of `runs` calls, in milliseconds, after one that is not counted. */
export function medianTime(runs: number, work: () => unknown): number {
  work();
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A figure with the digits that mean something. */
export function round(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
