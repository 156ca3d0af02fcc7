import { existsIn, fields } from '../felix/fields.ts';
import { valueEvidence } from './evidence.ts';
import { advise, type Draft } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';
import { settingOn } from './settings.ts';
import { interfaceSubject } from './subjects.ts';

const device = 'bpfin.cali';
const hostNat = 'bpfHostNetworkedNATWithoutCTLB';

/** The pair of interfaces through which the host’s own packets to Services go, where no connect-time program sees them. */
export function withoutHostPair(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const links = node.links();
  const isThere = links.some(({ name, isUp }) => name === device && isUp);
  const isAsked = settingOn(node, cluster, hostNat).value?.toLowerCase() === 'enabled';
  const balancing = settingOn(node, cluster, 'bpfConnectTimeLoadBalancing').value?.toLowerCase();
  // With all protocols at connect time there is nothing left for it.
  if (links.length === 0 || isThere || !isAsked || balancing === 'enabled' || !hasIt(cluster)) return [];
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

function hasIt({ version }: KnownCluster): boolean {
  const field = fields.get(hostNat);
  return field !== undefined && existsIn(field, version);
}
