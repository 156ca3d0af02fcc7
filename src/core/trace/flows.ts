/** Which packets are of one connection: both directions, on both sides of address translation, in tunnels, too. */
import type { Packet, PacketEnd } from './packet.ts';

/** Connections that are remembered; older ones that go on count as new. */
const maxKeys = 200_000;
const maxJourneys = 20_000;

/** Numbers the connections of packets, from 1, as the packets come. */
export class Flows {
  readonly #byKey = new Map<string, number>();
  readonly #byJourney = new Map<number, number>();
  #count = 0;

  /** The number of a packet's connection; `undefined` for what has none, such as ARP. */
  numberOf(packet: Packet, journey: number): number | undefined {
    const keys = keysOf(packet);
    // A tunnel's packet is one of the connection that it carries.
    const known = this.#byJourney.get(journey) ?? keys.map((key) => this.#byKey.get(key)).find(isThere);
    if (known === undefined && keys.length === 0) return undefined;
    const flow = known ?? ++this.#count;
    if (!isTunnel(packet)) for (const key of keys) remember(this.#byKey, key, flow, maxKeys);
    remember(this.#byJourney, journey, flow, maxJourneys);
    return flow;
  }
}

function isThere(number: number | undefined): boolean {
  return number !== undefined;
}

function remember<K>(numbers: Map<K, number>, key: K, flow: number, most: number): void {
  numbers.set(key, flow);
  if (numbers.size <= most) return;
  for (const oldest of numbers.keys()) {
    numbers.delete(oldest);
    return;
  }
}

const vxlanPort = 4789;

function isTunnel({ protocol, destination }: Packet): boolean {
  return protocol === 17 && destination?.port === vxlanPort;
}

/** Its ends in either order, before and behind address translation. */
function keysOf({ family, protocol, source, destination, nat }: Packet): readonly string[] {
  if (protocol === undefined || source === undefined || destination === undefined) return [];
  const key = (one: PacketEnd, other: PacketEnd) => {
    const ends = [`${one.address} ${one.port}`, `${other.address} ${other.port}`].toSorted();
    return `${family} ${protocol} ${ends.join(' ')}`;
  };
  const asItIs = key(source, destination);
  const asItLeaves = key(nat?.source ?? source, nat?.destination ?? destination);
  return asItIs === asItLeaves ? [asItIs] : [asItIs, asItLeaves];
}
