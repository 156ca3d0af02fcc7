import { join } from 'node:path';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { createSession } from '../../src/session/create.ts';
import type { Session } from '../../src/session/session.ts';

export const samplePath = join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot');

export const silentLog = { info() {}, warn() {} };

/** A session of the sample that ships with the extension. */
export async function openSample(): Promise<Session> {
  const cluster = await openSnapshot(samplePath, { kind: 'sample' }, new AbortController().signal);
  return createSession(cluster, silentLog);
}
