/** A diagnosis of a live cluster: it finds what its recording holds, on as many nodes as there are, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { diagnose } from '../../src/session/diagnose.ts';
import { sampleSnapshot, startCluster } from './cluster.ts';
import { createNodes } from './manyNodes.ts';
import { until } from './objects.ts';

const server = await startCluster();
after(() => server.stop());

const signal = new AbortController().signal;

test('the checks find on a live cluster what they find in its recording', async () => {
  const live = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  const recorded = await openSnapshot(sampleSnapshot, {}, signal);
  const found = async (cluster: Cluster) =>
    (await diagnose(cluster, {}, signal)).findings.map(({ id }) => id);
  const expected = await found(recorded);
  assert.ok(expected.length > 0);
  assert.deepEqual(
    (await found(live)).filter((id) => expected.includes(id)),
    expected,
  );
  await live.close();
  await recorded.close();
});

test('fifty nodes are looked at, each told of, and none is left with a process', async () => {
  await createNodes(server, 50);
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  const progress: number[] = [];
  const { findings } = await diagnose(
    cluster,
    { onProgress: ({ done, total }) => progress.push(done, total) },
    signal,
  );
  await cluster.close();
  assert.deepEqual(progress.slice(-2), [53, 53]);
  const level = findings.find(({ subject }) => subject.name === 'bpfLogLevel');
  assert.equal(level?.nodes.length, 53);
  assert.match(level.title, /on many-0, many-1 and 51 more nodes/);
  await until(async () => assert.deepEqual(await server.processes(), []));
});

test('a node whose agent is a pod of canal is asked as the others are', async () => {
  await createNodes(server, 1, { prefix: 'flannel', app: 'canal' });
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  assert.equal((await cluster.agentPod('flannel-0', signal)).pod, 'canal-flannel-0');
  const { findings } = await diagnose(cluster, { nodes: ['flannel-0'] }, signal);
  await cluster.close();
  const level = findings.find(({ subject }) => subject.name === 'bpfLogLevel');
  assert.deepEqual(level?.nodes, ['flannel-0']);
});
