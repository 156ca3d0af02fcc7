import { field, listField, numberField, textField, type KubernetesObject } from '../objects/object.ts';
import { parseProtocol } from '../net/protocol.ts';

/** The Kubernetes objects that names come from; what is not known is empty. */
export interface NamingObjects {
  readonly nodes: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
  readonly endpointSlices: readonly KubernetesObject[];
  readonly ipPools: readonly KubernetesObject[];
  readonly blockAffinities: readonly KubernetesObject[];
  /** Calico's IPAM blocks: who was given an address. */
  readonly ipamBlocks?: readonly KubernetesObject[];
  /** Policies of Kubernetes and of Calico, in one list: what IP sets are for. */
  readonly policies?: readonly KubernetesObject[];
}

/** A cluster without objects. */
export const noObjects: NamingObjects = {
  nodes: [],
  pods: [],
  services: [],
  endpointSlices: [],
  ipPools: [],
  blockAffinities: [],
};

/** A pod with an address of its own. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly addresses: readonly string[];
  readonly phase: string | undefined;
  readonly isHostNetworked: boolean;
}

export function readPod(pod: KubernetesObject): PodFacts {
  const ips = listField(pod, 'status', 'podIPs').flatMap((each) => textField(each, 'ip') ?? []);
  const ip = textField(pod, 'status', 'podIP');
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node: textField(pod, 'spec', 'nodeName'),
    addresses: ips.length === 0 && ip !== undefined ? [ip] : ips,
    phase: textField(pod, 'status', 'phase'),
    isHostNetworked: field(pod, 'spec', 'hostNetwork') === true,
  };
}

export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  /** Empty for the only port of a service that does not name it. */
  readonly name: string;
  readonly port: number;
  readonly protocol: number;
  readonly nodePort: number | undefined;
  readonly targetPort: string;
}

/** Where a service is reached, and by which kind of address. */
/** An address of a load balancer that sends what it takes to NodePorts: nodes are not to answer at it. */
export const viaProxy = 'load-balancer IP of a proxy';

export interface ServiceAddress {
  readonly address: string;
  readonly how: string;
}

export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly addresses: readonly ServiceAddress[];
  readonly ports: readonly ServicePort[];
}

export function readService(service: KubernetesObject): ServiceFacts {
  const namespace = service.metadata.namespace ?? '';
  const { name } = service.metadata;
  const type = textField(service, 'spec', 'type') ?? 'ClusterIP';
  const ports = listField(service, 'spec', 'ports').flatMap((port) => {
    const number = numberField(port, 'port');
    if (number === undefined) return [];
    const target = field(port, 'targetPort');
    return {
      namespace,
      service: name,
      name: textField(port, 'name') ?? '',
      port: number,
      protocol: parseProtocol(textField(port, 'protocol') ?? 'TCP') ?? 6,
      nodePort: numberField(port, 'nodePort'),
      targetPort: typeof target === 'string' || typeof target === 'number' ? String(target) : String(number),
    };
  });
  return { namespace, name, type, addresses: serviceAddresses(service), ports };
}

function serviceAddresses(service: KubernetesObject): readonly ServiceAddress[] {
  const texts = (...path: readonly string[]) =>
    listField(service, ...path).filter((ip) => typeof ip === 'string');
  const clusterIps = new Set([
    ...texts('spec', 'clusterIPs'),
    textField(service, 'spec', 'clusterIP') ?? 'None',
  ]);
  const ingress = listField(service, 'status', 'loadBalancer', 'ingress').flatMap((each) => {
    const address = textField(each, 'ip');
    if (address === undefined) return [];
    return { address, how: textField(each, 'ipMode') === 'Proxy' ? viaProxy : 'load-balancer IP' };
  });
  return [
    ...[...clusterIps]
      .filter((ip) => ip !== 'None' && ip !== '')
      .map((address) => ({ address, how: 'cluster IP' })),
    ...texts('spec', 'externalIPs').map((address) => ({ address, how: 'external IP' })),
    ...ingress,
  ];
}

/** One address and port behind a service. */
export interface ServiceBackend {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: number;
  readonly isReady: boolean;
}

export function readBackends(slice: KubernetesObject): readonly ServiceBackend[] {
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  if (service === undefined) return [];
  const namespace = slice.metadata.namespace ?? '';
  return listField(slice, 'ports').flatMap((port) => {
    const number = numberField(port, 'port');
    if (number === undefined) return [];
    const portName = textField(port, 'name') ?? '';
    const protocol = parseProtocol(textField(port, 'protocol') ?? 'TCP') ?? 6;
    return listField(slice, 'endpoints').flatMap((endpoint) => {
      const isReady = field(endpoint, 'conditions', 'ready') !== false;
      return listField(endpoint, 'addresses')
        .filter((address) => typeof address === 'string')
        .map((address) => ({ namespace, service, portName, address, port: number, protocol, isReady }));
    });
  });
}

/** An address of a node, and where it is written. */
export interface NodeAddress {
  readonly node: string;
  readonly address: string;
  readonly how: string;
  readonly source: string;
}

const tunnelAnnotations: readonly (readonly [annotation: string, how: string])[] = [
  ['projectcalico.org/IPv4VXLANTunnelAddr', 'VXLAN tunnel address'],
  ['projectcalico.org/IPv6VXLANTunnelAddr', 'VXLAN tunnel address'],
  ['projectcalico.org/IPv4IPIPTunnelAddr', 'IPIP tunnel address'],
  ['projectcalico.org/IPv4WireguardInterfaceAddr', 'WireGuard address'],
  ['projectcalico.org/IPv6WireguardInterfaceAddr', 'WireGuard address'],
  ['projectcalico.org/IPv4Address', 'address'],
  ['projectcalico.org/IPv6Address', 'address'],
];

export function readNodeAddresses(node: KubernetesObject): readonly NodeAddress[] {
  const { name, annotations = {} } = node.metadata;
  const own = listField(node, 'status', 'addresses').flatMap((entry) => {
    const address = textField(entry, 'address');
    const type = textField(entry, 'type') ?? 'address';
    return address === undefined
      ? []
      : [{ node: name, address, how: type, source: `Node ${name} status.addresses` }];
  });
  const annotated = tunnelAnnotations.flatMap(([annotation, how]) => {
    const address = annotations[annotation]?.split('/')[0];
    return address === undefined
      ? []
      : [{ node: name, address, how, source: `Node ${name} annotation ${annotation}` }];
  });
  return [...own, ...annotated];
}
