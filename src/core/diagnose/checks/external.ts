import { endpointsKey } from '../../facts/endpoints.ts';
import type { NatMap } from '../../facts/natMap.ts';
import { portLabel } from '../../names/identities.ts';
import { textField, type KubernetesObject } from '../../objects/object.ts';
import { calicoPage, clusterRule, ebpfRule, felixReference, type Check } from '../check.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, configure, listNodes, listSome, patchFelix, type Draft } from '../finding.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { checkKey, cloudOf } from '../rules/clouds.ts';
import { heldWithoutPods } from '../rules/heldAddresses.ts';
import { lostClients } from '../rules/clientAddresses.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { rangesForNobody } from '../rules/sourceRanges.ts';
import { contestedAddresses } from '../rules/serviceClaims.ts';
import { settingOn } from '../settings.ts';
import { keySubject, serviceSubject } from '../subjects.ts';

/** Whether traffic from outside reaches Services, and its answers the client. */
export const external: Check = {
  id: 'external',
  title: 'Traffic from outside reaches Services and comes back',
  documentation: {
    why: 'With direct server return the answer leaves from another node than the one that was asked, which cloud networks drop unless they are told. With externalTrafficPolicy Local a node without a local pod refuses.',
    how: 'bpfExternalServiceMode on every node, the cloud of the nodes, and for each Service with policy Local where its endpoints are.',
    links: [
      felixReference,
      calicoPage('Preserve the source address', 'operations/ebpf/enabling-ebpf#try-out-dsr-mode'),
    ],
  },
  rules: [
    ebpfRule('cloud', { objects: ['nodes'], uses: ['felix.log'] }, dsrInCloud),
    clusterRule('modes', { objects: ['nodes'], isAside: true }, differentModes),
    clusterRule('contested', { objects: ['services'], isAside: true }, contestedAddresses),
    clusterRule('clients', { objects: ['services', 'nodes'], isAside: true }, lostClients),
    ebpfRule('ranges', { probes: ['nat.dump'], objects: ['services'] }, rangesForNobody),
    ebpfRule(
      'held',
      {
        probes: ['ip.route'],
        objects: ['services', 'endpointslices.discovery.k8s.io', 'pods'],
        uses: ['ip.link'],
      },
      heldWithoutPods,
    ),
    ebpfRule(
      'local',
      { probes: ['nat.dump'], objects: ['services', 'endpointslices.discovery.k8s.io', 'pods'] },
      localWithoutPods,
    ),
  ],
};

const modeKey = 'bpfExternalServiceMode';

function isDsr(node: KnownNode, cluster: KnownCluster): boolean {
  return settingOn(node, cluster, modeKey).value?.toLowerCase() === 'dsr';
}

/** Answers that leave with an address that is not the node’s own. */
function dsrInCloud(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const cloud = cloudOf(node.name, cluster, settingOn(node, cluster, checkKey));
  if (object === undefined || cloud === undefined || !isDsr(node, cluster)) return [];
  return [
    {
      severity: 'warning',
      subject: keySubject(modeKey),
      cause: cloud.name,
      title: `${modeKey} is DSR on {nodes} in ${cloud.name}: answers to NodePorts and load balancers leave with another node’s address, and ${cloud.check} drops them unless it was changed.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: `The node runs in ${cloud.name}.`,
          value: `providerID: ${cloud.providerId}`,
        }),
      ],
      fix: configure(
        'Let such packets pass, or go back to Tunnel.',
        cloud.command,
        patchFelix(modeKey, 'Tunnel'),
      ),
    },
  ];
}

/** DSR works only where all nodes agree. */
function differentModes(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const on = nodes.filter(({ ebpf, settings }) => ebpf.state === 'on' && settings.size > 0);
  const dsr = on.filter(({ settings }) => settings.get(modeKey.toLowerCase())?.toLowerCase() === 'dsr');
  const [first] = dsr;
  const object = findObject(cluster, 'nodes', first?.name ?? '');
  if (first === undefined || object === undefined || dsr.length === on.length) return [];
  const others = on.filter((node) => !dsr.includes(node));
  return [
    {
      severity: 'error',
      subject: keySubject(modeKey),
      cause: 'mixed',
      title: `${modeKey} is DSR on ${listNodes(dsr.map(({ name }) => name))} and Tunnel on ${listNodes(others.map(({ name }) => name))}: external connections that one kind hands to the other are lost.`,
      evidence: [
        {
          shows: 'The configuration that Felix started with.',
          value: `${modeKey}: DSR`,
          at: { kind: 'probe', node: first.name, probe: 'felix.log', line: undefined },
          time: cluster.time,
        },
      ],
      fix: configure('Use one mode on all nodes.', patchFelix(modeKey, 'DSR')),
    },
  ];
}

/** Services with policy Local on a node that has none of their pods: by design, and often a surprise. */
function localWithoutPods(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const { nat } = node;
  const { services, endpoints, book } = cluster.surroundings;
  const local = localServices(cluster.objects('services'));
  if (nat === undefined || local.size === 0) return [];
  return services.flatMap(({ namespace, name, ports }) => {
    const object = local.get(`${namespace}/${name}`);
    if (object === undefined) return [];
    return ports.flatMap((port): readonly Draft[] => {
      const label = portLabel({ ...port, portName: port.name });
      const ready = [...(endpoints.get(endpointsKey(label, port.protocol))?.ready ?? [])];
      const homes = ready.flatMap((each) =>
        book.podsAt(each.split(' ')[0] ?? '').flatMap((pod) => pod.node ?? []),
      );
      if (ready.length === 0 || homes.length === 0 || homes.includes(node.name)) return [];
      const row = port.nodePort === undefined ? -1 : findFrontend(nat, port.nodePort, port.protocol);
      if (row === -1 || balancesByHealth(object)) return [];
      return [
        {
          severity: 'information',
          subject: serviceSubject(label),
          cause: label,
          title: `NodePort ${port.nodePort ?? ''} of ${label} is not answered on {nodes}: externalTrafficPolicy is Local, and its pods run on ${listSome([...new Set(homes)], 'nodes')}.`,
          evidence: [
            lineEvidence(node, 'nat.dump', {
              span: nat.placeAt(row),
              shows: 'The frontend has no local backend.',
            }),
          ],
          fix: advise(
            'As meant, if clients are sent only to nodes with a pod (a load balancer’s health check). Else use Cluster: with eBPF pods see the address of the client all the same.',
            `kubectl -n ${namespace} patch service ${name} -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
          ),
        },
      ];
    });
  });
}

const localServices = indexOnce(
  (services: readonly KubernetesObject[]) =>
    new Map(
      services
        .filter(isLocal)
        .map((each) => [`${each.metadata.namespace ?? ''}/${each.metadata.name}`, each]),
    ),
);

/** The first frontend at a port of any address. */
function findFrontend(nat: NatMap, port: number, protocol: number): number {
  for (let row = 0; row < nat.count; row++)
    if (nat.port.at(row) === port && nat.protocol.at(row) === protocol) return row;
  return -1;
}

function isLocal(service: KubernetesObject): boolean {
  return textField(service, 'spec', 'externalTrafficPolicy') === 'Local';
}

/** A load balancer asks the health port and leaves such nodes out. */
function balancesByHealth(service: KubernetesObject): boolean {
  return textField(service, 'spec', 'type') === 'LoadBalancer';
}
