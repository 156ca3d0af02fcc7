/** The FelixConfigurations of an open cluster, live or recorded. */
import { isClusterError, isLive, type Cluster, type ObjectRef } from '../cluster/cluster.ts';
import type { KubernetesObject } from '../core/objects/object.ts';

/** Calico's two API groups; the first is served by its API server, or by CRDs from v3.32 on. */
const groups = ['projectcalico.org', 'crd.projectcalico.org'] as const;

/** Where the FelixConfigurations of a cluster are, and which there are. Where there are none, where they would be. */
export async function listConfigurations(
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ readonly resource: string; readonly objects: readonly KubernetesObject[] }> {
  let lack: Error | undefined;
  let empty: string | undefined;
  for (const group of groups) {
    const resource = `felixconfigurations.${group}`;
    try {
      const objects = await cluster.list(resource, signal);
      if (objects.length > 0) return { resource, objects };
      empty ??= resource;
    } catch (error) {
      if (!isClusterError(error)) throw error;
      // What is refused says more than what is not there.
      if (lack === undefined || error.reason !== 'not-recorded') lack = error;
    }
  }
  if (empty === undefined && lack !== undefined) throw lack;
  return { resource: empty ?? `felixconfigurations.${groups[1]}`, objects: [] };
}

/** An object as the cluster holds it, or held it when it was recorded. */
export async function readConfiguration(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  if (isLive(cluster)) return cluster.read(ref, signal);
  return (await cluster.list(ref.resource, signal)).find(({ metadata }) => metadata.name === ref.name);
}

/** Where a written FelixConfiguration is on the cluster: in its own API group, or in the one that the cluster has. */
export async function placeOf(
  cluster: Cluster,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<ObjectRef> {
  const own = `felixconfigurations.${(object.apiVersion ?? '').split('/', 1)[0] ?? ''}`;
  const isThere = isLive(cluster) ? await cluster.serves(own, signal) : false;
  const { resource } = isThere ? { resource: own } : await listConfigurations(cluster, signal);
  return { resource, name: object.metadata.name };
}
