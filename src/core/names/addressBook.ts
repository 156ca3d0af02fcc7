import { parseCidr, parseIp } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import { PrefixMap } from '../net/prefix.ts';
import { protocolName } from '../net/protocol.ts';
import { listField, textField } from '../objects/object.ts';
import type { Identity } from './names.ts';
import {
  readBackends,
  readNodeAddresses,
  readPod,
  readService,
  type NamingObjects,
  type PodFacts,
  type ServiceBackend,
  type ServiceFacts,
  type ServicePort,
} from './objects.ts';
import { podIdentity, serviceIdentity, wellKnown } from './identities.ts';

/** Who has which address, by Kubernetes objects: the same on every node, so it is built once. */
export interface AddressBook {
  readonly pods: readonly PodFacts[];
  find(
    ip: string,
    endpoint: { readonly port: number; readonly protocol: number | undefined } | undefined,
  ): readonly Identity[];
  findCidr(cidr: string): readonly Identity[];
  /** The service port that is reached at an address. */
  findServicePort(endpoint: Endpoint, protocol: number): ServicePort | undefined;
}

const anyNode = 'any node';
/** The addresses that stand for every node's in the NAT map of a NodePort. */
const wildcards: ReadonlySet<string> = new Set([
  '255.255.255.255',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
]);

export function createAddressBook(objects: NamingObjects): AddressBook {
  return new ObjectsAddressBook(objects);
}

type AddressPort = { readonly port: number; readonly protocol: number | undefined } | undefined;

class ObjectsAddressBook implements AddressBook {
  readonly pods: readonly PodFacts[];
  readonly #byAddress = new Map<string, Identity[]>();
  readonly #ports: ReadonlyMap<string, ServicePort>;
  readonly #backends: ReadonlyMap<string, readonly ServiceBackend[]>;
  readonly #ranges: Ranges;

  constructor(objects: NamingObjects) {
    this.pods = objects.pods.map(readPod);
    for (const pod of this.pods) {
      // A host-networked pod has its node's address: the node is the better name.
      if (!pod.isHostNetworked) for (const address of pod.addresses) this.#add(address, podIdentity(pod));
    }
    const nodeAddresses = objects.nodes.flatMap(readNodeAddresses);
    for (const { node, address, how, source } of nodeAddresses) {
      this.#add(address, {
        kind: 'node',
        label: node,
        namespace: undefined,
        name: node,
        node,
        details: [how],
        source,
      });
    }
    const services = objects.services.map(readService);
    for (const service of services) {
      for (const { address, how } of service.addresses) this.#add(address, serviceIdentity(service, how));
    }
    this.#ports = indexPorts(
      services,
      nodeAddresses.map(({ address }) => address),
    );
    const backends = objects.endpointSlices.flatMap(readBackends);
    this.#backends = Map.groupBy(backends, ({ address, port, protocol }) => portKey(address, port, protocol));
    this.#ranges = indexRanges(objects);
  }

  find(text: string, endpoint: AddressPort): readonly Identity[] {
    const ip = parseIp(text);
    if (ip === undefined) return [];
    const backends = endpoint && this.#backends.get(portKey(ip, endpoint.port, endpoint.protocol ?? 6));
    const found = (this.#byAddress.get(ip) ?? []).map((identity) => withPort(identity, backends));
    const port =
      endpoint?.protocol === undefined
        ? undefined
        : this.findServicePort({ address: ip, port: endpoint.port }, endpoint.protocol);
    const all =
      port === undefined
        ? found
        : [portIdentity(port, ip), ...found.filter(({ kind }) => kind !== 'service')];
    if (all.length > 0) return all;
    const other = wellKnown(ip) ?? this.#ranges.find(ip);
    return other === undefined ? [] : [other];
  }

  findCidr(text: string): readonly Identity[] {
    const cidr = parseCidr(text);
    if (cidr === undefined) return [];
    const [address = '', length] = cidr.split('/');
    const isHost = length === (address.includes(':') ? '128' : '32');
    return isHost ? this.find(address, undefined) : (this.#ranges.exact.get(cidr) ?? []);
  }

  findServicePort({ address, port }: Endpoint, protocol: number): ServicePort | undefined {
    const own = this.#ports.get(portKey(address, port, protocol));
    return own ?? (wildcards.has(address) ? this.#ports.get(portKey(anyNode, port, protocol)) : undefined);
  }

  #add(address: string, identity: Identity): void {
    const ip = parseIp(address);
    if (ip === undefined) return;
    const known = this.#byAddress.get(ip);
    if (known === undefined) this.#byAddress.set(ip, [identity]);
    else if (!known.some(({ kind, label }) => kind === identity.kind && label === identity.label))
      known.push(identity);
  }
}

function indexPorts(
  services: readonly ServiceFacts[],
  nodeAddresses: readonly string[],
): ReadonlyMap<string, ServicePort> {
  const ports = new Map<string, ServicePort>();
  for (const service of services) {
    for (const port of service.ports) {
      for (const { address } of service.addresses)
        ports.set(portKey(parseIp(address) ?? address, port.port, port.protocol), port);
      if (port.nodePort === undefined) continue;
      for (const address of [anyNode, ...nodeAddresses])
        ports.set(portKey(address, port.nodePort, port.protocol), port);
    }
  }
  return ports;
}

function portKey(address: string, port: number, protocol: number): string {
  return `${address} ${port} ${protocol}`;
}

/** The identity of an address with what its port says of it. */
function withPort(identity: Identity, backends: readonly ServiceBackend[] | undefined): Identity {
  if (backends === undefined || identity.kind === 'service') return identity;
  const details = backends.map(
    ({ namespace, service, portName, isReady }) =>
      `${isReady ? 'ready' : 'not ready'} backend of service ${namespace}/${service}${portName === '' ? '' : `:${portName}`}`,
  );
  return { ...identity, details: [...identity.details, ...new Set(details)] };
}

function portIdentity(port: ServicePort, ip: string): Identity {
  const { namespace, service, name } = port;
  const target = `port ${port.port}/${protocolName(port.protocol)} → ${port.targetPort}`;
  return {
    kind: 'service',
    label: `${namespace}/${service}${name === '' ? '' : `:${name}`}`,
    namespace,
    name: service,
    node: undefined,
    details: port.nodePort === undefined ? [target] : [target, `NodePort ${port.nodePort}`],
    source: wildcards.has(ip)
      ? `Service ${namespace}/${service} spec.ports.nodePort, for any node`
      : `Service ${namespace}/${service}`,
  };
}

interface Ranges {
  readonly exact: ReadonlyMap<string, readonly Identity[]>;
  find(ip: string): Identity | undefined;
}

/** Blocks of nodes, pod CIDRs and IP pools, by the most specific prefix. */
function indexRanges({ nodes, ipPools, blockAffinities }: NamingObjects): Ranges {
  const prefixes = new PrefixMap<Identity>();
  const exact = new Map<string, Identity[]>();
  const add = (text: string | undefined, identity: Omit<Identity, 'namespace' | 'details'>): void => {
    const cidr = text === undefined ? undefined : parseCidr(text);
    if (cidr === undefined) return;
    const whole: Identity = { ...identity, namespace: undefined, details: [cidr] };
    prefixes.set(cidr, whole);
    exact.set(cidr, [...(exact.get(cidr) ?? []), whole]);
  };
  for (const pool of ipPools) {
    const { name } = pool.metadata;
    add(textField(pool, 'spec', 'cidr'), {
      kind: 'pool',
      label: `IP pool ${name}`,
      name,
      node: undefined,
      source: `IPPool ${name}`,
    });
  }
  for (const node of nodes) {
    const { name } = node.metadata;
    for (const cidr of listField(node, 'spec', 'podCIDRs')) {
      if (typeof cidr !== 'string') continue;
      add(cidr, {
        kind: 'node-block',
        label: `pods of ${name}`,
        name,
        node: name,
        source: `Node ${name} spec.podCIDRs`,
      });
    }
  }
  for (const affinity of blockAffinities) {
    const node = textField(affinity, 'spec', 'node');
    if (node === undefined) continue;
    const source = `BlockAffinity ${affinity.metadata.name}`;
    add(textField(affinity, 'spec', 'cidr'), {
      kind: 'node-block',
      label: `pods of ${node}`,
      name: node,
      node,
      source,
    });
  }
  return {
    exact,
    find(text) {
      const ip = parseIp(text);
      return ip === undefined ? undefined : prefixes.find(ip);
    },
  };
}
