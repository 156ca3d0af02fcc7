/**
 * What activating costs: each run is a new process that loads `dist/extension.cjs` beside the small fake of the
 * `vscode` API, calls `activate()` and tells how long both took and which modules were loaded.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median, report, round } from './report.ts';

interface Run {
  readonly load: number;
  readonly activate: number;
  readonly modules: readonly string[];
}

const runs = Array.from({ length: 11 }, measure);
const modules = runs[0]?.modules ?? [];

report('activate', [
  { what: 'load dist/extension.cjs, ms', median: median3(runs.map((run) => run.load)), target: '' },
  { what: 'activate(), ms', median: median3(runs.map((run) => run.activate)), target: '≤ 30' },
  { what: 'other bundles loaded', median: modules.join(' ') || 'none', target: 'none' },
]);

function measure(): Run {
  const script = join(import.meta.dirname, 'activateOnce.ts');
  return JSON.parse(execFileSync(process.execPath, ['--no-warnings', script], { encoding: 'utf8' })) as Run;
}

function median3(values: readonly number[]): number {
  return round(median(values));
}
