import { parseCidr, parseIp, type IpAddress } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { KubernetesObject } from '../objects/object.ts';
import { finish, inSteps, type Steps } from '../steps.ts';
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
  return finish(buildAddressBook(objects));
}

/** The same in steps: the objects of a large cluster take a second. */
export function* buildAddressBook(objects: NamingObjects): Steps<AddressBook> {
  const pods: PodFacts[] = [];
  yield* inSteps(objects.pods, (pod) => pods.push(readPod(pod)));
  const owners = new Owners();
  // A host-networked pod has its node's address: the node is the better name.
  yield* inSteps(pods, (pod) => {
    if (!pod.isHostNetworked) for (const address of pod.addresses) owners.add(address, { kind: 'pod', pod });
  });
  yield* inSteps(objects.nodes.flatMap(readNodeAddresses), (address) =>
    owners.add(address.address, { kind: 'node', address }),
  );
  const services: ServiceFacts[] = [];
  yield* inSteps(objects.services, (each) => {
    const service = readService(each);
    services.push(service);
    for (const { address, how } of service.addresses) owners.add(address, { kind: 'service', service, how });
  });
  const backends = new Map<string, ServiceBackend[]>();
  yield* inSteps(objects.endpointSlices, (slice) => {
    for (const backend of readBackends(slice)) addBackend(backends, backend);
  });
  yield;
  return new ObjectsAddressBook(objects, { pods, owners, services, backends });
}

function addBackend(backends: Map<string, ServiceBackend[]>, backend: ServiceBackend): void {
  const { address, port, protocol } = backend;
  const key = endpointKey(parseIp(address) ?? address, port, protocol);
  const known = backends.get(key);
  if (known === undefined) backends.set(key, [backend]);
  else known.push(backend);
}

interface Parts {
  readonly pods: readonly PodFacts[];
  readonly owners: Owners;
  readonly services: readonly ServiceFacts[];
  readonly backends: ReadonlyMap<string, readonly ServiceBackend[]>;
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
  readonly #owners: Owners;
  readonly #backends: ReadonlyMap<string, readonly ServiceBackend[]>;
  readonly #ranges: Ranges;
  readonly #allocations: ReadonlyMap<string, Identity>;
  readonly #policies: readonly KubernetesObject[];
  #ipSetUses: ReadonlyMap<string, IpSetUse> | undefined;

  constructor(objects: NamingObjects, { pods, owners, services, backends }: Parts) {
    this.#pods = pods;
    this.#podsByNode = Map.groupBy(pods, ({ node }) => node);
    this.#owners = owners;
    this.findServicePort = indexServicePorts(services, (address) =>
      owners.at(address).some(({ kind }) => kind === 'node'),
    );
    this.#backends = backends;
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
    const owners = ip === undefined ? [] : this.#owners.at(ip);
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
    return this.#owners.at(ip).map(toIdentity);
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
}

/** The owners of each address. */
class Owners {
  readonly #owners = new Map<string, Owner[]>();

  at(ip: string): readonly Owner[] {
    return this.#owners.get(ip) ?? [];
  }

  add(address: string, owner: Owner): void {
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
