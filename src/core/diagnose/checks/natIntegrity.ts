import { indexOnce } from '../../objects/indexOnce.ts';
import { listField, textField, type KubernetesObject } from '../../objects/object.ts';
import type { NatFrontend } from '../../dump/natLine.ts';
import { ipBytes } from '../../net/address.ts';
import type { Steps } from '../../steps.ts';
import { heldToTheDead } from '../rules/affinity.ts';
import { calicoPage, ebpfRule, troubleshooting, type Check } from '../check.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { lacksRoom } from '../rules/noRoom.ts';
import { endpointsEvidence, natOfNode, type NatFinding, type ScreenedMap } from '../rules/natOfNode.ts';
import { goneEndpoints, withoutLocalEndpoints } from '../rules/localEndpoints.ts';
import { missingNodePorts } from '../rules/nodePorts.ts';
import { explainEmptyService, explainIdle } from '../rules/emptyService.ts';
import { nodeSubject, serviceSubject } from '../subjects.ts';

const needs = {
  probes: ['nat.dump'],
  uses: ['nat.dump.v6'],
  objects: ['services', 'endpointslices.discovery.k8s.io', 'nodes', 'pods'],
};

/** Whether what NAT sends to is what Kubernetes says. */
export const natIntegrity: Check = {
  id: 'nat-integrity',
  title: 'NAT agrees with the Services and their endpoints',
  documentation: {
    why: 'Calico’s NAT maps take the place of kube-proxy. What is wrong in them sends connections to nobody, or to the pods of another service.',
    how: 'Each node’s `nat dump` is compared with Services and EndpointSlices, and with itself.',
    links: [troubleshooting, calicoPage('nat dump', 'reference/felix/')],
  },
  rules: [
    ebpfRule('empty', needs, emptyServices),
    ebpfRule('missing', { probes: needs.probes, uses: needs.uses, isAside: true }, missingBackends),
    ebpfRule('shared-id', needs, sharedIds),
    ebpfRule('differs', needs, differences),
    ebpfRule('orphan', needs, orphans),
    ebpfRule('node-port', needs, missingNodePorts),
    ebpfRule('internal', needs, withoutLocalEndpoints),
    ebpfRule(
      'gone',
      {
        probes: ['routes.dump'],
        uses: ['routes.dump.v6'],
        objects: ['pods', 'endpointslices.discovery.k8s.io'],
        isAside: true,
      },
      goneEndpoints,
    ),
    ebpfRule(
      'affinity',
      {
        probes: ['nat.dump', 'nat.aff'],
        uses: ['nat.aff.v6'],
        objects: ['services', 'endpointslices.discovery.k8s.io'],
      },
      heldToTheDead,
    ),
  ],
};

/** The API server's own service has a check of its own. */
export const apiServerService = 'default/kubernetes';

function factsOf(node: KnownNode, cluster: KnownCluster, rules: readonly NatFinding['rule'][]) {
  return natOfNode(node, cluster).findings.filter(
    ({ rule, subject }) => rules.includes(rule) && !subject.startsWith(`${apiServerService}:`),
  );
}

function* emptyServices(node: KnownNode, cluster: KnownCluster): Steps<readonly Draft[]> {
  const { maps } = natOfNode(node, cluster);
  const { findService } = cluster.surroundings;
  // A NodePort at an address that the node no longer has is its service’s all the same.
  const isOwned = ({ frontends }: NatFinding) =>
    frontends.every(
      ({ id, address, port, protocol }) =>
        findService(address, port, protocol) === undefined &&
        maps.some(({ probe, screened }) => isOf(probe, address) && screened.ownedIds.has(id)),
    );
  const facts = factsOf(node, cluster, ['nat-no-backends']).filter((fact) => !isOwned(fact));
  const drafts: Draft[] = [];
  for (const { subject, evidence, frontends } of facts) {
    const common = yield* explainIdle(cluster, subject);
    const {
      title,
      severity,
      fix,
      evidence: more,
    } = common ?? explainEmptyService(cluster, subject, frontends);
    drafts.push({
      severity,
      subject: serviceSubject(subject),
      cause: common === undefined ? subject : 'idle',
      title,
      evidence: [...evidence, ...more, ...endpointsEvidence(cluster, subject)],
      fix,
    });
    yield;
  }
  return drafts;
}

const waitThenLook =
  'Felix should correct this by itself within seconds. Where it stays, look at Felix’s log on the node; restarting calico-node there rebuilds the maps.';

function missingBackends(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return factsOf(node, cluster, ['nat-backend-missing']).map(({ subject, text, evidence }) => ({
    severity: 'error',
    subject: serviceSubject(subject),
    cause: subject,
    title: `NAT on {nodes} is damaged: ${text} Connections that choose a missing backend fail.`,
    evidence,
    fix: advise(waitThenLook),
  }));
}

function sharedIds(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return factsOf(node, cluster, ['nat-id-shared']).map(({ frontends, text, evidence }) => {
    const owners = ownersOf(frontends, cluster);
    const fromBootstrap = owners.some((owner) => owner.startsWith(`${apiServerService}:`));
    return {
      severity: 'error',
      subject: serviceSubject(owners.find((owner) => !owner.startsWith(apiServerService)) ?? ''),
      cause: owners.toSorted().join(' '),
      title: `Two services share an id in NAT on {nodes}, so that connections reach the other one’s pods: ${text}`,
      evidence,
      fix: fromBootstrap
        ? advise(
            'The bootstrap container (bpfNetworkBootstrap) has put default/kubernetes into the pinned maps with an id of its own; update Calico to a release with the correction, then restart calico-node on the node.',
          )
        : advise(waitThenLook),
    };
  });
}

function ownersOf(frontends: readonly NatFrontend[], cluster: KnownCluster): readonly string[] {
  const { findService } = cluster.surroundings;
  return [...new Set(frontends.flatMap((each) => findService(each.address, each.port, each.protocol) ?? []))];
}

/** From so many services on, it is the node that lags behind and not the services. */
const many = 3;

function differences(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const facts = factsOf(node, cluster, [
    'nat-backend-not-ready',
    'nat-endpoint-missing',
    'nat-service-missing',
  ]);
  const byService = Map.groupBy(facts, ({ subject }) => subject);
  if (byService.size >= many) return [lagging(node, byService)];
  // What has lost its backends altogether has a finding of its own.
  const worse = new Set(
    factsOf(node, cluster, ['nat-no-backends', 'nat-backend-missing']).map(({ subject }) => subject),
  );
  const others = [...byService].filter(([subject]) => !worse.has(subject));
  return others.map(([subject, all]) => ({
    severity: 'error',
    subject: serviceSubject(subject),
    cause: `${subject} ${[...new Set(all.map(({ rule }) => rule))].toSorted().join(' ')}`,
    title: `NAT on {nodes} differs from Kubernetes: ${all[0]?.text ?? subject}`,
    evidence: [...all.flatMap((each) => evidenceOf(each, node)), ...endpointsEvidence(cluster, subject)],
    fix: advise(waitOrLook),
  }));
}

const waitOrLook =
  'Felix should correct this by itself within seconds. Where one node differs from the others, Felix there is behind: look at its log. Where all nodes agree with one another, look at Typha, or at what writes the EndpointSlices (kube-controller-manager).';

function lagging(node: KnownNode, byService: ReadonlyMap<string, readonly NatFinding[]>): Draft {
  const services = listSome([...byService.keys()], 'services');
  const isFull = lacksRoom(node);
  const why = isFull
    ? 'A map there takes no more entries.'
    : 'Felix there is stopped or cut off from its API server.';
  return {
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: isFull ? 'full' : 'lags',
    title: `NAT on {nodes} does not follow Kubernetes: ${services} differ. ${why}`,
    evidence: [...byService.values()].flat().flatMap((each) => evidenceOf(each, node)),
    fix: advise(
      'See the finding about Felix on this node, or its log: whether it runs, and whether it reaches the API server (or Typha).',
      `kubectl -n calico-system logs -l k8s-app=calico-node --field-selector spec.nodeName=${node.name} -c calico-node --tail=100`,
    ),
  };
}

function evidenceOf({ evidence, text }: NatFinding, node: KnownNode): Draft['evidence'] {
  if (evidence.length > 0) return evidence;
  const at = { kind: 'probe', node: node.name, probe: 'nat.dump', line: undefined } as const;
  return [{ shows: text, value: 'no such line', at, time: undefined }];
}

/** Frontends that no service has any more; those that share their id with a known one are its node ports. */
function orphans(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (cluster.objects('services').length === 0) return [];
  return natOfNode(node, cluster).maps.flatMap((each) => orphansIn(node, cluster, each));
}

function orphansIn(
  node: KnownNode,
  cluster: KnownCluster,
  { probe, map, screened }: ScreenedMap,
): readonly Draft[] {
  const { kindOf } = cluster.surroundings;
  const clusterIps = clusterIpPrefixes(cluster.objects('services'));
  return screened.unowned.flatMap((row) => {
    if (screened.ownedIds.has(map.id.at(row))) return [];
    const { address, port } = map.entry(row) ?? {};
    const isServiceAddress =
      address !== undefined && clusterIps.has(prefixOf(address)) && kindOf(address) === 'outside';
    if (!isServiceAddress) return [];
    return {
      severity: 'warning',
      subject: { kind: 'service', namespace: '', name: formatEndpoint(address, port ?? 0) },
      cause: `${address} ${port}`,
      title: `NAT on {nodes} still has ${address} port ${port}, which belongs to no Service.`,
      evidence: [
        lineEvidence(node, probe, { span: map.placeAt(row), shows: 'The frontend that nobody owns.' }),
      ],
      fix: advise(waitThenLook),
    } as const;
  });
}

/** The cluster IPs tell the service CIDR well enough: the first 16 bits of IPv4, 96 of IPv6. */
const clusterIpPrefixes = indexOnce((services: readonly KubernetesObject[]): ReadonlySet<string> => {
  const ips = services.flatMap((service) => [
    textField(service, 'spec', 'clusterIP') ?? '',
    ...listField(service, 'spec', 'clusterIPs').map(String),
  ]);
  return new Set(ips.map(prefixOf));
});

function prefixOf(address: string): string {
  const bytes = ipBytes(address);
  return bytes === undefined ? '' : bytes.subarray(0, bytes.length === 4 ? 2 : 12).join('.');
}

/** Whether a probe is about the family of an address. */
function isOf(probe: string, address: string): boolean {
  return probe.endsWith('.v6') === address.includes(':');
}

function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
