/** How the Cluster view fares with a live cluster: its tree, its changes, its way back after a cut. */
import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { LiveCluster } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { createSession } from '../../src/session/create.ts';
import type { Element } from '../../src/views/cluster/elements.ts';
import type { TestCluster } from '../live/cluster.ts';
import { startFaultyProxy } from '../live/faultyProxy.ts';
import { until } from '../live/objects.ts';
import { silentLog } from '../support/sample.ts';
import { median } from './report.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { LiveUpdates, nodeSelections } = await import('../../src/host/liveUpdates.ts');
const { ClusterTree } = await import('../../src/views/cluster/provider.ts');

const signal = new AbortController().signal;

/** The tree of a live cluster, as the view makes it. */
export async function openTree(kubeconfig: string) {
  const cluster = await openKubernetes({ kubeconfig }, signal);
  const session = createSession(cluster, silentLog);
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'live', context: 'shop' }, signal);
  const tree = new ClusterTree(connection);
  const updates = new LiveUpdates({ connection, log: createLog() });
  const listening = connection.onDidChange(() => tree.refresh());
  const rootChildren = async (): Promise<readonly Element[]> =>
    tree.getChildren((await tree.getChildren())[0]);
  return {
    tree,
    rootChildren,
    follow: () => updates.need(nodeSelections),
    /** All nodes that were shown have answered. */
    answered: () =>
      new Promise<void>((resolve) => {
        const check = () => tree.progress === undefined && resolve();
        tree.onDidChangeProgress(check);
        check();
      }),
    close: async () => {
      listening.dispose();
      updates.dispose();
      tree.dispose();
      await connection.close();
    },
  };
}

/** The median time from a change in the cluster to the tree that shows it, in milliseconds. */
export async function timeOfChanges(server: TestCluster, changes: number): Promise<number> {
  const { tree, rootChildren, follow, close } = await openTree(server.kubeconfig);
  follow();
  await rootChildren();
  const times: number[] = [];
  for (let index = 0; index < changes; index += 1) {
    const message = `change ${index}`;
    const shown = new Promise<void>((resolve) => {
      const listening = tree.onDidChangeTreeData(async () => {
        const nodes = await rootChildren();
        if (!nodes.some((node) => node.kind === 'node' && node.facts.readyMessage === message)) return;
        listening.dispose();
        resolve();
      });
    });
    const began = performance.now();
    const conditions = [{ type: 'Ready', status: 'True', message }];
    await server.admin.patch('/api/v1/nodes/node-b/status', { status: { conditions } });
    await shown;
    times.push(performance.now() - began);
  }
  await close();
  return median(times);
}

/** The median time from a cut connection to the first change that is heard of again, in milliseconds. */
export async function timeOfReconnects(server: TestCluster, cuts: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < cuts; index += 1) {
    const proxy = await startFaultyProxy(server.port, server.certificates);
    const kubeconfig = await server.writeKubeconfig('cut', { port: proxy.port, token: 'root-token' });
    const cluster = await openKubernetes({ kubeconfig }, signal);
    // The headers pass, the first event does not.
    proxy.fail({ kind: 'cut', afterBytes: 250, match: /[?&]watch=true/, times: 1 });
    let began = 0;
    for await (const event of cluster.watch({ resource: 'configmaps' }, signal)) {
      if (event.kind === 'listed')
        await server.admin.post(configMaps, { metadata: { name: `cut-${index}` } });
      if (event.kind === 'lost') began = performance.now();
      if (event.kind === 'changed') break;
    }
    times.push(performance.now() - began);
    await cluster.close();
    await proxy.stop();
  }
  return median(times);
}

const configMaps = '/api/v1/namespaces/shop/configmaps';

/** Starts and cancels so many execs; what is left of them then. */
export async function startAndCancel(server: TestCluster, cluster: LiveCluster, cycles: number) {
  const socketsBefore = readdirSync('/proc/self/fd').length;
  const cancelLater = async (delay: number) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), delay);
    await cluster.probe({ node: 'node-a', probe: 'conntrack.dump.raw' }, stop.signal).catch(() => undefined);
  };
  for (let round = 0; round < cycles / 10; round += 1) {
    await Promise.all(Array.from({ length: 10 }, (_, index) => cancelLater((round + index) % 40)));
  }
  await until(async () => assert.deepEqual(await server.processes(), []));
  const sockets = readdirSync('/proc/self/fd').length - socketsBefore;
  return { processes: (await server.processes()).length, sockets };
}
