import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How often it is tried: what waits to be found as garbage differs from time to time. */
export const peakRuns = 3;

/**
 * The most memory that a table of a dump takes, in MB, the worst of some runs: of its file, of a snapshot, or of a
 * cluster, by its kubeconfig.
 */
export async function peakOf(probe: string, file: string, from = ''): Promise<number> {
  const program = join(import.meta.dirname, 'peak.ts');
  let worst = 0;
  for (let count = 0; count < peakRuns; count++) {
    const { stdout } = await run(process.execPath, [program, probe, file, from]);
    worst = Math.max(worst, Number(stdout));
  }
  return worst;
}
