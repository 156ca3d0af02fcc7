/** Packets of a trace as lines of text and of JSON. */
import type { Names } from '../core/names/names.ts';
import type { Connect, Packet, PacketEnd } from '../core/trace/packet.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import type { TraceSummary } from '../core/trace/summary.ts';
import { describeConnect, describePacket, nameEnd } from '../core/trace/words.ts';

/** `1413.432418 #1     cali6d2111c0d58 from the pod: shop/loadgen-… 10.244.174.131:54376 → … TCP SYN: allowed (43 µs)`. */
export function recordToText(record: TraceRecord, names: Names): string {
  return record.kind === 'packet' ? packetToText(record, names) : connectToText(record.connect, names);
}

function packetToText({ packet, journey }: Extract<TraceRecord, { kind: 'packet' }>, names: Names): string {
  const { from, to, what, direction, nat, verdict, duration } = describePacket(packet, names);
  const place = [packet.node, packet.hook?.interface, direction];
  const hook = place.filter((part) => part !== undefined && part !== '').join(' ');
  const ends = from === '' ? '' : `${from} → ${to}`;
  const about = [ends, what, nat === '' ? '' : `[${nat}]`].filter((part) => part !== '').join(' ');
  const time = packet.time.toFixed(6).padStart(14);
  return `${time} ${journeyToText(journey)} ${hook.padEnd(28)} ${about}: ${verdict}${duration === '' ? '' : ` (${duration})`}`;
}

/** Packets of one journey have one number: `grep '#7 '` finds what one packet did at all hooks. */
function journeyToText(journey: number): string {
  return `#${journey}`.padEnd(journeyWidth);
}

const journeyWidth = 6;

function connectToText(connect: Connect, names: Names): string {
  return `${connect.time.toFixed(6).padStart(14)} ${' '.repeat(journeyWidth)} ${connect.task.padEnd(28)} ${describeConnect(connect, names)}`;
}

/**
 * A packet on one line of JSON. Connects that went well are told by the packets that follow them; one that was
 * refused has none, so it has a line of its own: `{ "connect": … }`.
 */
export function recordToJson(record: TraceRecord, names: Names): string | undefined {
  if (record.kind === 'packet') {
    return JSON.stringify({
      ...packetToJson(record.packet, names),
      journey: record.journey,
      flow: record.flow,
    });
  }
  if (record.connect.outcome !== 'no-backend') return undefined;
  const { protocol, wanted } = record.connect;
  const named = wanted && withName(wanted, protocol, names);
  return JSON.stringify({ connect: { ...record.connect, wanted: named } });
}

function packetToJson(packet: Packet, names: Names): object {
  const { hook, lines, source, destination, nat, nanoseconds, ...facts } = packet;
  const { protocol } = packet;
  return {
    ...facts,
    interface: hook?.interface,
    direction: hook?.direction,
    source: source && withName(source, protocol, names),
    destination: destination && withName(destination, protocol, names),
    nat: nat && {
      ...nat,
      destination: nat.destination && withName(nat.destination, protocol, names),
      source: nat.source && withName(nat.source, protocol, names),
      before: nat.before && withName(nat.before, protocol, names),
    },
    durationNs: nanoseconds,
    lines: { first: lines.first, count: lines.count, unknown: lines.unknown, cut: lines.cut },
  };
}

function withName(end: PacketEnd, protocol: number | undefined, names: Names): object {
  return { ...end, name: nameEnd(end, protocol, names) };
}

/** The summary in words, for a person. */
export function summaryToText(summary: TraceSummary): string {
  const reasons = Object.entries(summary.byReason).map(([reason, count]) => `${count} ${reason}`);
  const lines = [
    `${summary.packets} packets: ${summary.allowed} allowed, ${summary.denied} denied${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}, ${summary.undecided} undecided`,
    `${summary.connects} connects, ${summary.refusedConnects} refused`,
    `${summary.lines} lines of Calico, ${summary.unknownLines} unknown; ${summary.foreignLines} of other programs`,
    ...(summary.lostEvents > 0 ? [`${summary.lostEvents} events were lost by the kernel`] : []),
    ...(summary.filterFailures > 0
      ? [`${summary.filterFailures} packets had no trace: an expression of bpfLogFilters does not work`]
      : []),
    ...summary.unknown
      .slice(0, maxShown)
      .map(({ message, count }) => `  unknown: ${message} (${count} times)`),
  ];
  return `${lines.join('\n')}\n`;
}

const maxShown = 5;
