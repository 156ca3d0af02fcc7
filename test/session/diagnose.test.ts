import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import type { Report } from '../../src/core/diagnose/diagnosis.ts';
import { diagnose } from '../../src/session/diagnose.ts';
import { change, edited, type Edits, type Mutable } from '../support/edited.ts';
import { recordingNames, recordingsFolder } from '../support/recordings.ts';

const signal = new AbortController().signal;
const sample = await openSnapshot(
  join(import.meta.dirname, '..', '..', 'media', 'sample-snapshot'),
  {},
  signal,
);
after(() => sample.close());

/** What a node that lacks nothing would say where the sample has no recording. */
const healthy: NonNullable<Edits['probes']> = {
  '*/sysctl.bpf': () => '/proc/sys/net/core/bpf_jit_limit:528482304\n',
};

const agent = 'calico-node-x4k2p';
const readinessProbe = { exec: { command: ['/bin/calico-node', '-felix-ready'] } };
const probed = change(agent, (pod) => {
  pod.spec['containers'] = [{ name: 'calico-node', image: 'calico/node:v3.32.1', readinessProbe }];
});

/** The probes that node-a of the sample is asked as a node of a live cluster, or as one of a snapshot. */
async function askedOf(
  edits: Edits = {},
  kind: Cluster['info']['kind'] = 'live',
): Promise<ReadonlySet<string>> {
  const cluster = edited(sample, {
    ...edits,
    probes: { ...healthy, ...edits.probes },
    objects: { pods: probed, ...edits.objects },
  });
  const asked = new Set<string>();
  await diagnose(
    {
      ...cluster,
      info: { ...cluster.info, kind },
      probe: (request, own) => {
        asked.add(request.probe);
        return cluster.probe(request, own);
      },
    },
    { nodes: ['node-a'] },
    signal,
  );
  return asked;
}

test('a live node is not asked what its other answers and its objects tell', async () => {
  const [live, recorded] = [await askedOf(), await askedOf({}, 'snapshot')];
  assert.deepEqual([...recorded].filter((probe) => !live.has(probe)).toSorted(), [
    'bpffs',
    'bpftool.prog',
    'conntrack.stats',
    'readiness',
    'sockets',
    'ss',
    'version',
  ]);
});

const causes: readonly (readonly [probe: string, cause: string, edits: Edits])[] = [
  [
    'version',
    'its image has none',
    { everywhere: (text) => text.replaceAll(/(calico\/node):v[\d.]+/g, '$1:latest') },
  ],
  [
    'readiness',
    'Kubernetes finds it not ready',
    {
      objects: {
        pods: (all) => {
          const unready = (pod: Mutable) => {
            pod.status['conditions'] = [{ type: 'Ready', status: 'False' }];
          };
          return change(agent, unready)(probed(all));
        },
      },
    },
  ],
  ['conntrack.stats', 'its dump was cut off', { cutOff: ['node-a/conntrack.dump'] }],
  [
    'sockets',
    'kube-proxy left a chain',
    { probes: { '*/iptables.save': (text) => `${text}:KUBE-PROXY-CANARY - [0:0]\n` } },
  ],
  [
    'bpffs',
    'a map is there in two sizes',
    {
      probes: {
        '*/bpftool.map': (text) => {
          const maps = JSON.parse(text) as readonly object[];
          return JSON.stringify([...maps, { ...maps[0], max_entries: 7 }]);
        },
      },
    },
  ],
  ['bpftool.prog', 'no program is attached', { probes: { '*/bpftool.net': () => '[{"xdp":[],"tc":[]}]' } }],
  [
    'bpftool.prog',
    'many programs were loaded',
    { probes: { '*/bpftool.net': (text) => text.replaceAll(/"prog_id":(\d+)/g, '"prog_id":9$1') } },
  ],
];
for (const [probe, cause, edits] of causes) {
  test(`a live node is asked ${probe} where ${cause}`, async () => {
    assert.ok((await askedOf(edits)).has(probe));
  });
}

test('a node that does not answer is not asked again', async () => {
  const silent = ['bpftool.map', 'bpftool.net', 'iptables.save', 'nft.ruleset', 'ip.link', 'conntrack.dump'];
  const probes = Object.fromEntries(silent.map((probe) => [`*/${probe}`, () => undefined]));
  const asked = await askedOf({ probes });
  for (const probe of ['sockets', 'bpffs', 'bpftool.prog', 'conntrack.stats']) assert.ok(!asked.has(probe));
});

for (const name of recordingNames) {
  test(`a live node yields what its recording yields: ${name}`, async () => {
    const snapshot = await openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal);
    const live: Cluster = { ...edited(snapshot, {}), info: { ...snapshot.info, kind: 'live' } };
    const told = ({ findings, checks }: Report) => [
      findings.map(({ id, title }) => [id, title]),
      checks.map(({ id, status }) => [id, status]),
    ];
    assert.deepEqual(told(await diagnose(live, {}, signal)), told(await diagnose(snapshot, {}, signal)));
    await snapshot.close();
  });
}
