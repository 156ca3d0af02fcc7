import { listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { spellCount, spellShare, type Drops } from './drops.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { hostCards } from './hostInterfaces.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject } from '../subjects.ts';

/** From a tenth of all packets on it is more than scans that a host endpoint turns away. */
const muchOf = 10n;
const many = 100n;

/** Packets that policies of host endpoints drop on an interface of the host. */
export function deniedByHost(
  node: KnownNode,
  cluster: KnownCluster,
  { interface: name, packets, total, evidence }: Drops,
): Draft {
  const own = cluster.objects('hostendpoints').filter((each) => isFor(each, node, name));
  const names = own.map(({ metadata }) => metadata.name);
  const by =
    names.length === 0 ? 'policies of host endpoints' : `policies of ${listSome(names, 'host endpoints')}`;
  const isCard = hostCards(node).some((each) => each.name === name);
  const isMuch = isCard && packets >= many && packets * muchOf >= total;
  return {
    severity: isMuch ? 'warning' : 'information',
    subject: interfaceSubject(name, node.name),
    cause: `${name} by policy ${isMuch}`,
    title: `${spellCount(packets)}${spellShare({ packets, total })} on ${name} of {nodes} ${packets === 1n ? 'was' : 'were'} dropped by ${by}${isMuch ? ': so many are more than strangers’ attempts, and what the host itself serves may be among them' : ''}.`,
    evidence: [
      evidence,
      ...own.slice(0, 2).map((object) =>
        objectEvidence(cluster, {
          resource: 'hostendpoints',
          object,
          shows: 'The host endpoint.',
          value: `interfaceName: ${textField(object, 'spec', 'interfaceName') ?? 'by its addresses'}`,
        }),
      ),
    ],
    fix: advise(
      'The policy dump of the interface shows which rule denies them. A host endpoint denies what no policy allows, but for the fail-safe ports: let in what the kubelet, the API server and NodePorts need.',
      `calico-node -bpf policy dump ${name} all`,
    ),
  };
}

function isFor(endpoint: KubernetesObject, node: KnownNode, name: string): boolean {
  if (textField(endpoint, 'spec', 'node') !== node.name) return false;
  const wanted = textField(endpoint, 'spec', 'interfaceName');
  const addresses = listField(endpoint, 'spec', 'expectedIPs');
  return wanted === undefined ? addresses.length > 0 : wanted === '*' || wanted === name;
}
