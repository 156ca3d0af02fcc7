/**
 * How far the clocks of nodes are apart: each counts from its own boot. A packet that leaves one node and comes to
 * another stands in the traces of both, with the same identification.
 */
import type { Packet, PacketEnd } from './packet.ts';

/** By packet: when it was seen; not a number for one that was seen twice, which tells nothing. */
type Sightings = Map<string, number>;

interface Seen {
  readonly left: Sightings;
  readonly came: Sightings;
}

/** Packets that are remembered of a node; more tell nothing new. */
const maxSightings = 20_000;
/** Packets between two nodes take about the same time; what is farther off is another packet. */
const maxSpread = 0.05;
/** The quickest packet takes that long, where none comes back that would tell. */
const leastWay = 10e-6;

/** Learns from the packets of several traces. */
export class Clocks {
  readonly #nodes = new Map<string, Seen>();

  add(node: string, { hook, ipId, family, source, destination, nat, time }: Packet): void {
    if (hook === undefined || ipId === undefined || source === undefined || destination === undefined) return;
    if (/^(?:cali|bpf|lo$)/.test(hook.interface) || hook.direction === 'X') return;
    const seen = this.#nodes.get(node) ?? { left: new Map(), came: new Map() };
    this.#nodes.set(node, seen);
    const key = (from: PacketEnd, to: PacketEnd) => `${family} ${ipId} ${from.address} ${to.address}`;
    if (hook.direction === 'I') note(seen.came, key(source, destination), time);
    else note(seen.left, key(nat?.source ?? source, nat?.destination ?? destination), time);
  }

  /** What to add to the times of each node to have those of the first; nodes of which that is not known are left out. */
  offsets(): ReadonlyMap<string, number> {
    const [first] = this.#nodes.keys();
    const offsets = new Map<string, number>(first === undefined ? [] : [[first, 0]]);
    // A node that was found leads to others.
    for (const [known, offset] of offsets) {
      for (const [node, seen] of this.#nodes) {
        const from = this.#nodes.get(known);
        const ahead = from === undefined || offsets.has(node) ? undefined : aheadOf(from, seen);
        if (ahead !== undefined) offsets.set(node, offset - ahead);
      }
    }
    return offsets;
  }
}

function note(sightings: Sightings, key: string, time: number): void {
  if (sightings.has(key)) sightings.set(key, Number.NaN);
  else if (sightings.size < maxSightings) sightings.set(key, time);
}

/** By how much the clock of one node is ahead of another's: the ways there and back take equally long. */
function aheadOf(here: Seen, there: Seen): number | undefined {
  const out = quickest(here.left, there.came);
  const back = quickest(there.left, here.came);
  if (out === undefined) return back === undefined ? undefined : leastWay - back;
  return back === undefined ? out - leastWay : (out - back) / 2;
}

/** The shortest time from leaving to coming, by clocks that are apart. */
function quickest(left: Sightings, came: Sightings): number | undefined {
  const ways: number[] = [];
  for (const [key, time] of left) {
    const way = (came.get(key) ?? Number.NaN) - time;
    if (!Number.isNaN(way)) ways.push(way);
  }
  const sorted = ways.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? undefined : sorted.find((way) => way >= median - maxSpread);
}
