import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { printed, printedText } from '../../../src/core/text/printed.ts';
import { parseIp } from '../../../src/core/net/address.ts';
import { ClusterError, type Cluster } from '../../../src/cluster/cluster.ts';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import {
  takeSnapshot,
  type SnapshotProgress,
  type TakeSnapshotOptions,
} from '../../../src/cluster/snapshot/takeSnapshot.ts';
import { openTarget } from '../../../src/cluster/snapshot/target.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { createSession } from '../../../src/session/create.ts';
import { checkFails, testClusterContract } from '../contract.ts';
import { sampleSnapshot } from './build.ts';

const signal = new AbortController().signal;
const silent = { info() {}, warn() {} };
let folder: string;
let count = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
});
after(() => rm(folder, { recursive: true }));

const freePath = (extension = '') => join(folder, `snapshot-${(count += 1)}${extension}`);
const openSampleCluster = () => openSnapshot(sampleSnapshot, {}, signal);

async function take(cluster: Cluster, options: Partial<TakeSnapshotOptions> = {}, extension = '') {
  const path = freePath(extension);
  const complete = { whenStopped: 'discard', report() {}, ...options } as const;
  return takeSnapshot(cluster, await openTarget(path), complete, signal);
}

/** A live cluster that answers as the sample does, but for what it is told. */
async function liveSample(changed: Partial<Cluster>): Promise<Cluster> {
  const cluster = await openSampleCluster();
  return {
    info: { ...cluster.info, kind: 'live', takenAt: undefined },
    list: (...args) => cluster.list(...args),
    probe: (...args) => cluster.probe(...args),
    probedNodes: (...args) => cluster.probedNodes(...args),
    probes: async () => [],
    traces: async () => [],
    trace: (...args) => cluster.trace(...args),
    close: () => cluster.close(),
    ...changed,
  };
}

for (const extension of ['', '.tar.gz']) {
  testClusterContract(`a snapshot that was taken of the sample${extension}`, async () => {
    const { path } = await take(await openSampleCluster(), {}, extension);
    const cluster = await openSnapshot(path, {}, signal);
    return { cluster, close: () => cluster.close() };
  });
}

test('a snapshot answers what the cluster that it was taken of answered', async () => {
  const [original, copy] = await Promise.all([
    openSampleCluster(),
    take(await openSampleCluster()).then(({ path }) => openSnapshot(path, {}, signal)),
  ]);
  assert.deepEqual({ ...copy.info, origin: '' }, { ...original.info, origin: '' });
  const [of, as] = [createSession(copy, silent), createSession(original, silent)];
  assert.deepEqual(await of.nodes(signal), await as.nodes(signal));
  for (const node of await original.probedNodes(signal)) {
    assert.deepEqual(await of.interfaces(node, signal), await as.interfaces(node, signal));
    assert.deepEqual(await copy.traces(node, signal), await original.traces(node, signal));
    for (const probe of (await original.probes(node, signal)).filter((id) => id !== 'felix.log')) {
      const [is, was] = [
        await copy.probe({ node, probe }, signal),
        await original.probe({ node, probe }, signal),
      ];
      assert.deepEqual(
        { ...is, stdout: await printedText(is.stdout) },
        { ...was, stdout: await printedText(was.stdout) },
      );
    }
  }
});

test('a live cluster is asked all that is read here, of each interface, too', async () => {
  const { path, nodes } = await take(await liveSample({}));
  assert.equal(nodes, 3);
  const copy = await openSnapshot(path, {}, signal);
  const probes = await copy.probes('node-a', signal);
  for (const id of [
    'version',
    'nat.dump',
    'nat.dump.v6',
    'conntrack.dump.raw',
    'routes.dump.json',
    'uname',
  ]) {
    assert.ok(probes.includes(id), id);
  }
  assert.ok(probes.includes('policy.dump.cali8cb945225b4.all'));
});

test('a lean snapshot leaves out what tells the same in another form', async () => {
  const { path } = await take(await liveSample({}), { extent: 'lean' });
  const probes = await (await openSnapshot(path, {}, signal)).probes('node-a', signal);
  assert.deepEqual(
    probes.filter((id) => /\.(?:json|raw)$/.test(id)),
    [],
  );
});

test('a node that does not answer is given up, said once, and costs the others nothing', async () => {
  const sample = await openSampleCluster();
  const asked: string[] = [];
  const cluster = await liveSample({
    probe: async (request, own) => {
      if (request.node !== 'node-b') return sample.probe(request, own);
      asked.push(request.probe);
      throw new ClusterError('unreachable', 'The pod of node-b waits to start (CrashLoopBackOff).');
    },
  });
  const told: SnapshotProgress[] = [];
  const { path, incomplete } = await take(cluster, { report: (progress) => told.push(progress) });
  assert.deepEqual(asked, ['version']);
  assert.deepEqual(
    incomplete.filter(({ what }) => what.includes('node-b')),
    [{ what: 'node-b', why: 'The pod of node-b waits to start (CrashLoopBackOff).' }],
  );
  const copy = await openSnapshot(path, {}, signal);
  assert.deepEqual(await copy.probedNodes(signal), ['node-a', 'node-c']);
  assert.ok(copy.info.notices.some(({ what }) => what === 'node-b'));
  const nodes = told.filter((progress) => progress.kind === 'node');
  assert.equal(nodes.length, 3);
  assert.deepEqual([nodes.at(-1)?.done, nodes.at(-1)?.of], [3, 3]);
});

test('what is forbidden everywhere is said once, and what may be had is there', async () => {
  const cluster = await liveSample({
    list: async (resource) => {
      throw new ClusterError('forbidden', `List ${resource} failed: you lack a permission.`);
    },
    probe: async ({ node }) => {
      throw new ClusterError('forbidden', `version on ${node} failed: you lack pods/exec.`);
    },
  });
  const { path, incomplete } = await take(cluster);
  const about = incomplete.filter(({ why }) => why.includes('pods/exec'));
  assert.deepEqual(
    about.map(({ what }) => what),
    ['node-a, node-b, node-c'],
  );
  assert.ok((await openSnapshot(path, {}, signal)).info.notices.length > 1);
});

test('one that is stopped leaves nothing, or is kept with what it has', async () => {
  for (const whenStopped of ['discard', 'keep'] as const) {
    const stop = new AbortController();
    const sample = await openSampleCluster();
    const cluster = await liveSample({
      probe: async (request, own) => {
        if (request.node === 'node-b') stop.abort();
        own.throwIfAborted();
        return sample.probe(request, own);
      },
    });
    const path = freePath('.tar.gz');
    const target = await openTarget(path);
    const taken = takeSnapshot(cluster, target, { whenStopped, report() {} }, stop.signal);
    if (whenStopped === 'discard') {
      await assert.rejects(taken, { name: 'AbortError' });
      assert.deepEqual([existsSync(path), existsSync(`${path}.partial`)], [false, false]);
    } else {
      assert.ok((await taken).incomplete.some(({ why }) => why.includes('stopped')));
      const copy = await openSnapshot(path, {}, signal);
      assert.ok((await copy.list('pods', signal)).length > 0);
      await copy.close();
    }
  }
});

test('no value that may be a secret is written', async () => {
  const secret = 'hunter2hunter2';
  const pod = (labels: Readonly<Record<string, string>>) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'app',
      namespace: 'shop',
      labels,
      annotations: {
        'vault.example.com/token': secret,
        'kubectl.kubernetes.io/last-applied-configuration': secret,
        'cni.projectcalico.org/podIP': '10.0.0.1/32',
        'projectcalico.org/metadata': JSON.stringify({ annotations: { key: secret }, uid: '7' }),
      },
    },
    spec: {
      containers: [
        {
          name: 'app',
          command: ['run', `--password=${secret}`],
          args: [secret],
          env: [
            { name: 'DB_PASSWORD', value: secret },
            { name: 'FELIX_ETCDPASSWORD', value: secret },
            { name: 'FELIX_BPFENABLED', value: 'true' },
          ],
        },
      ],
    },
  });
  const configMap = (name: string) => ({
    metadata: { name, namespace: 'kube-system' },
    data: { 'kubeconfig.conf': `token: ${secret}`, 'config.conf': `mode: ipvs\npassword: ${secret}` },
  });
  const cluster = await liveSample({
    list: async (resource) => {
      if (resource === 'pods') return [pod({}), pod({ 'k8s-app': 'calico-node' })];
      if (resource === 'daemonsets.apps')
        return [{ ...pod({}), spec: { template: { metadata: pod({}).metadata, spec: pod({}).spec } } }];
      return resource === 'configmaps' ? [configMap('kube-proxy'), configMap('mine')] : [];
    },
    probe: async ({ node, probe }) => ({
      ...(await (await openSampleCluster()).probe({ node, probe: 'version' }, signal)),
      probe,
      stdout: printed(
        Buffer.from(probe === 'felix.log' ? `EtcdPassword:"${secret}", Token=${secret} BPFEnabled:true` : ''),
      ),
    }),
  });
  const { path } = await take(cluster);
  const texts = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name) && existsSync(join(path, name)))
    .map((name) => join(path, name))
    .filter((file) => !file.endsWith('objects') && readable(file))
    .map((file) => readText(file));
  assert.ok(texts.length > 5);
  for (const text of texts) assert.ok(!text.includes(secret), text.slice(0, 2000));
  const whole = texts.join('\n');
  for (const kept of ['FELIX_BPFENABLED', '"true"', 'podIP', 'mode: ipvs', 'BPFEnabled:true']) {
    assert.ok(whole.includes(kept), kept);
  }
});

function readable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

test('only the user may read it, and no folder that holds anything is written to', async () => {
  const { path } = await take(await openSampleCluster(), {}, '.tar.gz');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const full = freePath();
  await mkdir(full);
  await writeFile(join(full, 'mine'), '');
  await checkFails(openTarget(full), /is not empty/, 'failed');
  assert.ok(existsSync(join(full, 'mine')));
});

test('a redacted snapshot holds no name and no address of before, and reads as well', async () => {
  const original = await openSampleCluster();
  const { path } = await take(original, { redacts: true });
  const copy = await openSnapshot(path, {}, signal);
  assert.equal(copy.info.redacted, true);
  const whole = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readText(join(entry.parentPath, entry.name)))
    .join('\n');
  const pods = await original.list('pods', signal);
  for (const { metadata } of pods.filter((pod) => pod.metadata.namespace === 'shop')) {
    assert.ok(!whole.includes(metadata.name), metadata.name);
  }
  for (const word of ['node-a', '10.244.174.129', '172.31.0.11']) assert.ok(!whole.includes(word), word);
  const textOf = async (cluster: Cluster, node: string, probe: string) =>
    printedText((await cluster.probe({ node, probe }, signal)).stdout);
  for (const probe of (await original.probes('node-a', signal)).filter(
    (id) => !/cali\w{11}|raw|asm/.test(id),
  )) {
    if (readDump(probe, '') === undefined) continue;
    const [is, was] = [await textOf(copy, 'node-1', probe), await textOf(original, 'node-a', probe)];
    const [redacted, dump] = [readDump(probe, is), readDump(probe, was)];
    assert.equal(redacted?.entries.length, dump?.entries.length, probe);
    assert.equal(redacted?.problems.length, dump?.problems.length, probe);
  }
});

test('in a redacted snapshot belongs together what did before', async () => {
  const original = createSession(await openSampleCluster(), silent);
  const { path } = await take(original.cluster, { redacts: true });
  const copy = createSession(await openSnapshot(path, {}, signal), silent);
  const interfaces = await copy.interfaces('node-1', signal);
  const before = await original.interfaces('node-a', signal);
  assert.equal(
    interfaces.filter(({ pod }) => pod !== undefined).length,
    before.filter(({ pod }) => pod !== undefined).length,
  );
  for (const { pod } of interfaces) assert.match(pod?.name ?? 'pod-1', /^(?:pod-\d+|calico-.*|coredns.*)$/);
  const names = await copy.names('node-1', signal);
  const pods = await copy.cluster.list('pods', signal);
  const named = pods.flatMap(({ metadata, status }) => {
    const { podIP } = status as { readonly podIP?: string };
    return podIP === undefined ? [] : [{ podIP, name: metadata.name }];
  });
  assert.ok(named.length > 3);
  for (const { podIP, name } of named) {
    const found = names.address(parseIp(podIP) ?? raise(podIP)).map((identity) => identity.name);
    assert.ok(found.length > 0, `${podIP} ${name}`);
  }
});

function raise(text: string): never {
  throw new Error(`${text} is no address.`);
}
