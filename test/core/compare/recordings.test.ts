import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import { compareSides, viewOf, type Side } from '../../../src/core/compare/compare.ts';
import { createSession } from '../../../src/session/create.ts';
import { namedTable } from '../../../src/session/namedTable.ts';
import type { Session } from '../../../src/session/session.ts';
import { recordingsFolder } from '../../support/recordings.ts';
import { silentLog } from '../../support/sample.ts';

const { signal } = new AbortController();

const opened: Cluster[] = [];
after(() => Promise.all(opened.map((cluster) => cluster.close())));

async function openRecording(name: string): Promise<Session> {
  const cluster = await openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal);
  opened.push(cluster);
  return createSession(cluster, silentLog);
}

async function sideOf(session: Session, node: string, probe: string): Promise<Side> {
  const table = await namedTable(session, { node, probe }, signal);
  assert.ok(table !== undefined);
  return { node, table };
}

/** The differences between two nodes of a recording, as the map, what happened and the values of a column. */
async function differences(
  session: Session,
  nodes: readonly [string, string],
  probes: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const probe of probes) {
    const [before, after] = [await sideOf(session, nodes[0], probe), await sideOf(session, nodes[1], probe)];
    for (const difference of compareSides({ probe, before, after, between: 'nodes' })) {
      const { table } = difference.kind === 'removed' ? before : after;
      const row = viewOf(table, difference.kind === 'removed' ? difference.before : difference.after);
      found.push(`${probe} ${difference.kind} ${row.text('iface')} ${row.text('flags')}`);
    }
  }
  return found;
}

const allMaps = ['nat.dump', 'routes.dump', 'ifstate.dump', 'ipsets.dump', 'nat.maglev', 'arp.dump'];

function mapsOf(recording: string): readonly string[] {
  // That version has no Maglev yet.
  if (recording.startsWith('v3.30')) return allMaps.filter((probe) => probe !== 'nat.maglev');
  const ofIpv6 = allMaps.filter((probe) => probe !== 'ifstate.dump').map((probe) => `${probe}.v6`);
  return recording.endsWith('dual-stack') ? [...allMaps, ...ofIpv6] : allMaps;
}

for (const recording of [
  'v3.32.1-healthy',
  'v3.32.1-dual-stack',
  'v3.32.1-policy-deny',
  'v3.32.1-no-endpoints',
  'v3.32.1-kube-proxy-rules-left',
  'master-healthy',
  'master-policy-deny',
  'v3.30.7-healthy',
  'v3.30.7-policy-deny',
]) {
  test(`nodes that do the same have no differences: ${recording}`, async () => {
    const session = await openRecording(recording);
    for (const pair of [
      ['node-a', 'node-b'],
      ['node-b', 'node-c'],
      ['node-c', 'node-a'],
    ] as const)
      assert.deepEqual(await differences(session, pair, mapsOf(recording)), []);
  });
}

test('the node whose data interface is not managed differs from another in that, and in nothing else', async () => {
  const session = await openRecording('v3.32.1-iface-pattern');
  assert.deepEqual(await differences(session, ['node-a', 'node-b'], allMaps), [
    'ifstate.dump changed eth0 notmanaged',
  ]);
  assert.deepEqual(await differences(session, ['node-a', 'node-c'], allMaps), []);
});
