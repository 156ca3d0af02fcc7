import type { Cluster } from '../cluster/cluster.ts';
import { openSnapshot } from '../cluster/snapshot/snapshotCluster.ts';
import { UsageError } from './io.ts';

/** The options by which a command line names a cluster, for `parseArgs`. */
export const sourceOptions = {
  snapshot: { type: 'string' },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
} as const;

export interface SourceValues {
  readonly snapshot?: string | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/**
 * Opens the snapshot that is named, else a live cluster: the context that is named, or the current one.
 * @throws ClusterError, UsageError
 */
export async function openSource(values: SourceValues, signal: AbortSignal): Promise<Cluster> {
  const { snapshot, context, kubeconfig } = values;
  if (snapshot === undefined) {
    // The Kubernetes client is a bundle of its own: other commands start without it.
    const { openKubernetes } = await import('../liveBackend.ts');
    return openKubernetes(
      { ...(context === undefined ? {} : { context }), ...(kubeconfig === undefined ? {} : { kubeconfig }) },
      signal,
    );
  }
  if (context !== undefined || kubeconfig !== undefined) {
    throw new UsageError('Give a snapshot or a context, not both.');
  }
  return openSnapshot(snapshot, {}, signal);
}
