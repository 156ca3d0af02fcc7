import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The most memory that a table of a dump takes, in MB: of its file, of a snapshot, or of a cluster, by its kubeconfig. */
export async function peakOf(probe: string, file: string, from = ''): Promise<number> {
  const program = join(import.meta.dirname, 'peak.ts');
  return Number((await run(process.execPath, [program, probe, file, from])).stdout);
}
