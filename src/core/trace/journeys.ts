/**
 * Packets at different hooks that are one packet on its way: through address translation, through tunnels, and on to
 * another node when its trace is in the same text. The identification of the IP packet stays the same all along; where
 * none is printed (IPv6, and through v3.23) the ends tell, within a moment.
 */
import { isWorkload, type Packet, type PacketEnd } from './packet.ts';
import { formatEnd } from './words.ts';

interface Journey {
  readonly number: number;
  /** Of its latest packet, in seconds. */
  time: number;
  readonly workloads: Set<string>;
  readonly hooks: Set<string>;
}

/** Longer than a packet takes from hook to hook, shorter than until the sender tries again. */
const maxGap = 0.1;
/** Without an identification the next packet of the connection looks the same. */
const maxNamelessGap = 0.002;
/** Behind a packet that was packed for a tunnel, the tunnel's packet follows at once on the same CPU. */
const maxTunnelGap = 0.001;
/** Journeys that are remembered; older ones are over. */
const maxKeys = 20_000;

/** Numbers the journeys of packets, from 1, as the packets come. */
export class Journeys {
  readonly #byKey = new Map<string, Journey>();
  /** By CPU: the packet that was packed for a tunnel, and its journey. */
  readonly #packed = new Map<number | string, { readonly packet: Packet; readonly journey: Journey }>();
  #count = 0;

  /** The number of a packet's journey; the same for all packets that are one. */
  numberOf(packet: Packet): number {
    const time = clockOf(packet);
    const journey = this.#find(packet) ?? {
      number: ++this.#count,
      time,
      workloads: new Set<string>(),
      hooks: new Set<string>(),
    };
    journey.time = Math.max(time, journey.time);
    if (packet.hook !== undefined && isWorkload(packet.hook)) journey.workloads.add(hookOf(packet));
    journey.hooks.add(hookOf(packet));
    for (const key of keysOf(packet)) this.#remember(key, journey);
    const cpu = cpuOf(packet);
    if (packet.tunnel?.kind === 'encapsulated') this.#packed.set(cpu, { packet, journey });
    // The device of the tunnel sees the packet once more before the tunnel's packet leaves.
    else if (this.#packed.get(cpu)?.journey !== journey) this.#packed.delete(cpu);
    return journey.number;
  }

  #find(packet: Packet): Journey | undefined {
    const packed = this.#packed.get(cpuOf(packet));
    if (packed !== undefined && isTunnelOf(packet, packed.packet)) return packed.journey;
    const [key] = keysOf(packet);
    const journey = key === undefined ? undefined : this.#byKey.get(key);
    if (journey === undefined) return undefined;
    const gap = Math.abs(clockOf(packet) - journey.time);
    if (packet.ipId === undefined && (gap > maxNamelessGap || journey.hooks.has(hookOf(packet))))
      return undefined;
    if (gap > maxGap) return undefined;
    // No packet passes the same end of a pod twice: this is another one with the same identification.
    return journey.workloads.has(hookOf(packet)) ? undefined : journey;
  }

  #remember(key: string, journey: Journey): void {
    this.#byKey.delete(key);
    this.#byKey.set(key, journey);
    if (this.#byKey.size <= maxKeys) return;
    for (const oldest of this.#byKey.keys()) {
      this.#byKey.delete(oldest);
      return;
    }
  }
}

/** The clocks of nodes count from their own start. */
function clockOf({ time, bootedAt = 0 }: Packet): number {
  return time + bootedAt;
}

function cpuOf({ node, cpu }: Packet): number | string {
  return node === undefined ? cpu : `${node} ${cpu}`;
}

function hookOf({ hook, node = '' }: Packet): string {
  return `${hook?.interface} ${hook?.direction} ${node}`;
}

function isTunnelOf(packet: Packet, packed: Packet): boolean {
  return (
    packet.time - packed.time <= maxTunnelGap &&
    packet.hook?.direction === 'E' &&
    packet.destination !== undefined &&
    packet.destination.address === packed.tunnel?.peer
  );
}

/** As it is, and as it leaves: with its ends after address translation. */
function keysOf(packet: Packet): readonly string[] {
  const { ipId, family, protocol, source, destination, nat } = packet;
  if (source === undefined || destination === undefined) return [];
  if (ipId === undefined && protocol === undefined) return [];
  const key = (from: PacketEnd, to: PacketEnd) =>
    ipId === undefined
      ? `${family} ${protocol} ${formatEnd(from)} ${formatEnd(to)}`
      : `${family} ${ipId} ${from.address} ${to.address}`;
  const asItIs = key(source, destination);
  const asItLeaves = key(nat?.source ?? source, nat?.destination ?? destination);
  return asItIs === asItLeaves ? [asItIs] : [asItIs, asItLeaves];
}
