import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError, type Selection, type WatchEvent } from '../../src/cluster/cluster.ts';
import { Channel } from '../../src/cluster/kubernetes/channel.ts';
import { createSession } from '../../src/session/create.ts';
import type { Session } from '../../src/session/session.ts';
import { agentLabel } from '../../src/core/nodes/agent.ts';
import { openSample, silentLog } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { LiveUpdates, nameSelections } = await import('../../src/host/liveUpdates.ts');

const { signal } = new AbortController();
const nodes: Selection = { resource: 'nodes' };

/** A live cluster whose watches say what the test sends. */
async function watched() {
  const sample = await openSample();
  const watches = new Map<
    string,
    { readonly send: (event: WatchEvent) => void; readonly signal: AbortSignal }
  >();
  const watch = async function* ({ resource }: Selection, own: AbortSignal): AsyncGenerator<WatchEvent> {
    if (resource === 'secrets') throw new ClusterError('forbidden', 'You may not.');
    const channel = new Channel<WatchEvent>(1000, () => 1);
    watches.set(resource, { send: (event) => void channel.send(event), signal: own });
    own.addEventListener('abort', () => channel.end());
    yield* channel;
  };
  const { cluster } = sample;
  const live = {
    info: { ...cluster.info, kind: 'live' },
    list: cluster.list.bind(cluster),
    probe: cluster.probe.bind(cluster),
    close: async () => {},
    select: async () => [],
    watch,
  };
  // What a live cluster has beyond this is not asked for here.
  const session = createSession(live as unknown as Session['cluster'], silentLog);
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  const updates = new LiveUpdates({ connection, log: createLog() });
  const open = () => connection.open({ kind: 'live', context: 'shop' }, signal);
  const next = () =>
    new Promise<void>((resolve) => {
      const listening = connection.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
  return { session, connection, updates, watches, open, next };
}

const node = (name: string, status: string) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status }] },
});

test('what a watch tells is shown, and what is not asked for is not watched', async () => {
  const { session, updates, watches, open, next } = await watched();
  await open();
  assert.equal(watches.size, 0);
  const need = updates.need([nodes]);
  const shown = next();
  watches.get('nodes')?.send({ kind: 'listed', objects: [node('a', 'True'), node('b', 'True')] });
  watches.get('nodes')?.send({ kind: 'changed', object: node('b', 'False') });
  await shown;
  const listed = await session.nodeList(signal);
  assert.deepEqual(
    listed.filter(({ name }) => /^[ab]$/.test(name)).map(({ name, ready }) => [name, ready]),
    [
      ['a', 'ready'],
      ['b', 'not-ready'],
    ],
  );
  need.dispose();
  assert.equal(watches.get('nodes')?.signal.aborted, true);
});

test('a watch that two need ends with the second', async () => {
  const { updates, watches, open } = await watched();
  const needs = [updates.need([nodes]), updates.need([nodes])];
  await open();
  needs[0]?.dispose();
  needs[0]?.dispose();
  assert.equal(watches.get('nodes')?.signal.aborted, false);
  needs[1]?.dispose();
  assert.equal(watches.get('nodes')?.signal.aborted, true);
});

test('an outage is the connection’s until it is over', async () => {
  const { connection, updates, watches, open, next } = await watched();
  updates.need([nodes]);
  await open();
  const lost = next();
  watches.get('nodes')?.send({ kind: 'lost', message: 'The connection was reset.' });
  await lost;
  assert.equal(connection.outage?.message, 'The connection was reset.');
  const recovered = next();
  watches.get('nodes')?.send({ kind: 'recovered' });
  await recovered;
  assert.equal(connection.outage, undefined);
});

test('what may not be watched stops nothing else', async () => {
  const { updates, watches, open, next } = await watched();
  updates.need([{ resource: 'secrets' }, nodes]);
  await open();
  const shown = next();
  watches.get('nodes')?.send({ kind: 'listed', objects: [] });
  await shown;
});

test('what a node said is forgotten when its calico-node pod was restarted', async () => {
  const { session, updates, watches, open, next } = await watched();
  const asked: string[] = [];
  const probe = session.cluster.probe.bind(session.cluster);
  Object.assign(session.cluster, {
    probe: (request: Parameters<typeof probe>[0], own: AbortSignal) => {
      asked.push(request.probe);
      return probe(request, own);
    },
  });
  updates.need([{ resource: 'pods', label: agentLabel }]);
  await open();
  const target = { node: 'node-a', probe: 'arp.dump' };
  const pod = (containerID: string) => ({
    metadata: { name: 'calico-node-1', namespace: 'calico-system' },
    spec: { nodeName: 'node-a' },
    status: { containerStatuses: [{ containerID }] },
  });
  const listed = next();
  watches.get('pods')?.send({ kind: 'listed', objects: [pod('one')] });
  await listed;
  await session.text(target, signal);
  const changed = next();
  watches.get('pods')?.send({ kind: 'changed', object: pod('two') });
  await changed;
  await session.text(target, signal);
  const gone = next();
  watches.get('pods')?.send({ kind: 'deleted', object: pod('two') });
  await gone;
  await session.text(target, signal);
  assert.deepEqual(asked, ['arp.dump', 'arp.dump', 'arp.dump']);
});

test('who an address is follows the pods, while names are needed', async () => {
  const { session, updates, watches, open, next } = await watched();
  await open();
  const need = updates.needWhile(nameSelections);
  need.set(true);
  assert.deepEqual([...watches.keys()].toSorted(), ['endpointslices.discovery.k8s.io', 'pods', 'services']);
  const ask = async () => {
    const names = await session.names(undefined, signal);
    return names.address('10.244.1.77').map(({ label }) => label);
  };
  assert.ok(!(await ask()).includes('shop/late'));
  const shown = next();
  watches.get('pods')?.send({ kind: 'listed', objects: [] });
  watches.get('pods')?.send({
    kind: 'changed',
    object: {
      metadata: { name: 'late', namespace: 'shop' },
      status: { podIP: '10.244.1.77' },
    },
  });
  await shown;
  assert.ok((await ask()).includes('shop/late'));
  need.set(false);
  assert.equal(watches.get('pods')?.signal.aborted, true);
});
