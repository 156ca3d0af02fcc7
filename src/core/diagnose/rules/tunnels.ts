/** What keeps the tunnels between nodes from meeting: ports that differ, and networks that drop them. */
import { textField } from '../../objects/object.ts';
import { advise, configure, listNodes, listSome, patchFelix, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { NodeDigest } from '../knownNode.ts';
import { activePools, isEncapsulated, usesVxlan } from './pools.ts';
import { nodeSubject } from '../subjects.ts';

const keys = [
  { key: 'vxlanPort', standard: '4789' },
  { key: 'vxlanVNI', standard: '4096' },
];

/** Nodes whose VXLAN has another port or VNI than that of the others: neither side hears the other. */
export function differentPorts(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const on = nodes.filter(({ ebpf, settings }) => ebpf.state === 'on' && settings.size > 0);
  if (!usesVxlan(cluster)) return [];
  return keys.flatMap(({ key, standard }) => {
    const groups = Map.groupBy(on, ({ settings }) => settings.get(key.toLowerCase()) ?? standard);
    const [most, ...others] = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
    return others.flatMap(([value, odd]) =>
      odd.map(({ name }): Draft => ({
        severity: 'error',
        subject: nodeSubject(name),
        cause: `${key} ${value}`,
        title: `${key} is ${value} on {nodes} and ${most?.[0] ?? standard} on ${listNodes(most?.[1].map((each) => each.name) ?? [])}: what one kind of them encapsulates the other does not take.`,
        evidence: [
          {
            shows: 'What Felix started with; without a word of it, the default holds.',
            value: `${key}: ${value}`,
            at: { kind: 'probe', node: name, probe: 'felix.log', line: undefined },
            time: cluster.time,
          },
        ],
        fix: configure(
          'Give all nodes one value: take the key out of the configuration of the node.',
          patchFelix(key, null, `node.${name}`),
        ),
      })),
    );
  });
}

/** IP in IP between nodes of Azure, whose network passes TCP, UDP and ICMP alone. */
export function ipipInAzure(cluster: KnownCluster): readonly Draft[] {
  const pools = activePools(cluster).filter((pool) => isEncapsulated(pool, 'ipipMode'));
  const names = pools.map(({ metadata }) => metadata.name);
  if (names.length === 0) return [];
  const inAzure = cluster
    .objects('nodes')
    .filter((node) => textField(node, 'spec', 'providerID')?.startsWith('azure:') === true);
  return inAzure.map((object) => ({
    severity: 'error',
    subject: nodeSubject(object.metadata.name),
    cause: names.join(' '),
    title: `{nodes} run in Azure, whose network drops IP in IP, and ${listSome(names, 'pools')} ${names.length === 1 ? 'is' : 'are'} encapsulated in it: pods of different nodes do not reach each other.`,
    evidence: [
      objectEvidence(cluster, {
        resource: 'nodes',
        object,
        shows: 'Where the node runs.',
        value: `providerID: ${textField(object, 'spec', 'providerID') ?? ''}`,
      }),
      ...pools.slice(0, 1).map((pool) =>
        objectEvidence(cluster, {
          resource: 'ippools',
          object: pool,
          shows: 'How the pool is encapsulated.',
          value: `ipipMode: ${textField(pool, 'spec', 'ipipMode') ?? ''}`,
        }),
      ),
    ],
    fix: advise(
      'Use VXLAN for these pools.',
      `calicoctl patch ippool ${names[0] ?? ''} --patch '{"spec":{"ipipMode":"Never","vxlanMode":"Always"}}'`,
    ),
  }));
}
