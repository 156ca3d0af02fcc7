import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import type { KubernetesObject } from '../../src/core/objects/object.ts';
import { diagnose } from '../../src/session/diagnose.ts';

const signal = new AbortController().signal;
const sample = join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot');

interface Differences {
  readonly kind?: Cluster['info']['kind'];
  readonly image?: (text: string) => string;
  readonly cutOff?: string;
}

/** The probes that node-a is asked in a cluster like the sample, where its image and one of its answers may differ. */
async function askedOf({ kind = 'live', image = (text) => text, cutOff = '' }: Differences = {}): Promise<
  ReadonlySet<string>
> {
  const snapshot = await openSnapshot(sample, {}, signal);
  const asked = new Set<string>();
  const cluster: Cluster = {
    info: { ...snapshot.info, kind },
    probedNodes: (own) => snapshot.probedNodes(own),
    probes: (node, own) => snapshot.probes(node, own),
    traces: (node, own) => snapshot.traces(node, own),
    trace: (request, own) => snapshot.trace(request, own),
    close: () => snapshot.close(),
    list: async (resource, own) =>
      JSON.parse(image(JSON.stringify(await snapshot.list(resource, own)))) as readonly KubernetesObject[], // As it was.
    probe: async (request, own) => {
      asked.add(request.probe);
      return { ...(await snapshot.probe(request, own)), truncated: request.probe === cutOff };
    },
  };
  await diagnose(cluster, { nodes: ['node-a'] }, signal);
  await cluster.close();
  return asked;
}

test('a live node is not asked what its image and its dumps tell', async () => {
  const [live, recorded] = [await askedOf(), await askedOf({ kind: 'snapshot' })];
  const spared = [...recorded].filter((probe) => !live.has(probe));
  assert.deepEqual(new Set(spared), new Set(['conntrack.stats', 'ss', 'version']));
});

test('a live node is asked for its version where its image has none', async () => {
  const asked = await askedOf({ image: (text) => text.replaceAll(/(calico\/node):v[\d.]+/g, '$1:latest') });
  assert.ok(asked.has('version'));
});

test('a live node is asked how many connections it has where its dump was cut off', async () => {
  assert.ok((await askedOf({ cutOff: 'conntrack.dump' })).has('conntrack.stats'));
});
