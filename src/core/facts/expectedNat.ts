import { AddressTable } from '../columns/addresses.ts';
import { portLabel } from '../names/identities.ts';
import { viaProxy, type ServiceFacts } from '../names/objects.ts';
import { parseIp, type IpAddress } from '../net/address.ts';
import { inSteps, type Steps } from '../steps.ts';
import { endpointsKey, type ServiceEndpoints } from './endpoints.ts';
import { sumOf, type EndpointSum } from './endpointSum.ts';
import type { NatMap } from './natMap.ts';
import type { Surroundings } from './surroundings.ts';

/** What of a node’s NAT map is not evidently as Kubernetes has it. */
export interface Screened {
  /** The frontends to look at one by one, in the order of the map: all of a service, or none. */
  readonly doubtful: readonly number[];
  /** The frontends at whose address no service is. */
  readonly unowned: readonly number[];
  /** The service ids of the others. */
  readonly ownedIds: ReadonlySet<number>;
  /** The cluster IPs that are not in the map; none of a map without any frontend, which has other causes. */
  readonly missing: readonly ClusterIp[];
}

/**
 * What the NAT map of every node should hold, in numbers: a map of tens of thousands of backends is compared in a few
 * milliseconds, and only what differs need be looked at in words.
 */
export class ExpectedNat {
  /** The addresses of the maps that are compared: theirs have to be read into it. */
  readonly addresses = new AddressTable();
  readonly #surroundings: Surroundings;
  readonly #places = new Map<number, Place>();
  readonly #ports = new Map<string, ExpectedPort>();
  readonly #clusterIps: { readonly 4: ClusterIp[]; readonly 6: ClusterIp[] } = { 4: [], 6: [] };

  private constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  static *build(surroundings: Surroundings): Steps<ExpectedNat> {
    const expected = new ExpectedNat(surroundings);
    yield* inSteps(surroundings.services, (service) => expected.#add(service));
    return expected;
  }

  #add(service: ServiceFacts): void {
    for (const clusterIp of clusterIpsOf(service)) {
      const { address, port, protocol } = clusterIp;
      const number = toPlace(this.addresses.idOf(address), port, protocol);
      if (this.#places.has(number)) continue;
      const family = this.#clusterIps[address.includes(':') ? 6 : 4];
      this.#places.set(number, { port: this.#findPort(address, port, protocol), clusterIp: family.length });
      family.push(clusterIp);
    }
  }

  /** Compares a node’s map; what it does not name is as it should be. */
  screen(map: NatMap): Screened {
    const ports: (ExpectedPort | undefined)[] = [];
    const doubtfulPorts = new Set<ExpectedPort>();
    const byId = new Map<number, ExpectedPort>();
    const unowned: number[] = [];
    const wanted = map.count === 0 ? [] : this.#clusterIps[isIpv6(this.addresses, map) ? 6 : 4];
    const seen = new Uint8Array(wanted.length);
    for (let row = 0; row < map.count; row++) {
      const { port, clusterIp } = this.#placeOf(map, row);
      ports.push(port);
      if (clusterIp !== undefined) seen[clusterIp] = 1;
      if (port === undefined) {
        unowned.push(row);
        continue;
      }
      if (!isAsExpected(map, row, port)) doubtfulPorts.add(port);
      const id = map.id.at(row);
      const sharer = byId.get(id);
      if (sharer === undefined) byId.set(id, port);
      else if (sharer !== port) doubtfulPorts.add(sharer).add(port);
    }
    const doubtful = ports.flatMap((port, row) =>
      (port === undefined ? !map.isFilled(row) : doubtfulPorts.has(port)) ? row : [],
    );
    return {
      doubtful,
      unowned,
      ownedIds: new Set(byId.keys()),
      missing: wanted.filter((_, index) => seen[index] === 0),
    };
  }

  #placeOf({ address, port, protocol }: NatMap, row: number): Place {
    const number = toPlace(address.at(row), port.at(row), protocol.at(row));
    const known = this.#places.get(number);
    if (known !== undefined) return known;
    const text = this.addresses.text(address.at(row));
    const found = text && this.#findPort(text, port.at(row), protocol.at(row));
    const place = { port: found, clusterIp: undefined };
    this.#places.set(number, place);
    return place;
  }

  #findPort(address: IpAddress, port: number, protocol: number): ExpectedPort | undefined {
    const { findService, endpoints } = this.#surroundings;
    const service = findService(address, port, protocol);
    if (service === undefined) return undefined;
    const key = endpointsKey(service, protocol);
    const known = this.#ports.get(key) ?? { ready: sumOfReady(endpoints.get(key)) };
    this.#ports.set(key, known);
    return known;
  }
}

/** What is at an address, port and protocol. */
interface Place {
  readonly port: ExpectedPort | undefined;
  /** Counts the cluster IPs of a family; `undefined` for other addresses. */
  readonly clusterIp: number | undefined;
}

function isIpv6(addresses: AddressTable, { address, count }: NatMap): boolean {
  return count > 0 && addresses.bits(address.at(0)) === 128;
}

/** A port of a service; without a sum where its endpoints are not known. */
interface ExpectedPort {
  readonly ready: EndpointSum | undefined;
}

function sumOfReady(endpoints: ServiceEndpoints | undefined): EndpointSum | undefined {
  if (endpoints === undefined) return undefined;
  return sumOf(
    [...endpoints.ready].map((endpoint) => {
      const [address = '', port = ''] = endpoint.split(' ');
      return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    }),
  );
}

/** Sends to the ready endpoints, all of them and no others. */
function isAsExpected(map: NatMap, row: number, { ready }: ExpectedPort): boolean {
  return map.isFilled(row) && (ready === undefined || map.sendsTo(row, ready));
}

/** Below 2^53 as long as there are fewer than 2^29 addresses. */
function toPlace(address: number, port: number, protocol: number): number {
  return (address * 0x1_0000 + port) * 0x100 + (protocol & 0xff);
}

/** Calico's programs serve TCP and UDP. */
const served: ReadonlySet<number> = new Set([6, 17]);

/** Where a service must be in NAT. */
export interface ClusterIp {
  readonly address: IpAddress;
  readonly port: number;
  readonly protocol: number;
  /** `shop/cart:http` */
  readonly label: string;
}

/** The addresses of a service that NAT must have on every node. */
export function clusterIpsOf({ addresses, ports }: ServiceFacts): readonly ClusterIp[] {
  return addresses.flatMap(({ address: text, how }) => {
    const address = how === viaProxy ? undefined : parseIp(text);
    if (address === undefined) return [];
    return ports.flatMap((each) => {
      const { port, protocol, name } = each;
      return served.has(protocol)
        ? { address, port, protocol, label: portLabel({ ...each, portName: name }) }
        : [];
    });
  });
}
