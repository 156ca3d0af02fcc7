import type { Cluster, ClusterKind } from './cluster/cluster.ts';
import { openSnapshot } from './cluster/snapshot/snapshotCluster.ts';
import { openTarget } from './cluster/snapshot/target.ts';
import {
  takeSnapshot,
  type TakenSnapshot,
  type TakeSnapshotOptions,
} from './cluster/snapshot/takeSnapshot.ts';
import type { Background } from './session/background.ts';
import { createSession, type SessionLog } from './session/create.ts';
import type { Session } from './session/session.ts';

/** Opens a snapshot and makes a session of it. The way in to everything heavy: loaded on first use. */
export async function openSnapshotSession(
  path: string,
  {
    kind,
    log,
    background,
  }: { readonly kind: ClusterKind; readonly log: SessionLog; readonly background?: Background },
  signal: AbortSignal,
): Promise<Session> {
  return createSession(await openSnapshot(path, { kind }, signal), log, background);
}

/** Records a cluster into a folder or an archive. */
export async function saveSnapshot(
  cluster: Cluster,
  { path, ...options }: TakeSnapshotOptions & { readonly path: string },
  signal: AbortSignal,
): Promise<TakenSnapshot> {
  return takeSnapshot(cluster, await openTarget(path), options, signal);
}
