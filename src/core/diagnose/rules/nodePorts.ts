import type { NatMap } from '../../facts/natMap.ts';
import { portLabel } from '../../names/identities.ts';
import type { IpAddress } from '../../net/address.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { serviceSubject } from '../subjects.ts';

interface NodePort {
  readonly port: number;
  readonly protocol: number;
  /** `shop/frontend:http` */
  readonly service: string;
}

/** NodePorts without a frontend at an address of the node at which there are others. */
export function missingNodePorts(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return [
    ...missingIn(node, cluster, { probe: 'nat.dump', nat: node.nat, separator: '.' }),
    ...missingIn(node, cluster, { probe: 'nat.dump.v6', nat: node.natV6, separator: ':' }),
  ];
}

/** A NAT map, and what its family has in its addresses. */
interface Family {
  readonly probe: string;
  readonly nat: NatMap | undefined;
  readonly separator: '.' | ':';
}

function missingIn(node: KnownNode, cluster: KnownCluster, family: Family): readonly Draft[] {
  const wanted = nodePortsOf(cluster, family);
  const byAddress = portsByAddress(node, cluster, {
    nat: family.nat,
    nodePorts: new Set(wanted.map(({ port }) => port)),
  });
  return [...byAddress].flatMap(([address, present]) =>
    wanted
      .filter(({ port, protocol }) => !present.has(`${port} ${protocol}`))
      .map(({ port, service }) => ({
        severity: 'error',
        subject: serviceSubject(service),
        cause: `${service} ${port}`,
        title: `NodePort ${port} of ${service} is not served on {nodes}: NAT has no frontend ${address} port ${port}.`,
        evidence: [
          valueEvidence(node, family.probe, {
            value: `no ${address} port ${port}`,
            shows: `Other NodePorts are there at ${address}.`,
          }),
        ],
        fix: advise(
          'See Felix’s log on the node for the service; whether the port is within the NodePort range and no other service has it.',
          `kubectl -n ${serviceSubject(service).namespace ?? 'default'} get service ${serviceSubject(service).name} -o yaml`,
        ),
      })),
  );
}

/** TCP and UDP, which Calico’s programs serve. */
const served: ReadonlySet<number> = new Set([6, 17]);

function nodePortsOf(cluster: KnownCluster, { separator }: Family): readonly NodePort[] {
  return cluster.surroundings.services.flatMap(({ ports, addresses }) => {
    const isMeant = addresses.some(({ address, how }) => how === 'cluster IP' && address.includes(separator));
    if (!isMeant) return [];
    return ports.flatMap((each): readonly NodePort[] => {
      const { nodePort, protocol } = each;
      if (nodePort === undefined || !served.has(protocol)) return [];
      return [{ port: nodePort, protocol, service: portLabel({ ...each, portName: each.name }) }];
    });
  });
}

/** The NodePorts at each address of the node, as `30080 6`. */
function portsByAddress(
  node: KnownNode,
  cluster: KnownCluster,
  { nat, nodePorts }: { readonly nat: NatMap | undefined; readonly nodePorts: ReadonlySet<number> },
): ReadonlyMap<IpAddress, ReadonlySet<string>> {
  const found = new Map<IpAddress, Set<string>>();
  const own = new Set<string>(node.facts().addresses);
  if (nat === undefined) return found;
  for (let row = 0; row < nat.count; row++) {
    const port = nat.port.at(row);
    if (!nodePorts.has(port)) continue;
    const address = cluster.expectedNat.addresses.text(nat.address.at(row));
    if (address === undefined || !own.has(address)) continue;
    const known = found.get(address) ?? new Set();
    found.set(address, known.add(`${port} ${nat.protocol.at(row)}`));
  }
  return found;
}
