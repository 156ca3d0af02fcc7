/** Load balancers that let some clients in by their addresses (loadBalancerSourceRanges). */
import { indexOnce } from '../../objects/indexOnce.ts';
import { blackhole } from '../../dump/natLine.ts';
import { parseIp } from '../../net/address.ts';
import { listField } from '../../objects/object.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { serviceSubject } from '../subjects.ts';

/** Services whose address has only the entry that drops what is in no range. */
export function rangesForNobody(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const limited = limitedAddresses(cluster);
  const { nat } = node;
  if (nat === undefined || limited.size === 0) return [];
  const dropping = new Map<string, number>();
  const open = new Set<string>();
  for (let row = 0; row < nat.count; row++) {
    if (!limited.has(nat.address.at(row))) continue;
    const entry = nat.entry(row);
    if (entry?.count === blackhole) dropping.set(entry.address, row);
    else if (entry !== undefined) open.add(entry.address);
  }
  return [...dropping].flatMap(([address, row]): readonly Draft[] => {
    const name = cluster.surroundings.services.find(({ addresses }) =>
      addresses.some((each) => each.address === address),
    );
    const object = name && findObject(cluster, 'services', name.name, name.namespace);
    if (object === undefined || open.has(address)) return [];
    const ranges = listField(object, 'spec', 'loadBalancerSourceRanges').join(', ');
    const full = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    return [
      {
        severity: 'error',
        subject: serviceSubject(`${full}:`),
        cause: `${full} ${ranges}`,
        title: `Nobody gets to ${full} at ${address} by {nodes}: its loadBalancerSourceRanges let in ${ranges}, and Calico’s programs have only the entry that drops everybody else.`,
        evidence: [
          lineEvidence(node, 'nat.dump', {
            span: nat.placeAt(row),
            shows: 'The entry that drops, and no other at this address.',
          }),
          objectEvidence(cluster, {
            resource: 'services',
            object,
            shows: 'Who is to be let in.',
            value: `loadBalancerSourceRanges: ${ranges}`,
          }),
        ],
        fix: advise(
          'A range of all addresses (0.0.0.0/0) is taken for the entry that drops: leave loadBalancerSourceRanges out to let everybody in, or name narrower ranges (0.0.0.0/1 and 128.0.0.0/1).',
          `kubectl -n ${object.metadata.namespace ?? 'default'} patch service ${object.metadata.name} --type json -p '[{"op":"remove","path":"/spec/loadBalancerSourceRanges"}]'`,
        ),
      },
    ];
  });
}

/** The ids of addresses outside of Services that limit who comes in. */
const limitedAddresses = indexOnce((cluster: KnownCluster): ReadonlySet<number> => {
  const found = cluster.surroundings.services.flatMap(({ namespace, name, addresses }) => {
    const object = findObject(cluster, 'services', name, namespace);
    if (listField(object, 'spec', 'loadBalancerSourceRanges').length === 0) return [];
    return addresses.flatMap(({ address, how }) => (how === 'cluster IP' ? [] : (parseIp(address) ?? [])));
  });
  return new Set(found.map((address) => cluster.expectedNat.addresses.idOf(address)));
});
