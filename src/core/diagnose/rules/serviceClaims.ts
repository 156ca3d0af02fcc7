/** Addresses from outside that several Services claim, or that the API server has already. */
import { endpointsKey } from '../../facts/endpoints.ts';
import { clusterIpsOf, type ClusterIp } from '../../facts/expectedNat.ts';
import type { ServiceFacts } from '../../names/objects.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { protocolName } from '../../net/protocol.ts';
import { advise, listSome, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { serviceSubject } from '../subjects.ts';

interface Claim extends ClusterIp {
  /** As `contested` knows it. */
  readonly key: string;
}

/** An address and port that services have as an external IP or from a load balancer. */
function claimsOf(service: ServiceFacts): readonly Claim[] {
  const addresses = service.addresses.filter(({ how }) => how !== 'cluster IP');
  return clusterIpsOf({ ...service, addresses }).map((each) => ({ ...each, key: placeKey(each) }));
}

function placeKey({ address, port, protocol }: Pick<ClusterIp, 'address' | 'port' | 'protocol'>): string {
  return `${address} port ${port}/${protocolName(protocol)}`;
}

const byPlace = indexOnce((services: readonly ServiceFacts[]) => {
  const claims = services.flatMap(claimsOf);
  return new Map(
    [...Map.groupBy(claims, ({ key }) => key)]
      .map(([key, all]) => [key, [...new Set(all.map(({ label }) => label))].toSorted()] as const)
      .filter(([, labels]) => labels.length > 1),
  );
});

/** Whether several services claim an address and port: NAT can send to one of them only. */
export function isContested(
  cluster: KnownCluster,
  place: Pick<ClusterIp, 'address' | 'port' | 'protocol'>,
): boolean {
  const contested = byPlace(cluster.surroundings.services);
  return contested.size > 0 && contested.has(placeKey(place));
}

/** Services that claim one address and port: whichever is written last gets everything. */
export function contestedAddresses(cluster: KnownCluster): readonly Draft[] {
  return [...byPlace(cluster.surroundings.services)].map(([place, labels]): Draft => ({
    severity: 'error',
    subject: serviceSubject(labels[0] ?? ''),
    cause: place,
    title: `${listSome(labels, 'Services')} claim one address, ${place}: NAT sends all of it to one of them, and the others are not reached there.`,
    evidence: labels.slice(0, 3).flatMap((label) => claimEvidence(cluster, label, place)),
    fix: advise('Give each an address or a port of its own: externalIPs, or what the load balancer assigns.'),
  }));
}

/** Services whose address from outside is one of an API server: nodes would send to their pods instead. */
export function claimsOfServers(cluster: KnownCluster): readonly Draft[] {
  const { services, endpoints } = cluster.surroundings;
  const own = 'default/kubernetes';
  const servers = endpoints.get(endpointsKey(`${own}:https`, 6))?.ready ?? new Set<string>();
  return services.flatMap(claimsOf).flatMap((claim): readonly Draft[] => {
    const { address, port, protocol, label, key } = claim;
    if (protocol !== 6 || label.startsWith(`${own}:`) || !servers.has(`${address} ${port}`)) return [];
    return [
      {
        severity: 'error',
        subject: serviceSubject(label),
        cause: `${label} ${key}`,
        title: `${label} claims ${key}, where an API server is: nodes and pods that ask the API server there reach the pods of the Service instead.`,
        evidence: claimEvidence(cluster, label, key),
        fix: advise('Take the address out of the externalIPs of the Service, or use another port.'),
      },
    ];
  });
}

function claimEvidence(cluster: KnownCluster, label: string, place: string): readonly Evidence[] {
  const { namespace = '', name } = serviceSubject(label);
  const object = findObject(cluster, 'services', name, namespace);
  if (object === undefined) return [];
  return [
    objectEvidence(cluster, {
      resource: 'services',
      object,
      shows: `Service ${namespace}/${name} and where it is reached.`,
      value: place,
    }),
  ];
}
