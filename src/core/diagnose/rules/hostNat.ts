import { existsIn, fields } from '../../felix/fields.ts';
import { parseCidr, parseIp } from '../../net/address.ts';
import { cidrContains } from '../../net/prefix.ts';
import type { NatMap } from '../../facts/natMap.ts';
import { listField, textField } from '../../objects/object.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { clusterDns } from './forgottenDns.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { settingOn } from '../settings.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';

const device = 'bpfin.cali';
const hostNat = 'bpfHostNetworkedNATWithoutCTLB';

/** The pair of interfaces through which the host’s own packets to Services go, where no connect-time program sees them. */
export function withoutHostPair(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const links = node.links();
  const isThere = links.some(({ name, isUp }) => name === device && isUp);
  const isAsked = settingOn(node, cluster, hostNat).value?.toLowerCase() === 'enabled';
  const balancing = settingOn(node, cluster, 'bpfConnectTimeLoadBalancing').value?.toLowerCase();
  // With all protocols at connect time there is nothing left for it.
  if (links.length === 0 || !isAsked || balancing === 'enabled' || !hasIt(cluster)) return [];
  if (isThere) return withoutRoute(node, cluster);
  const of = balancing === 'disabled' ? 'connections' : 'datagrams';
  return [
    {
      severity: 'error',
      subject: interfaceSubject(device, node.name),
      cause: device,
      title: `${device} is not there or down on {nodes}: ${of} of the host’s own processes to Services are lost.`,
      evidence: [
        valueEvidence(node, 'ip.link', {
          value: `no ${device} that is up`,
          shows: 'The interfaces of the node.',
        }),
      ],
      fix: advise(
        'Felix makes the pair bpfin.cali and bpfout.cali when it starts: see its log, and who removes interfaces on the node (NetworkManager must leave bpf*.cali alone).',
      ),
    },
  ];
}

/** The kernel’s routes to the cluster’s DNS, which of all Services of datagrams the host needs most. */
function withoutRoute(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const dns = clusterDns(cluster.objects('services'));
  const addresses = new Set([textField(dns, 'spec', 'clusterIP'), ...listField(dns, 'spec', 'clusterIPs')]);
  const ways = node.kernelRoutes().flatMap((route) => (route.device === device ? route.destination : []));
  const ranges = ways.flatMap((each) => parseCidr(each) ?? []);
  if (dns === undefined || node.kernelRoutes().length === 0) return [];
  return [...addresses].flatMap((each): readonly Draft[] => {
    const address = typeof each === 'string' ? parseIp(each) : undefined;
    // Newer versions may have one route for all Services of a range.
    if (
      address === undefined ||
      ways.includes(address) ||
      ranges.some((range) => cidrContains(range, address))
    )
      return [];
    if (!servesDatagrams(address.includes(':') ? node.natV6 : node.nat, address)) return [];
    return [
      {
        severity: 'warning',
        subject: nodeSubject(node.name),
        cause: `no route ${address}`,
        title: `The kernel of {nodes} has no route to ${address} of ${dns.metadata.namespace ?? ''}/${dns.metadata.name} by ${device}: processes of the host cannot ask the cluster’s DNS.`,
        evidence: [
          valueEvidence(node, 'ip.route', {
            value: `no route to ${address} dev ${device}`,
            shows: 'Felix writes one for each Service of datagrams.',
          }),
        ],
        fix: advise(
          'Something removed it: restarting calico-node on the node writes it anew; see who else manages routes there.',
        ),
      },
    ];
  });
}

/** Whether NAT sends what asks an address for names to somebody. */
function servesDatagrams(nat: NatMap | undefined, address: string): boolean {
  for (let row = 0; row < (nat?.count ?? 0); row++) {
    if (nat?.port.at(row) !== 53 || nat.protocol.at(row) !== 17 || nat.backendCount.at(row) === 0) continue;
    if (nat.entry(row)?.address === address) return true;
  }
  return false;
}

function hasIt({ version }: KnownCluster): boolean {
  const field = fields.get(hostNat);
  return field !== undefined && existsIn(field, version);
}
