/**
 * A long run through a network that fails in every way: objects change, watches follow them, nodes are asked, calls are
 * cancelled. In the end all must be as if nothing had failed.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { printedText } from '../../src/core/text/printed.ts';
import { isClusterError, type LiveCluster } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { isCancellation } from '../../src/host/cancellation.ts';
import { ObjectStore } from '../../src/core/objects/objectStore.ts';
import type { TestCluster } from './cluster.ts';
import { startFaultyProxy, type Fault, type FaultyProxy } from './faultyProxy.ts';
import { until } from './objects.ts';

export interface SoakOutcome {
  readonly faults: number;
  readonly changes: number;
  readonly outages: number;
  readonly probes: number;
  readonly failedProbes: number;
  readonly cancelled: number;
}

interface Soak {
  readonly server: TestCluster;
  readonly proxy: FaultyProxy;
  readonly cluster: LiveCluster;
  readonly random: () => number;
  /** Ends the troubles; what follows the cluster goes on until it is closed. */
  readonly ending: AbortSignal;
  readonly counts: { -readonly [name in keyof SoakOutcome]: SoakOutcome[name] };
}

const configMaps = '/api/v1/namespaces/shop/configmaps';
const resources = ['configmaps', 'nodes', 'pods'];

/** Runs for so many seconds, and fails unless it ends as a clean run would. */
export async function soak(server: TestCluster, seconds: number): Promise<SoakOutcome> {
  const proxy = await startFaultyProxy(server.port, server.certificates);
  const kubeconfig = await server.writeKubeconfig('soak', { port: proxy.port, token: 'root-token' });
  const cluster = await openKubernetes(
    {
      kubeconfig,
      silenceMs: 1000,
      patience: { attempts: 4, firstDelayMs: 10, longestDelayMs: 200 },
      watch: { firstDelayMs: 10, longestDelayMs: 200, silenceMs: 2000 },
    },
    new AbortController().signal,
  );
  try {
    return await endure({ server, proxy, cluster }, seconds);
  } finally {
    await cluster.close();
    await proxy.stop();
  }
}

async function endure(
  parts: Pick<Soak, 'server' | 'proxy' | 'cluster'>,
  seconds: number,
): Promise<SoakOutcome> {
  const { server, proxy, cluster } = parts;
  const ending = new AbortController();
  const counts = { faults: 0, changes: 0, outages: 0, probes: 0, failedProbes: 0, cancelled: 0 };
  const run: Soak = { ...parts, random: randomFrom(7), ending: ending.signal, counts };
  const stores = new Map(resources.map((resource) => [resource, new ObjectStore()]));
  const followed = Promise.all([...stores].map(([resource, store]) => follow(run, resource, store)));
  const troubles = Promise.all([makeFaults(run), changeObjects(run), askNodes(run), cancelCalls(run)]);
  try {
    await Promise.race([delay(seconds * 1000), followed, troubles]);
  } finally {
    ending.abort();
  }
  await troubles;
  proxy.heal();
  await checkEnd(run, stores);
  await cluster.close();
  await followed.catch(() => undefined);
  await until(async () => assert.deepEqual(await server.processes(), []));
  await until(async () => assert.equal(proxy.openConnections, 0));
  return counts;
}

async function follow({ cluster, counts }: Soak, resource: string, store: ObjectStore): Promise<void> {
  const { signal } = new AbortController();
  for await (const event of cluster.watch({ resource }, signal)) {
    if (event.kind === 'listed') store.replace(event.objects);
    else if (event.kind === 'changed') store.put(event.object);
    else if (event.kind === 'deleted') store.remove(event.object);
    else if (event.kind === 'lost') counts.outages += 1;
  }
}

const anything = /^/;

function makeFault(random: () => number): Fault {
  const afterBytes = Math.floor(random() * 20_000);
  const one = { match: anything, times: 1 };
  const faults: readonly Fault[] = [
    { ...one, kind: 'cut', afterBytes },
    { ...one, kind: 'reset', afterBytes },
    { ...one, kind: 'stall', afterBytes },
    { ...one, kind: 'delay', ms: Math.floor(random() * 300) },
    { ...one, kind: 'throttle', bytesPerSecond: 200_000 },
    ...[401, 410, 429, 500, 503].map((status): Fault => ({ ...one, kind: 'refuse', status })),
  ];
  return faults[Math.floor(random() * faults.length)] ?? raise();
}

async function makeFaults({ proxy, random, ending, counts }: Soak): Promise<void> {
  while (!ending.aborted) {
    proxy.fail(makeFault(random));
    counts.faults += 1;
    await delay(random() * 120);
  }
}

/** Past the proxy: what changes is not what fails. */
async function changeObjects({ server: { admin }, random, ending, counts }: Soak): Promise<void> {
  const known = new Set<string>();
  while (!ending.aborted) {
    const name = `soak-${Math.floor(random() * 20)}`;
    const path = `${configMaps}/${name}`;
    if (!known.has(name)) await admin.post(configMaps, { metadata: { name }, data: { at: '0' } });
    else if (random() < 0.3) await admin.delete(path);
    else await admin.patch(path, { data: { at: String(counts.changes) } });
    if (known.has(name) && !(await exists(admin, path))) known.delete(name);
    else known.add(name);
    counts.changes += 1;
    await delay(random() * 40);
  }
}

async function exists(admin: TestCluster['admin'], path: string): Promise<boolean> {
  return admin.get(path).then(
    () => true,
    () => false,
  );
}

/** An answer is whole and right, or a failure that says so. */
async function askNodes({ cluster, ending, counts }: Soak): Promise<void> {
  const whole = new Map<string, string>();
  for (let index = 0; !ending.aborted; index += 1) {
    const node = `node-${'abc'[index % 3] ?? ''}`;
    const probe = ['routes.dump', 'nat.dump', 'conntrack.dump'][index % 2] ?? '';
    counts.probes += 1;
    try {
      const { stdout, truncated } = await cluster.probe({ node, probe }, new AbortController().signal);
      const text = await printedText(stdout);
      const known = whole.get(`${node}/${probe}`) ?? text;
      if (truncated) counts.failedProbes += 1;
      else assert.equal(text, known, `${probe} of ${node}`);
      if (!truncated) whole.set(`${node}/${probe}`, known);
    } catch (error) {
      if (!isClusterError(error)) throw error;
      counts.failedProbes += 1;
    }
  }
}

async function cancelCalls({ cluster, random, ending, counts }: Soak): Promise<void> {
  while (!ending.aborted) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), random() * 60);
    try {
      await cluster.probe({ node: 'node-b', probe: 'conntrack.dump.raw' }, stop.signal);
    } catch (error) {
      if (!isCancellation(error) && !isClusterError(error)) throw error;
      counts.cancelled += 1;
    }
  }
}

/** What was heard of is what there is, and every node answers. */
async function checkEnd({ server, cluster }: Soak, stores: ReadonlyMap<string, ObjectStore>): Promise<void> {
  const { signal } = new AbortController();
  const clean = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  for (const [resource, store] of stores) {
    await until(async () => {
      assert.deepEqual(versionsOf(store.objects), versionsOf(await clean.list(resource, signal)), resource);
    });
  }
  for (const node of ['node-a', 'node-b', 'node-c']) {
    const request = { node, probe: 'nat.dump' };
    const [answer, expected] = [await cluster.probe(request, signal), await clean.probe(request, signal)];
    assert.equal(await printedText(answer.stdout), await printedText(expected.stdout));
  }
  await clean.close();
}

function versionsOf(objects: ObjectStore['objects']): readonly string[] {
  return objects
    .map(
      ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name} ${String(metadata['resourceVersion'])}`,
    )
    .toSorted();
}

/** Numbers that look random and are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function raise(): never {
  throw new Error('There is no such fault.');
}
