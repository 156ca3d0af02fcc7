import { parseIp, type IpAddress } from '../net/address.ts';
import { buildAddressBook, type AddressBook } from '../names/addressBook.ts';
import { readService, type NamingObjects, type ServiceFacts } from '../names/objects.ts';
import { portLabel } from '../names/identities.ts';
import { inSteps, type Steps } from '../steps.ts';
import { indexEndpoints, type ServiceEndpoints } from './endpoints.ts';

/** What the objects of a cluster say about the addresses in its dumps. */
export interface Surroundings {
  readonly book: AddressBook;
  readonly services: readonly ServiceFacts[];
  readonly endpoints: ReadonlyMap<string, ServiceEndpoints>;
  /** The service port that is reached at an address, as `shop/cart:http`. */
  readonly findService: (address: IpAddress, port: number, protocol: number) => string | undefined;
  /** What an address is. */
  readonly kindOf: (address: IpAddress) => AddressKind;
}

/**
 * `gone`: it lies in an IP pool or in the pod CIDR of a node, and nobody has it. `outside`: in no range that is
 * known.
 */
export type AddressKind = 'pod' | 'node' | 'service' | 'gone' | 'outside';

/** Made once for all dumps of a cluster. */
export function* buildSurroundings(objects: NamingObjects, known?: AddressBook): Steps<Surroundings> {
  const book = known ?? (yield* buildAddressBook(objects));
  yield;
  const services: ServiceFacts[] = [];
  yield* inSteps(objects.services.filter(isProxied), (service) => services.push(readService(service)));
  return {
    book,
    services,
    endpoints: yield* indexEndpoints(objects.endpointSlices),
    findService(address, port, protocol) {
      const found = book.findServicePort({ address, port }, protocol);
      return found && portLabel({ ...found, portName: found.name });
    },
    kindOf: (address) => kindOf(book, address),
  };
}

function kindOf(book: AddressBook, address: IpAddress): AddressKind {
  const ip = parseIp(address);
  if (ip === undefined) return 'outside';
  if (book.podsAt(ip).length > 0) return 'pod';
  const kinds = new Set(book.find(ip, undefined).map(({ kind }) => kind));
  if (kinds.has('node')) return 'node';
  if (kinds.has('service')) return 'service';
  // IPAM may still hold the address for a pod that no longer exists.
  return kinds.has('pod') || kinds.has('pool') || kinds.has('node-block') ? 'gone' : 'outside';
}

/** Services with this label are left to another proxy than Calico's. */
function isProxied({ metadata }: NamingObjects['services'][number]): boolean {
  return metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined;
}
