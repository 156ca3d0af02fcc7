import type { NatFrontend } from '../dump/natLine.ts';
import type { AddressBook } from './addressBook.ts';
import {
  createInterfaceNames,
  describeDevice,
  interfaceIdentity,
  type InterfaceNaming,
} from './interfaces.ts';
import { createIpSetNames, type IpSetNaming } from './ipSetNames.ts';
import type { Identity, Names } from './names.ts';

/** What a node itself says, which its indices and ids are read with. All of it may be missing. */
export interface NodeNaming extends InterfaceNaming, IpSetNaming {
  readonly frontends: readonly Pick<NatFrontend, 'id' | 'address' | 'port' | 'protocol'>[];
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
  const interfaceName = createInterfaceNames(book, naming);
  const nameByIndex = new Map(naming.interfaces.map(({ index, name }) => [index, name]));
  const servicesById = indexServices(book, naming.frontends);
  return {
    address: (ip, endpoint) => book.find(ip, endpoint),
    cidr: (cidr) => book.findCidr(cidr),
    interfaceName,
    interfaceIndex(index) {
      const name = nameByIndex.get(index);
      if (name === undefined) return [];
      const source = `ifstate dump: interface index ${index} is ${name}`;
      const behind = interfaceName(name).filter(({ kind }) => kind !== 'interface');
      return [interfaceIdentity(name, naming.node, describeDevice(name), source), ...behind];
    },
    serviceId: (id) => servicesById.get(id) ?? [],
    ipSet: createIpSetNames(book, naming),
  };
}

/** The services behind the node's service ids; frontends of one service share an id. */
function indexServices(
  book: AddressBook,
  frontends: NodeNaming['frontends'],
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
