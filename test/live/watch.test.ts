import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { WatchEvent } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy } from './faultyProxy.ts';

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const kubeconfig = await server.writeKubeconfig('proxied', { port: proxy.port, token: 'root-token' });
const signal = new AbortController().signal;
const cluster = await openKubernetes(
  {
    kubeconfig,
    silenceMs: 600,
    patience: { attempts: 2, firstDelayMs: 5, longestDelayMs: 20 },
    watch: { firstDelayMs: 5, longestDelayMs: 50, silenceMs: 600 },
  },
  signal,
);

afterEach(() => proxy.heal());
after(async () => {
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

const configMaps = '/api/v1/namespaces/shop/configmaps';
const always = Number.POSITIVE_INFINITY;
const watch = /[?&]watch=true/;

/** A watch of ConfigMaps that is read step by step. */
function startWatch() {
  const stop = new AbortController();
  const events = cluster.watch({ resource: 'configmaps' }, stop.signal)[Symbol.asyncIterator]();
  return {
    next: async (): Promise<WatchEvent> => {
      const { value, done } = await events.next();
      assert.equal(done, false);
      return value;
    },
    end: async () => {
      stop.abort();
      assert.equal((await events.next()).done, true);
    },
  };
}

const create = (name: string) => server.admin.post(configMaps, { metadata: { name } });
const named = (event: WatchEvent) =>
  event.kind === 'changed' || event.kind === 'deleted'
    ? `${event.kind} ${event.object.metadata.name}`
    : event.kind;

test('a watch begins with all objects and tells of every change', async () => {
  const { next, end } = startWatch();
  const first = await next();
  assert.ok(first.kind === 'listed' && first.objects.length >= 2);
  await create('one');
  assert.equal(named(await next()), 'changed one');
  await server.admin.patch(`${configMaps}/one`, { data: { key: 'value' } });
  const changed = await next();
  assert.ok(changed.kind === 'changed');
  assert.deepEqual(changed.object['data'], { key: 'value' });
  await server.admin.delete(`${configMaps}/one`);
  assert.equal(named(await next()), 'deleted one');
  await end();
});

for (const kind of ['cut', 'reset', 'stall'] as const) {
  test(`a watch goes on where it was after a ${kind}, and misses nothing`, async () => {
    // The headers pass, the first event does not.
    proxy.fail({ kind, afterBytes: 250, match: watch, times: 1 });
    const { next, end } = startWatch();
    assert.equal((await next()).kind, 'listed');
    const lost = next();
    await create(`${kind}-1`);
    assert.equal((await lost).kind, 'lost');
    await create(`${kind}-2`);
    assert.equal((await next()).kind, 'recovered');
    assert.equal(named(await next()), `changed ${kind}-1`);
    assert.equal(named(await next()), `changed ${kind}-2`);
    await end();
  });
}

test('a watch whose version the server has forgotten lists again', async () => {
  proxy.fail({ kind: 'refuse', status: 410, match: watch, times: 1 });
  const { next, end } = startWatch();
  assert.equal((await next()).kind, 'listed');
  assert.equal((await next()).kind, 'listed');
  await end();
});

test('an outage is told once, with what is wrong, and its end, too', async () => {
  proxy.fail({ kind: 'refuse', status: 503, match: watch, times: 5 });
  const { next, end } = startWatch();
  assert.equal((await next()).kind, 'listed');
  const lost = await next();
  assert.ok(lost.kind === 'lost');
  assert.match(lost.message, /told to answer 503/);
  assert.equal((await next()).kind, 'recovered');
  assert.equal(proxy.failures, 5);
  await end();
});

test('a watch that is refused for good ends with the reason', async () => {
  proxy.fail({ kind: 'refuse', status: 403, match: watch, times: always });
  const { next } = startWatch();
  assert.equal((await next()).kind, 'listed');
  await assert.rejects(next(), { name: 'ClusterError', reason: 'forbidden' });
});

test('a watch that nobody reads on leaves no connection', async () => {
  for await (const event of cluster.watch({ resource: 'nodes' }, signal)) {
    assert.equal(event.kind, 'listed');
    break;
  }
  for (let round = 0; round < 20; round += 1) {
    const { next, end } = startWatch();
    assert.equal((await next()).kind, 'listed');
    await end();
  }
  assert.ok(proxy.openConnections <= 3, `${proxy.openConnections} connections`);
});

test('a watch whose token has expired goes on once it is renewed', async () => {
  proxy.fail({ kind: 'refuse', status: 401, match: watch, times: 3 });
  const { next, end } = startWatch();
  assert.equal((await next()).kind, 'listed');
  assert.equal((await next()).kind, 'lost');
  assert.equal((await next()).kind, 'recovered');
  await end();
});

test('a watch of some objects tells of those only', async () => {
  const stop = new AbortController();
  const events = cluster.watch({ resource: 'pods', label: 'k8s-app=calico-node' }, stop.signal);
  for await (const event of events) {
    assert.ok(event.kind === 'listed');
    assert.equal(event.objects.length, 3);
    break;
  }
  assert.equal((await cluster.select({ resource: 'pods', label: 'k8s-app=calico-node' }, signal)).length, 3);
});
