/** Recordings as clusters to diagnose, as they are or with something in them changed. */
import { join } from 'node:path';
import { after } from 'node:test';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import type { Report } from '../../../src/core/diagnose/diagnosis.ts';
import type { Finding } from '../../../src/core/diagnose/finding.ts';
import { diagnose, type DiagnoseOptions } from '../../../src/session/diagnose.ts';
import { edited, type Edits } from '../../support/edited.ts';
import { recordingsFolder } from '../../support/recordings.ts';

const signal = new AbortController().signal;
const opened = new Map<string, Promise<Cluster>>();

after(async () => {
  for (const cluster of opened.values()) await (await cluster).close();
});

/** The report on a recording, after edits. */
export async function diagnoseRecording(
  name: string,
  edits: Edits = {},
  options: DiagnoseOptions = {},
): Promise<Report> {
  const known = opened.get(name) ?? openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal);
  opened.set(name, known);
  return diagnose(edited(await known, edits), options, signal);
}

/** The findings of one check on a recording, after edits. */
export async function findingsOf(
  check: string,
  edits: Edits = {},
  recording = 'v3.32.1-healthy',
): Promise<readonly Finding[]> {
  const { findings } = await diagnoseRecording(recording, edits);
  return findings.filter((each) => each.check === check);
}
