import { parseCidr, parseIp, type IpAddress } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { KubernetesObject } from '../objects/object.ts';
import {
  backendIdentity,
  nodeIdentity,
  podIdentity,
  portIdentity,
  portLabel,
  serviceIdentity,
  wellKnown,
} from './identities.ts';
import { readAllocations } from './ipamBlocks.ts';
import { findIpSetUses, type IpSetUse } from './ipSetUses.ts';
import type { Identity } from './names.ts';
import {
  readBackends,
  readNodeAddresses,
  readPod,
  readService,
  type NamingObjects,
  type NodeAddress,
  type PodFacts,
  type ServiceBackend,
  type ServiceFacts,
  type ServicePort,
} from './objects.ts';
import { indexRanges, type Ranges } from './ranges.ts';
import { endpointKey, indexServicePorts, type FindServicePort } from './servicePorts.ts';

/** Who has which address, by Kubernetes objects: the same on every node, so it is built once. */
export interface AddressBook {
  /** The pods of a node, with those of which it is not known where they run; all pods where no node is meant. */
  podsOn(node: string | undefined): readonly PodFacts[];
  /** The pods that have an address; a host-networked pod has none of its own. */
  podsAt(ip: string): readonly PodFacts[];
  find(ip: string, port: AddressPort | undefined): readonly Identity[];
  findCidr(cidr: string): readonly Identity[];
  /** The service port that is reached at an address. */
  findServicePort(endpoint: Endpoint, protocol: number): ServicePort | undefined;
  /** What the policies want an IP set for, by its number without leading zeros. */
  findIpSetUse(number: string): IpSetUse | undefined;
}

/** The port that stands beside an address; its protocol is not always told. */
export interface AddressPort {
  readonly port: number;
  readonly protocol: number | undefined;
}

export function createAddressBook(objects: NamingObjects): AddressBook {
  return new ObjectsAddressBook(objects);
}

/** Who has an address; the identity to show is made of it when somebody asks. */
type Owner =
  | { readonly kind: 'pod'; readonly pod: PodFacts }
  | { readonly kind: 'node'; readonly address: NodeAddress }
  | { readonly kind: 'service'; readonly service: ServiceFacts; readonly how: string };

class ObjectsAddressBook implements AddressBook {
  readonly findServicePort: FindServicePort;
  readonly #pods: readonly PodFacts[];
  readonly #podsByNode: ReadonlyMap<string | undefined, readonly PodFacts[]>;
  readonly #owners = new Map<string, Owner[]>();
  readonly #backends: ReadonlyMap<string, readonly ServiceBackend[]>;
  readonly #ranges: Ranges;
  readonly #allocations: ReadonlyMap<string, Identity>;
  readonly #policies: readonly KubernetesObject[];
  #ipSetUses: ReadonlyMap<string, IpSetUse> | undefined;

  constructor(objects: NamingObjects) {
    this.#pods = objects.pods.map(readPod);
    this.#podsByNode = Map.groupBy(this.#pods, ({ node }) => node);
    for (const pod of this.#pods) {
      // A host-networked pod has its node's address: the node is the better name.
      if (!pod.isHostNetworked) for (const address of pod.addresses) this.#add(address, { kind: 'pod', pod });
    }
    for (const address of objects.nodes.flatMap(readNodeAddresses))
      this.#add(address.address, { kind: 'node', address });
    const services = objects.services.map(readService);
    for (const service of services) {
      for (const { address, how } of service.addresses) this.#add(address, { kind: 'service', service, how });
    }
    this.findServicePort = indexServicePorts(
      services,
      (address) => this.#owners.get(address)?.some(({ kind }) => kind === 'node') ?? false,
    );
    this.#backends = Map.groupBy(
      objects.endpointSlices.flatMap(readBackends),
      ({ address, port, protocol }) => endpointKey(parseIp(address) ?? address, port, protocol),
    );
    this.#ranges = indexRanges(objects);
    this.#allocations = new Map(
      objects.ipamBlocks?.flatMap(readAllocations).map(({ address, identity }) => [address, identity]),
    );
    this.#policies = objects.policies ?? [];
  }

  podsOn(node: string | undefined): readonly PodFacts[] {
    if (node === undefined) return this.#pods;
    return [...(this.#podsByNode.get(undefined) ?? []), ...(this.#podsByNode.get(node) ?? [])];
  }

  podsAt(text: string): readonly PodFacts[] {
    const ip = parseIp(text);
    const owners = ip === undefined ? [] : (this.#owners.get(ip) ?? []);
    return owners.flatMap((owner) => (owner.kind === 'pod' ? owner.pod : []));
  }

  find(text: string, port: AddressPort | undefined): readonly Identity[] {
    const ip = parseIp(text);
    if (ip === undefined) return [];
    const found = port === undefined ? this.#ownersOf(ip) : this.#atPort(ip, port);
    if (found.length > 0) return found;
    const other = wellKnown(ip) ?? this.#allocations.get(ip) ?? this.#ranges.find(ip);
    return other === undefined ? [] : [other];
  }

  findCidr(text: string): readonly Identity[] {
    const cidr = parseCidr(text);
    if (cidr === undefined) return [];
    const [address = '', length] = cidr.split('/');
    const isHost = length === (address.includes(':') ? '128' : '32');
    return isHost ? this.find(address, undefined) : (this.#ranges.exact.get(cidr) ?? []);
  }

  findIpSetUse(number: string): IpSetUse | undefined {
    this.#ipSetUses ??= findIpSetUses(this.#policies);
    return this.#ipSetUses.get(number);
  }

  #ownersOf(ip: IpAddress): readonly Identity[] {
    return (this.#owners.get(ip) ?? []).map(toIdentity);
  }

  #atPort(ip: IpAddress, { port, protocol }: AddressPort): readonly Identity[] {
    const backends = this.#backends.get(endpointKey(ip, port, protocol ?? tcp)) ?? [];
    const owners = this.#ownersOf(ip);
    const found =
      owners.length === 0
        ? backends.map(backendIdentity)
        : owners.map((identity) => withBackends(identity, backends));
    const service =
      protocol === undefined ? undefined : this.findServicePort({ address: ip, port }, protocol);
    if (service === undefined) return found;
    return [portIdentity(service, ip), ...found.filter(({ kind }) => kind !== 'service')];
  }

  #add(address: string, owner: Owner): void {
    const ip = parseIp(address);
    if (ip === undefined) return;
    const known = this.#owners.get(ip);
    if (known === undefined) this.#owners.set(ip, [owner]);
    else if (!known.some((each) => isSame(each, owner))) known.push(owner);
  }
}

const tcp = 6;

/** Whether two owners would be shown as one: a node lists its address in several places. */
function isSame(a: Owner, b: Owner): boolean {
  const one = toIdentity(a);
  const other = toIdentity(b);
  return one.kind === other.kind && one.label === other.label;
}

function toIdentity(owner: Owner): Identity {
  switch (owner.kind) {
    case 'pod':
      return podIdentity(owner.pod);
    case 'node':
      return nodeIdentity(owner.address);
    case 'service':
      return serviceIdentity(owner.service, owner.how);
  }
}

/** The identity of an address with the services that its port serves. */
function withBackends(identity: Identity, backends: readonly ServiceBackend[]): Identity {
  if (backends.length === 0 || identity.kind === 'service') return identity;
  const details = backends.map(
    (backend) => `${backend.isReady ? 'ready' : 'not ready'} backend of service ${portLabel(backend)}`,
  );
  return { ...identity, details: [...identity.details, ...new Set(details)] };
}
