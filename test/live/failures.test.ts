import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { printedText } from '../../src/core/text/printed.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { checkFails } from '../cluster/contract.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy, type Fault } from './faultyProxy.ts';
import { until } from './objects.ts';

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const kubeconfig = await server.writeKubeconfig('proxied', { port: proxy.port, token: 'root-token' });
const signal = new AbortController().signal;
const options = {
  patience: { attempts: 4, firstDelayMs: 5, longestDelayMs: 50 },
  silenceMs: 600,
  // Each probe is an exec of its own, to which its fault can happen.
  limits: { lingerMs: 0 },
};
const cluster: Cluster = await openKubernetes({ kubeconfig, ...options }, signal);
const ask = (probe = 'routes.dump') => cluster.probe({ node: 'node-a', probe }, signal);
const clean = await ask('conntrack.dump.raw');

afterEach(() => proxy.heal());
after(async () => {
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

const always = Number.POSITIVE_INFINITY;
const exec = /\/exec\?/;

/** Checks that an exec goes through all the same, after as many failures as were told. */
async function checkOvercomes(fault: Fault): Promise<void> {
  proxy.fail(fault);
  const answer = await ask('conntrack.dump.raw');
  assert.equal(await printedText(answer.stdout), await printedText(clean.stdout));
  assert.equal(answer.truncated, false);
  assert.equal(proxy.failures, fault.times);
}

test('a token that expires during use is read again from the kubeconfig', async () => {
  const path = await server.writeKubeconfig('renewed', { port: proxy.port, token: 'viewer-token' });
  const user = await openKubernetes({ kubeconfig: path, ...options }, signal);
  await server.writeKubeconfig('renewed', { port: proxy.port, token: 'root-token' });
  proxy.fail({ kind: 'refuse', status: 401, match: /viewer-token/, times: always });
  assert.equal((await user.list('nodes', signal)).length, 3);
  await user.close();
});

test('an exec whose token has expired is tried with the new one', async () => {
  await checkOvercomes({ kind: 'refuse', status: 401, match: exec, times: 1 });
});

test('a busy server is asked again when it says so', async () => {
  proxy.fail({ kind: 'refuse', status: 429, retryAfter: 1, match: /\/nodes/, times: 2 });
  assert.equal((await cluster.list('nodes', signal)).length, 3);
  assert.equal(proxy.failures, 2);
});

test('a server that stays busy is reported as such', async () => {
  proxy.fail({ kind: 'refuse', status: 429, match: /\/nodes/, times: always });
  await checkFails(cluster.list('nodes', signal), /busy \(429\)/, 'unreachable');
  assert.equal(proxy.failures, options.patience.attempts);
});

test('a server with inner errors is asked again', async () => {
  await checkOvercomes({ kind: 'refuse', status: 500, match: exec, times: 3 });
});

test('a server that stays broken is reported in its own words', async () => {
  proxy.fail({ kind: 'refuse', status: 503, match: /\/nodes/, times: always });
  await checkFails(
    cluster.list('nodes', signal),
    /List nodes failed.*503.*told to answer 503/,
    'unreachable',
  );
});

for (const kind of ['cut', 'reset', 'stall'] as const) {
  test(`an exec survives a ${kind} within a frame`, async () => {
    await checkOvercomes({ kind, afterBytes: 9000, match: exec, times: 2 });
  });

  test(`a list survives a ${kind} within the answer`, async () => {
    proxy.fail({ kind, afterBytes: 2000, match: /\/pods/, times: 2 });
    assert.equal((await cluster.list('pods', signal)).length, 14);
    assert.equal(proxy.failures, 2);
  });

  test(`an exec survives a ${kind} of the handshake`, async () => {
    await checkOvercomes({ kind, afterBytes: 30, match: exec, times: 1 });
  });
}

test('a connection that is always lost is reported with what had come', async () => {
  proxy.fail({ kind: 'cut', afterBytes: 9000, match: exec, times: always });
  await checkFails(
    ask('conntrack.dump.raw'),
    /conntrack\.dump\.raw on node-a failed: The connection was lost after \d+ bytes/,
    'unreachable',
  );
  assert.equal(proxy.failures, options.patience.attempts);
});

test('a slow network changes nothing but the time', async () => {
  await checkOvercomes({ kind: 'delay', ms: 200, match: exec, times: 1 });
  proxy.heal();
  await checkOvercomes({ kind: 'throttle', bytesPerSecond: 200_000, match: exec, times: 1 });
});

test('one node that does not answer delays no other', async () => {
  proxy.fail({ kind: 'stall', afterBytes: 0, match: /pods\/calico-node-x4k2p\/exec/, times: always });
  const stopped = new AbortController();
  const sick = cluster.probe({ node: 'node-a', probe: 'nat.dump' }, stopped.signal);
  const well = await cluster.probe({ node: 'node-b', probe: 'nat.dump' }, signal);
  assert.equal(well.exitCode, 0);
  stopped.abort();
  await assert.rejects(sick, { name: 'AbortError' });
});

test('a pod that is replaced is found again', async () => {
  const pods = '/api/v1/namespaces/calico-system/pods';
  const { metadata, ...pod } = (await server.admin.get(`${pods}/calico-node-h7q9d`)) as {
    readonly metadata: { readonly labels: unknown };
    readonly status: unknown;
  };
  const probe = () => cluster.probe({ node: 'node-b', probe: 'routes.dump' }, signal);
  const before = await probe();
  await server.admin.delete(`${pods}/calico-node-h7q9d?gracePeriodSeconds=0`);
  await until(() => checkFails(probe(), /node-b has no calico-node pod/, 'unreachable'));

  await server.record({ 'calico-system/calico-node-new': server.recordingOf('node-b') });
  await server.admin.post(pods, { ...pod, metadata: { name: 'calico-node-new', labels: metadata.labels } });
  await until(() => checkFails(probe(), /calico-node-new of node-b is Pending/, 'unreachable'));
  await server.admin.patch(`${pods}/calico-node-new/status`, { status: pod.status });
  const known = await printedText(before.stdout);
  await until(async () => assert.equal(await printedText((await probe()).stdout), known));
});
