/** Does for debug pods what a kubelet does for all: starts those that come, and lets those go that are deleted. */
import { setTimeout as delay } from 'node:timers/promises';
import { field, listField, textField, type KubernetesObject } from '../../src/core/objects/object.ts';
import type { TestCluster } from './cluster.ts';

export const debugPods = '/api/v1/namespaces/calico-system/pods';
const own = `${debugPods}?labelSelector=app.kubernetes.io/name=calico-ebpf-trace`;

/** @param folder where the programs of such a pod are, in `bin` */
export function startPodKeeper(server: TestCluster, folder: string): { stop(): Promise<void> } {
  const stop = new AbortController();
  const kept = keep(server, folder, stop.signal);
  return {
    stop: async () => {
      stop.abort();
      await kept;
    },
  };
}

/** The debug pods that there are. */
export async function listDebugPods(server: TestCluster): Promise<readonly KubernetesObject[]> {
  return listField(await server.admin.get(own), 'items') as readonly KubernetesObject[];
}

async function keep(server: TestCluster, folder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const pod of await listDebugPods(server)) await keepOne(server, folder, pod);
    await delay(20);
  }
}

async function keepOne(server: TestCluster, folder: string, pod: KubernetesObject): Promise<void> {
  const { name } = pod.metadata;
  if (field(pod, 'metadata', 'deletionTimestamp') !== undefined) {
    await server.admin.delete(`${debugPods}/${name}?gracePeriodSeconds=0`);
  } else if (textField(pod, 'status', 'phase') === 'Pending') {
    await server.record({ [`calico-system/${name}`]: folder });
    const running = { running: { startedAt: new Date().toISOString() } };
    const container = { name: 'trace', ready: true, restartCount: 0, image: '', imageID: '', state: running };
    await server.admin.patch(`${debugPods}/${name}/status`, {
      status: { phase: 'Running', containerStatuses: [container] },
    });
  }
}
