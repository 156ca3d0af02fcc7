import type { NatFrontend } from '../dump/nat.ts';
import type { IpSet } from '../dump/ipsets.ts';
import type { AddressBook } from './addressBook.ts';
import { podIdentity } from './identities.ts';
import type { Identity, Names } from './names.ts';
import type { PodFacts } from './objects.ts';
import { workloadInterface } from './workloadInterface.ts';

/** What a node itself says, which its indices and ids are read with. All of it may be missing. */
export interface NodeNaming {
  /** The node from which one looks; `undefined` for no node in particular. */
  readonly node: string | undefined;
  readonly interfaces: readonly { readonly index: number; readonly name: string }[];
  readonly frontends: readonly NatFrontend[];
  readonly ipSets: readonly IpSet[];
  /** The strings behind IP-set numbers, from Felix's log. */
  readonly ipSetNames: ReadonlyMap<string, string>;
  /** The prefixes of workload interfaces, as `FELIX_INTERFACEPREFIX` sets them. */
  readonly interfacePrefixes: readonly string[];
}

export const noNodeNaming: NodeNaming = {
  node: undefined,
  interfaces: [],
  frontends: [],
  ipSets: [],
  ipSetNames: new Map(),
  interfacePrefixes: ['cali'],
};

export function createNames(book: AddressBook, naming: NodeNaming): Names {
  const podByInterface = lazily(() => indexPods(book, naming));
  const nameByIndex = new Map(naming.interfaces.map(({ index, name }) => [index, name]));
  const servicesById = indexServices(book, naming.frontends);
  const setByNumber = new Map(naming.ipSets.map((set) => [normalised(set.number), set]));

  const interfaceName = (name: string): readonly Identity[] => {
    const pod = podByInterface().get(name);
    if (pod !== undefined)
      return [podIdentity(pod, `SHA-1 of “${pod.namespace}.${pod.name}” names the interface ${name}`)];
    const what = deviceKinds.find(([pattern]) => pattern.test(name))?.[1];
    return what === undefined ? [] : [interfaceIdentity(name, naming.node, [what], 'by its name')];
  };

  return {
    address: (ip, endpoint) => book.find(ip, endpoint),
    cidr: (cidr) => book.findCidr(cidr),
    interfaceName,
    interfaceIndex(index) {
      const name = nameByIndex.get(index);
      if (name === undefined) return [];
      const source = `ifstate dump: interface index ${index} is ${name}`;
      return [interfaceIdentity(name, naming.node, [], source), ...interfaceName(name)];
    },
    serviceId: (id) => servicesById.get(id) ?? [],
    ipSet(number) {
      const set = setByNumber.get(normalised(number));
      const name = naming.ipSetNames.get(normalised(number));
      if (set === undefined && name === undefined) return [];
      return [ipSetIdentity(number, set, name)];
    },
  };
}

/** Makes a value when it is first asked for. */
function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The pods by their interfaces: those of the node, or of all where no node is meant. */
function indexPods(
  book: AddressBook,
  { node, interfacePrefixes }: NodeNaming,
): ReadonlyMap<string, PodFacts> {
  const byInterface = new Map<string, PodFacts>();
  for (const pod of book.podsOn(node)) {
    if (pod.isHostNetworked) continue;
    for (const prefix of interfacePrefixes)
      byInterface.set(workloadInterface(pod.namespace, pod.name, prefix), pod);
  }
  return byInterface;
}

/** The services behind the node's service ids; frontends of one service share an id. */
function indexServices(
  book: AddressBook,
  frontends: readonly NatFrontend[],
): ReadonlyMap<number, readonly Identity[]> {
  const byId = new Map<number, Identity[]>();
  for (const { id, address, port, protocol } of frontends) {
    const known = byId.get(id) ?? [];
    for (const identity of book.find(address, { port, protocol })) {
      if (identity.kind !== 'service' || known.some(({ label }) => label === identity.label)) continue;
      known.push({
        ...identity,
        source: `nat dump: service id ${id} has the frontend ${address} port ${port}`,
      });
    }
    byId.set(id, known);
  }
  return byId;
}

const deviceKinds: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^vxlan(?:-v6)?\.calico$/, 'VXLAN tunnel'],
  [/^tunl0$/, 'IPIP tunnel'],
  [/^(?:wireguard\.cali|wg-v6\.cali)$/, 'WireGuard tunnel'],
  [/^bpf(?:in|out)\.cali$/, 'Calico’s veth pair for NAT of the node’s own traffic'],
  [/^lo$/, 'loopback'],
  [/^kube-ipvs0$/, 'left by kube-proxy in IPVS mode'],
];

function interfaceIdentity(
  name: string,
  node: string | undefined,
  details: readonly string[],
  source: string,
): Identity {
  return { kind: 'interface', label: name, namespace: undefined, name, node, details, source };
}

function ipSetIdentity(number: string, set: IpSet | undefined, name: string | undefined): Identity {
  const members = set?.members.length ?? 0;
  const size =
    set === undefined
      ? 'empty: an empty set is not in the map'
      : members === 1
        ? '1 member'
        : `${members} members`;
  return {
    kind: 'ip-set',
    label: name ?? number,
    namespace: undefined,
    name: number,
    node: undefined,
    details: [size, ...(set?.members.slice(0, maxMembers).map(memberText) ?? [])],
    source:
      name === undefined ? 'ipsets dump' : `Felix’s log: “IP set added”, ${name} has the number ${number}`,
  };
}

const maxMembers = 10;

function memberText(member: IpSet['members'][number]): string {
  return member.kind === 'cidr'
    ? member.cidr
    : `${member.endpoint.address}:${member.endpoint.port}, protocol ${member.protocol}`;
}

function normalised(number: string): string {
  return number.toLowerCase().replace(/^0x0*/, '0x');
}
