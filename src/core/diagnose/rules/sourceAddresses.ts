/**
 * Whether the pods of a Service see the addresses of its clients, path by path. Calico’s programs change the
 * destination alone (felix/bpf-gpl/nat.h); what else replaces a source is told for each.
 */
import { endpointsKey } from '../../facts/endpoints.ts';
import { parseCidr, parseIp, type IpAddress } from '../../net/address.ts';
import { cidrContains } from '../../net/prefix.ts';
import { portLabel } from '../../names/identities.ts';
import { viaProxy, type ServiceFacts } from '../../names/objects.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import type { Asked } from '../asked.ts';
import { calicoPage, clusterRule, type Check } from '../check.ts';
import { advise, listNodes, listSome, type Draft, type Evidence, type Subject } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { NodeDigest } from '../knownNode.ts';
import { activePools } from './pools.ts';
import { serviceSubject } from '../subjects.ts';

/** A check of what somebody asks about: it tells, and has nothing to find fault with. */
export function sourceAddresses(about: Asked): Check {
  return {
    id: 'source-addresses',
    title: `Who ${about.kind === 'pod' ? 'pod' : 'the pods of'} ${about.namespace}/${about.name} ${about.kind === 'pod' ? 'sees as its' : 'see as their'} clients`,
    documentation: {
      why: 'Logs, policies and limits go by the address of the client. With eBPF it is kept on most paths; what balances before Calico, or what leaves the pod network, replaces it.',
      how: 'The type, addresses and externalTrafficPolicy of the Service, where its endpoints are, bpfExternalServiceMode of each node, natOutgoing of the IP pools, and nodes that run without eBPF.',
      links: [calicoPage('Preserve the source address', 'operations/ebpf/enabling-ebpf#try-out-dsr-mode')],
    },
    rules: [
      clusterRule(
        'paths',
        {
          objects: ['services', 'endpointslices.discovery.k8s.io', 'pods', 'nodes', 'ippools'],
          probes: [],
          uses: ['felix.log', 'nat.dump'],
        },
        (cluster, nodes) => pathsOf(about, cluster, nodes),
      ),
    ],
  };
}

/** One way to a Service. */
interface Path {
  readonly name: string;
  /** `kept`, `lost`, and who does it. */
  readonly says: string;
  readonly evidence: readonly Evidence[];
}

/** What all paths are told of. */
interface Target {
  readonly cluster: KnownCluster;
  readonly nodes: readonly NodeDigest[];
  readonly facts: ServiceFacts;
  readonly object: KubernetesObject;
  readonly backends: Backends;
}

function pathsOf(about: Asked, cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const subject: Subject =
    about.kind === 'pod'
      ? { kind: 'pod', namespace: about.namespace, name: about.name }
      : serviceSubject(`${about.namespace}/${about.name}:`);
  return targetsOf(about, cluster).flatMap((facts) => {
    const { namespace, name } = facts;
    const object = findObject(cluster, 'services', name, namespace);
    if (object === undefined) return [];
    const asked: Target = { cluster, nodes, facts, object, backends: backendsOf(facts, cluster) };
    return [...fromPods(asked), ...fromHosts(asked), ...fromOutside(asked), ...byBalancers(asked)].map(
      (path): Draft => ({
        severity: 'information',
        subject,
        cause: `${namespace}/${name} ${path.name}`,
        title: `${path.name} to ${namespace}/${name}: ${path.says}.`,
        evidence: path.evidence,
        fix: advise('Nothing, unless the pods or their policies go by the address of the client.'),
      }),
    );
  });
}

function targetsOf({ kind, namespace, name }: Asked, cluster: KnownCluster): readonly ServiceFacts[] {
  const { services, endpoints, book } = cluster.surroundings;
  if (kind === 'service')
    return services.filter((each) => each.namespace === namespace && each.name === name);
  const pod = book.podsOn(undefined).find((each) => each.namespace === namespace && each.name === name);
  const own = new Set<string>(pod?.addresses ?? []);
  return services.filter(({ ports }) =>
    ports.some((port) => {
      const label = portLabel({ ...port, portName: port.name });
      const ready = endpoints.get(endpointsKey(label, port.protocol))?.ready ?? [];
      return [...ready].some((each) => own.has(each.split(' ')[0] ?? ''));
    }),
  );
}

interface Backends {
  /** The nodes of ready endpoints that are pods. */
  readonly nodes: readonly string[];
  /** Ready endpoints in no IP pool: hosts, and machines outside. */
  readonly foreign: readonly IpAddress[];
}

function backendsOf(facts: ServiceFacts, cluster: KnownCluster): Backends {
  const { endpoints, book } = cluster.surroundings;
  const ready = facts.ports.flatMap((port) => {
    const label = portLabel({ ...port, portName: port.name });
    return [...(endpoints.get(endpointsKey(label, port.protocol))?.ready ?? [])];
  });
  const addresses = [...new Set(ready.flatMap((each) => parseIp(each.split(' ')[0] ?? '') ?? []))];
  const pools = activePools(cluster).flatMap(
    (pool) => parseCidr(textField(pool, 'spec', 'cidr') ?? '') ?? [],
  );
  return {
    nodes: [
      ...new Set(addresses.flatMap((each) => book.podsAt(each).flatMap(({ node }) => node ?? []))),
    ].toSorted(),
    foreign: addresses.filter((each) => pools.length > 0 && !pools.some((pool) => cidrContains(pool, each))),
  };
}

function serviceEvidence({ cluster, object }: Target, value: string): Evidence {
  return objectEvidence(cluster, { resource: 'services', object, shows: 'The Service.', value });
}

/** Pods that ask the ClusterIP, on a node with a backend and on others. */
function fromPods(asked: Target): readonly Path[] {
  const { facts, backends, cluster } = asked;
  const own = facts.addresses.find(({ how }) => how === 'cluster IP');
  if (own === undefined) return [];
  const evidence = [serviceEvidence(asked, `clusterIP: ${own.address}`)];
  const pool = cluster.objects('ippools').find((each) => field(each, 'spec', 'natOutgoing') === true);
  const leaving =
    backends.foreign.length === 0 || pool === undefined
      ? []
      : [
          {
            name: 'From pods to endpoints outside of the IP pools',
            says: `the address is lost, since natOutgoing of ${pool.metadata.name} replaces it by that of the node on the way to ${listSome(backends.foreign, 'endpoints')}`,
            evidence: [
              objectEvidence(cluster, {
                resource: 'ippools',
                object: pool,
                shows: 'The IP pool.',
                value: 'natOutgoing: true',
              }),
              ...evidence,
            ],
          },
        ];
  const inside =
    backends.nodes.length === 0
      ? []
      : [
          {
            name: 'From pods on the node of the backend',
            says: 'the address is kept: only the destination is changed, when the pod connects or at its interface',
            evidence,
          },
          {
            name: 'From pods on other nodes',
            says: 'the address is kept: only the destination is changed, and a tunnel, where there is one, wraps the packet as it is',
            evidence,
          },
        ];
  return [...inside, ...byNodePort(asked), ...toItself(asked), ...leaving];
}

/** A pod that asks the port of a node: its own node finds the backend, whichever node was named. */
function byNodePort(asked: Target): readonly Path[] {
  const type = textField(asked.object, 'spec', 'type');
  if (type !== 'NodePort' && type !== 'LoadBalancer') return [];
  return [
    {
      name: 'From pods by a NodePort',
      says: 'the address is kept: the node of the pod that asks picks the backend and changes the destination alone',
      evidence: [serviceEvidence(asked, `type: ${type}`)],
    },
  ];
}

/**
 * A pod that is its own backend. What was not turned to it when it connected is masqueraded by its node: a packet from
 * itself it would not take (`CALI_CT_FLAG_SVC_SELF`, felix/bpf-gpl/conntrack.h).
 */
function toItself({ nodes, backends }: Target): readonly Path[] {
  const own = nodes.filter(({ name, ebpf }) => ebpf.state === 'on' && backends.nodes.includes(name));
  return [...Map.groupBy(own, ({ settings }) => balancingOf(settings))].map(([mode, of]) => ({
    name: `From a pod to itself on ${listNodes(of.map(({ name }) => name))}`,
    says: selfAddress[mode],
    evidence: [
      settingEvidence(of, {
        shows: 'Connect-time load balancing; without a word of it, TCP.',
        value: `bpfConnectTimeLoadBalancing: ${mode}`,
      }),
    ],
  }));
}

/** What a pod sees of itself, by what is balanced when it connects. */
const selfAddress = {
  Enabled: 'the address is kept: the destination is changed when the pod connects',
  TCP: 'by TCP the address is kept, as the destination is changed when the pod connects; by UDP it is lost, and the pod sees the address of its node',
  Disabled: 'the address is lost: the node masquerades the packet, and the pod sees the address of its node',
} as const;

/** By the new key or, where that says nothing, by the one of before v3.27. */
function balancingOf(settings: NodeDigest['settings']): keyof typeof selfAddress {
  const said = settings.get('bpfconnecttimeloadbalancing')?.toLowerCase();
  if (said === 'enabled') return 'Enabled';
  const isOff = settings.get('bpfconnecttimeloadbalancingenabled')?.toLowerCase() === 'false';
  return said === 'disabled' || (said === undefined && isOff) ? 'Disabled' : 'TCP';
}

const tunnelAddress = /projectcalico\.org\/IPv4(?:VXLAN|IPIP)TunnelAddr/;

/** Processes of hosts: they have several addresses, of which the kernel takes one by the route. */
function fromHosts(asked: Target): readonly Path[] {
  const { cluster, backends } = asked;
  if (backends.nodes.length === 0) return [];
  const object = cluster
    .objects('nodes')
    .find(({ metadata }) => Object.keys(metadata.annotations ?? {}).some((key) => tunnelAddress.test(key)));
  const [key, value] =
    Object.entries(object?.metadata.annotations ?? {}).find(([each]) => tunnelAddress.test(each)) ?? [];
  const isTunnelled = object !== undefined && key !== undefined && value !== undefined;
  return [
    {
      name: 'From processes of hosts',
      says: isTunnelled
        ? 'pods see an address of the host: that of its card or, where the way to another node is a tunnel, that of its tunnel device'
        : 'pods see the address of the host',
      evidence: isTunnelled
        ? [
            objectEvidence(cluster, {
              resource: 'nodes',
              object,
              shows: 'The tunnel address of a node.',
              value: `${key}: ${value}`,
            }),
          ]
        : [serviceEvidence(asked, `clusterIP: ${textField(asked.object, 'spec', 'clusterIP') ?? 'None'}`)],
    },
  ];
}

const modeKey = 'bpfexternalservicemode';

/** Clients outside that come by the address of a node, of an external IP or of a load balancer that passes packets on. */
function fromOutside(asked: Target): readonly Path[] {
  const { object, nodes, backends, facts } = asked;
  const type = textField(object, 'spec', 'type');
  const hasOwn = facts.addresses.some(({ how }) => how === 'external IP');
  if (type !== 'NodePort' && type !== 'LoadBalancer' && !hasOwn) return [];
  const policy = textField(object, 'spec', 'externalTrafficPolicy') ?? 'Cluster';
  const evidence = [serviceEvidence(asked, `type: ${type ?? ''}, externalTrafficPolicy: ${policy}`)];
  const local: Path = {
    name: 'From outside by a node with a pod of it',
    says: 'the address is kept: the programs of the card change the destination alone',
    evidence,
  };
  if (policy === 'Local')
    return [
      local,
      {
        name: 'From outside by another node',
        says: `there is no answer: externalTrafficPolicy Local keeps traffic on the node, and its pods run on ${backends.nodes.length === 0 ? 'none' : listNodes(backends.nodes)}`,
        evidence,
      },
      ...byKubeProxy(asked, policy),
    ];
  const hasOther = ({ name }: NodeDigest) => backends.nodes.some((each) => each !== name);
  const on = nodes.filter((node) => node.ebpf.state === 'on' && hasOther(node));
  const dsr = on.filter(({ settings }) => settings.get(modeKey)?.toLowerCase() === 'dsr');
  const tunnel = on.filter((node) => !dsr.includes(node));
  return [
    local,
    ...(tunnel.length === 0
      ? []
      : [
          {
            name: 'From outside by another node (Tunnel)',
            says: `the address is kept: ${listNodes(tunnel.map(({ name }) => name))} hand the packet on in a tunnel, and the answer comes back the same way`,
            evidence: [...evidence, modeEvidence(tunnel, 'Tunnel')],
          },
        ]),
    ...(dsr.length === 0
      ? []
      : [
          {
            name: 'From outside by another node (DSR)',
            says: `the address is kept: ${listNodes(dsr.map(({ name }) => name))} hand the packet on in a tunnel, and the node of the pod answers the client itself, with the address that was asked${spellOptOut(dsr)}`,
            evidence: [...evidence, modeEvidence(dsr, 'DSR')],
          },
        ]),
    ...byKubeProxy(asked, policy),
  ];
}

const optOutKey = 'bpfdsroptoutcidrs';

/** Whose answers go back through the tunnel all the same. */
function spellOptOut(nodes: readonly NodeDigest[]): string {
  const [cidrs] = nodes.flatMap(({ settings }) => settings.get(optOutKey) ?? []);
  return cidrs === undefined || cidrs === ''
    ? ''
    : `; clients in ${cidrs} (bpfDSROptoutCIDRs) are answered through the tunnel, and keep their addresses, too`;
}

function modeEvidence(nodes: readonly NodeDigest[], mode: string): Evidence {
  return settingEvidence(nodes, {
    shows: 'How nodes hand on what comes from outside; without a word of it, Tunnel.',
    value: `bpfExternalServiceMode: ${mode}`,
  });
}

function settingEvidence([first]: readonly NodeDigest[], said: Pick<Evidence, 'shows' | 'value'>): Evidence {
  return {
    ...said,
    at: { kind: 'probe', node: first?.name ?? '', probe: 'felix.log', line: undefined },
    time: undefined,
  };
}

/** Nodes without eBPF, where kube-proxy serves. */
function byKubeProxy(asked: Target, policy: string): readonly Path[] {
  const off = asked.nodes.filter(({ ebpf, agent }) => ebpf.state === 'off' && agent.kind !== 'windows');
  const [first] = off;
  if (first === undefined) return [];
  return [
    {
      name: 'From outside by a node without eBPF',
      says:
        policy === 'Local'
          ? `the address is kept by kube-proxy on ${listNodes(off.map(({ name }) => name))}, as externalTrafficPolicy is Local`
          : `the address is lost: kube-proxy on ${listNodes(off.map(({ name }) => name))} replaces it by that of the node`,
      evidence: [
        {
          shows: 'How it is known that eBPF is off.',
          value: first.ebpf.why,
          at: {
            kind: 'probe',
            node: first.name,
            probe: first.ebpf.asked.includes('felix.log') ? 'felix.log' : 'ifstate.dump',
            line: undefined,
          },
          time: undefined,
        },
      ],
    },
  ];
}

/** What stands between the client and the nodes. */
function byBalancers(asked: Target): readonly Path[] {
  const { facts, object } = asked;
  if (textField(object, 'spec', 'type') !== 'LoadBalancer') return [];
  const addresses = facts.addresses.filter(({ how }) => how === 'load-balancer IP' || how === viaProxy);
  const names = listField(object, 'status', 'loadBalancer', 'ingress').flatMap(
    (each) => textField(each, 'hostname') ?? [],
  );
  return [
    ...addresses.map(({ address, how }) => ({
      name: `By the load balancer ${address}`,
      says:
        how === viaProxy
          ? 'the address is lost: it is a proxy, and pods see its own unless it sends that of the client along (PROXY protocol, X-Forwarded-For)'
          : 'the address is kept as far as Calico is asked: the balancer passes packets on as they are (ipMode VIP), and nodes treat them as any from outside',
      evidence: [serviceEvidence(asked, `ip: ${address}, ipMode: ${how === viaProxy ? 'Proxy' : 'VIP'}`)],
    })),
    ...names.map((name) => ({
      name: `By the load balancer ${name}`,
      says: 'it is for the balancer to say: one that passes packets on keeps the address, and one that ends connections replaces it',
      evidence: [serviceEvidence(asked, `hostname: ${name}`)],
    })),
  ];
}
