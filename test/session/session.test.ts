import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { foreground } from '../../src/session/background.ts';
import { createSession } from '../../src/session/create.ts';
import { checkFails } from '../cluster/contract.ts';
import { manifest, sampleSnapshot, writeFiles } from '../cluster/snapshot/build.ts';
import { recordingsFolder } from '../support/recordings.ts';

const signal = new AbortController().signal;
const silent = { info() {}, warn() {} };
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
});
after(() => rm(folder, { recursive: true }));

async function sample() {
  return createSession(await openSnapshot(sampleSnapshot, {}, signal), silent);
}

/** A cluster that counts what it is asked. */
function counting(cluster: Cluster): { readonly cluster: Cluster; readonly asked: string[] } {
  const asked: string[] = [];
  const counted = Object.create(cluster, {
    probe: {
      value: (request: Parameters<Cluster['probe']>[0], own: AbortSignal) => {
        asked.push(request.probe);
        return cluster.probe(request, own);
      },
    },
  }) as Cluster;
  return { cluster: counted, asked };
}

test('the sample’s nodes are ready, run eBPF and tell their versions', async () => {
  const nodes = await (await sample()).nodes(signal);
  assert.deepEqual(
    nodes.map(({ name, ready, ebpf, calicoVersion }) => [name, ready, ebpf.state, calicoVersion]),
    ['node-a', 'node-b', 'node-c'].map((name) => [name, 'ready', 'on', 'v3.32.1']),
  );
});

test('a node on which eBPF is off by its own FelixConfiguration says so', async () => {
  const cluster = await openSnapshot(join(recordingsFolder, 'v3.32.1-node-bpf-off.tar.gz'), {}, signal);
  const nodes = await createSession(cluster, silent).nodes(signal);
  assert.deepEqual(
    nodes.map(({ ebpf }) => ebpf.state),
    ['on', 'on', 'off'],
  );
  assert.match(nodes[2]?.ebpf.why ?? '', /FelixConfiguration node\.node-c/);
  await cluster.close();
});

test('interfaces carry their pods', async () => {
  const interfaces = await (await sample()).interfaces('node-a', signal);
  const cart = interfaces.find(({ name }) => name === 'cali8cb945225b4');
  assert.deepEqual(cart?.pod, { namespace: 'shop', name: 'cart-6f5b9c7d4c-m8t2l' });
  assert.deepEqual(
    interfaces.map(({ kind }) => kind),
    ['workload', 'workload', 'workload', 'workload', 'host', 'host', 'host', 'tunnel'],
  );
});

test('a map comes summed up, with its capacity', async () => {
  const session = await sample();
  const target = { node: 'node-a', map: 'routes', family: 'IPv4' } as const;
  const { summary, capacity, problemCount } = await session.map(target, signal);
  const { text } = await session.text({ node: 'node-a', probe: 'routes.dump' }, signal);
  assert.equal(summary.count, text.trimEnd().split('\n').length);
  assert.deepEqual([summary.unit, capacity, problemCount], ['entries', 262_144, 0]);
});

test('a map that is not there fails with what was asked and what the tool said', async () => {
  const session = await sample();
  await assert.rejects(
    session.map({ node: 'node-a', map: 'nat', family: 'IPv6' }, signal),
    (error: Error & { reason?: string }) => {
      assert.equal(error.reason, 'no-map');
      assert.match(error.message, /cali_v6_nat_fe3 is not there/);
      assert.match(error.message, /Asked on node-a: calico-node -bpf nat dump -6/);
      return true;
    },
  );
});

test('the same thing asked twice is asked once, until it is forgotten', async () => {
  const { cluster, asked } = counting(await openSnapshot(sampleSnapshot, {}, signal));
  const session = createSession(cluster, silent);
  const target = { node: 'node-a', probe: 'arp.dump' };
  await Promise.all([session.text(target, signal), session.text(target, signal)]);
  await session.text(target, signal);
  assert.deepEqual(asked, ['arp.dump']);
  session.forget('node-b');
  await session.text(target, signal);
  assert.deepEqual(asked, ['arp.dump']);
  session.forget('node-a');
  await session.text(target, signal);
  assert.deepEqual(asked, ['arp.dump', 'arp.dump']);
});

test('what failed is asked again', async () => {
  const path = join(folder, 'late');
  await writeFiles(path, { 'snapshot.json': manifest });
  const session = createSession(await openSnapshot(path, {}, signal), silent);
  await checkFails(
    session.text({ node: 'node-a', probe: 'arp.dump' }, signal),
    /holds no arp\.dump/,
    'not-recorded',
  );
  await writeFiles(path, {
    'nodes/node-a/arp.dump.out': 'dev    2:    10.0.0.1 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n',
  });
  assert.ok((await session.text({ node: 'node-a', probe: 'arp.dump' }, signal)).text.startsWith('dev'));
});

test('a caller who gives up does not spoil the answer for another', async () => {
  const session = await sample();
  const controller = new AbortController();
  const target = { node: 'node-a', probe: 'nat.dump' };
  const [first, second] = [session.text(target, controller.signal), session.text(target, signal)];
  controller.abort();
  await assert.rejects(first, { name: 'AbortError' });
  assert.ok((await second).text.length > 0);
});

test('without Kubernetes objects a node is known by its probes, and names know less', async () => {
  const path = join(folder, 'bare');
  await writeFiles(path, {
    'snapshot.json': manifest,
    'nodes/node-x/ifstate.dump.out': '    3 : {flags: workload,v4Ready, name: cali0123456789a}\n',
  });
  const session = createSession(await openSnapshot(path, {}, signal), silent);
  const [node] = await session.nodes(signal);
  assert.deepEqual([node?.name, node?.ready, node?.ebpf.state], ['node-x', 'unknown', 'on']);
  const [only] = await session.interfaces('node-x', signal);
  assert.deepEqual([only?.name, only?.pod], ['cali0123456789a', undefined]);
});

test('an IP set is told by the policies that match by it', async () => {
  const names = await (await sample()).names('node-a', signal);
  const [set] = names.ipSet('0x27e6ff21d0b1479c');
  assert.match(set?.label ?? '', /front-end/);
  assert.ok(
    set?.details.some((detail) => detail.includes('cart-from-frontend')),
    set?.details.join('; '),
  );
});

test('a large dump is left to who reads in the background, and all of it is there', async () => {
  const path = join(folder, 'huge');
  const line = 'TCP 10.0.0.1:1 -> 10.0.0.2:2  Active ago 1s CLOSED\n';
  await writeFiles(path, {
    'snapshot.json': manifest,
    'nodes/node-x/conntrack.dump.out': line.repeat(600_000),
    'nodes/node-x/arp.dump.out': 'dev    2:    10.0.0.1 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n',
  });
  const asked: string[] = [];
  const session = createSession(await openSnapshot(path, {}, signal), silent, {
    summarize(request, own) {
      asked.push(request.probe);
      return foreground.summarize(request, own);
    },
  });
  const { summary } = await session.map({ node: 'node-x', map: 'conntrack', family: 'IPv4' }, signal);
  assert.equal(summary.count, 600_000);
  await session.map({ node: 'node-x', map: 'arp', family: 'IPv4' }, signal);
  assert.deepEqual(asked, ['conntrack.dump']);
  const { output } = await session.output({ node: 'node-x', probe: 'conntrack.dump' }, signal);
  assert.equal(output.length, line.length * 600_000);
  assert.equal((await output.bytes()).length, output.length);
});
