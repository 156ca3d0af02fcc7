import { parseCidr } from '../net/address.ts';
import type { AddressBook } from './addressBook.ts';
import { podIdentity } from './identities.ts';
import type { Identity } from './names.ts';
import type { PodFacts } from './objects.ts';
import { workloadHash } from './workloadInterface.ts';

/** What the interfaces of a node are told by. */
export interface InterfaceNaming {
  /** The node from which one looks; `undefined` for no node in particular. */
  readonly node: string | undefined;
  /** The interfaces that ifstate lists. */
  readonly interfaces: readonly { readonly index: number; readonly name: string }[];
  /** The routes of the node: those to its workloads tell their interfaces, whichever CNI made them. */
  readonly routes?: readonly { readonly dest: string; readonly ifIndex: number | undefined }[];
  /** The prefixes of workload interfaces, as `FELIX_INTERFACEPREFIX` sets them. */
  readonly interfacePrefixes: readonly string[];
}

/** A pod behind an interface, and how that is known. */
interface Behind {
  readonly pod: PodFacts;
  readonly source: () => string;
}

/** Who is behind an interface, by its name. */
export function createInterfaceNames(
  book: AddressBook,
  naming: InterfaceNaming,
): (name: string) => readonly Identity[] {
  // Hashing the pods of a whole cluster takes its time: only when somebody asks.
  let pods: ReadonlyMap<string, Behind> | undefined;
  return (name) => {
    pods ??= indexPods(book, naming);
    const behind = pods.get(name);
    if (behind !== undefined) return [podIdentity(behind.pod, behind.source())];
    const device = describeDevice(name);
    if (device.length > 0) return [interfaceIdentity(name, naming.node, device, 'by its name')];
    const index = naming.interfaces.find((each) => each.name === name)?.index;
    if (index !== undefined)
      return [interfaceIdentity(name, naming.node, [`interface index ${index}`], 'ifstate dump')];
    return isShortened(name, naming) ? findByBeginning(name, pods) : [];
  };
}

/** Pods by the names of their interfaces: those of the node, or of all where no node is meant. */
function indexPods(book: AddressBook, naming: InterfaceNaming): ReadonlyMap<string, Behind> {
  const byInterface = new Map<string, Behind>();
  for (const pod of book.podsOn(naming.node)) {
    if (pod.isHostNetworked) continue;
    for (const prefix of naming.interfacePrefixes) {
      const name = `${prefix}${workloadHash(pod)}`;
      const source = () => `SHA-1 of “${pod.namespace}.${pod.name}” names the interface ${name}`;
      byInterface.set(name, { pod, source });
    }
  }
  const others = naming.interfaces.filter(({ name }) => !byInterface.has(name));
  for (const [name, behind] of podsByRoute(book, naming, others)) byInterface.set(name, behind);
  return byInterface;
}

/** The pods behind interfaces that are named otherwise, by the routes to them. */
function podsByRoute(
  book: AddressBook,
  { routes = [] }: InterfaceNaming,
  interfaces: InterfaceNaming['interfaces'],
): readonly (readonly [name: string, behind: Behind])[] {
  const nameByIndex = new Map(interfaces.map(({ index, name }) => [index, name]));
  return routes.flatMap(({ dest, ifIndex }) => {
    const name = ifIndex === undefined ? undefined : nameByIndex.get(ifIndex);
    if (name === undefined) return [];
    const address = /^(.*)\/(?:32|128)$/.exec(parseCidr(dest) ?? '')?.[1];
    const [pod] = address === undefined ? [] : book.podsAt(address);
    if (pod === undefined) return [];
    const source = () =>
      `routes dump: ${dest} is behind interface index ${ifIndex}, and ifstate calls that ${name}`;
    return [[name, { pod, source }] as const];
  });
}

/** How many characters of a name the BPF trace shows through v3.24. */
const shortLength = 8;

function isShortened(name: string, { interfacePrefixes }: InterfaceNaming): boolean {
  return name.length === shortLength && interfacePrefixes.some((prefix) => name.startsWith(prefix));
}

function findByBeginning(beginning: string, pods: ReadonlyMap<string, Behind>): readonly Identity[] {
  const found = [...pods].filter(([name]) => name.startsWith(beginning));
  const source =
    found.length === 1
      ? `the only interface known here that begins with ${beginning}`
      : `one of ${found.length} interfaces that begin with ${beginning}`;
  return found.map(([name, { pod }]) => podIdentity(pod, `${name}: ${source}`));
}

const deviceKinds: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^vxlan(?:-v6)?\.calico$/, 'VXLAN tunnel'],
  [/^tunl0$/, 'IPIP tunnel'],
  [/^(?:wireguard\.cali|wg-v6\.cali)$/, 'WireGuard tunnel'],
  [/^bpf(?:in|out)\.cali$/, 'Calico’s veth pair for NAT of the node’s own traffic'],
  [/^lo$/, 'loopback'],
  [/^kube-ipvs0$/, 'left by kube-proxy in IPVS mode'],
];

/** What a device is by its name; empty for what is none of Calico's or the host's own. */
export function describeDevice(name: string): readonly string[] {
  const what = deviceKinds.find(([pattern]) => pattern.test(name))?.[1];
  return what === undefined ? [] : [what];
}

export function interfaceIdentity(
  name: string,
  node: string | undefined,
  details: readonly string[],
  source: string,
): Identity {
  return { kind: 'interface', label: name, namespace: undefined, name, node, details, source };
}
