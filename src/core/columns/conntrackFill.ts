/** Writes entries that were read as objects into the columns of conntrack, for sorting and filtering. */
import { tcpStates, type ConntrackConnection, type ConntrackEntry } from '../dump/conntrack.ts';
import type { ConntrackLeg } from '../dump/conntrackLeg.ts';
import type { RawConntrackEntry } from '../dump/conntrackRaw.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { ConntrackColumns, LegColumns } from './conntrack.ts';
import { has, legBits, noProtocol, protocolWords, rowKinds } from './conntrackLayout.ts';

export function fillRow(columns: ConntrackColumns, row: number, entry: ConntrackEntry): void {
  columns.kind.set(row, rowKinds.indexOf(entry.kind === 'connection' ? 'connection' : entry.type));
  columns.protocol.set(row, toProtocol(entry.protocol));
  columns.state.set(row, entry.state === undefined ? 0 : tcpStates.indexOf(entry.state) + 1);
  columns.age.set(row, entry.age ?? 0);
  columns.idle.set(row, entry.idle ?? 0);
  columns.flags.set(row, columns.words.idOf(entry.flags?.map((flag) => ` ${flag}`).join('') ?? ''));
  const parts =
    entry.kind === 'connection' ? fillConnection(columns, row, entry) : fillRaw(columns, row, entry);
  columns.parts.set(
    row,
    parts | bit(has.age, entry.age) | bit(has.idle, entry.idle) | bit(has.flags, entry.flags),
  );
}

function bit(part: number, value: unknown): number {
  return value === undefined ? 0 : part;
}

function fillConnection(columns: ConntrackColumns, row: number, entry: ConntrackConnection): number {
  const { source, service, destination, forwarder, originalSourcePort } = entry;
  fillEndpoints(columns, row, [source, destination, service]);
  columns.tunnel.set(row, columns.addresses.idOf(forwarder));
  columns.originalPort.set(row, originalSourcePort ?? 0);
  return bit(has.third, service) | bit(has.tunnel, forwarder) | bit(has.originalPort, originalSourcePort);
}

function fillRaw(columns: ConntrackColumns, row: number, entry: RawConntrackEntry): number {
  const { a, b, reverse, legs, original, created, lastSeen, natSourcePort } = entry;
  fillEndpoints(columns, row, [a, b, reverse?.a, reverse?.b]);
  columns.created.set(row, created ?? 0);
  columns.lastSeen.set(row, lastSeen ?? 0);
  columns.natPort.set(row, natSourcePort ?? original?.destinationPort ?? 0);
  columns.originalPort.set(row, original?.sourcePort ?? 0);
  columns.tunnel.set(row, columns.addresses.idOf(original?.tunnel));
  columns.originalDestination.set(row, columns.addresses.idOf(original?.destination));
  columns.originalSource.set(row, columns.addresses.idOf(original?.source));
  if (reverse !== undefined) columns.reverseProtocol.set(row, toProtocol(reverse.protocol));
  if (legs !== undefined) {
    fillLeg(columns.aToB, row, legs.aToB);
    fillLeg(columns.bToA, row, legs.bToA);
  }
  return (
    bit(has.third, reverse) |
    bit(has.created, created) |
    bit(has.lastSeen, lastSeen) |
    bit(has.natPort, natSourcePort) |
    bit(has.legs, legs) |
    bit(has.counts, legs?.aToB.bytes) |
    bit(has.workload, legs?.aToB.workload) |
    bit(has.original, original) |
    bit(has.originalSource, original?.source) |
    bit(has.originalPort, original?.sourcePort)
  );
}

function fillEndpoints(
  columns: ConntrackColumns,
  row: number,
  endpoints: readonly (Endpoint | undefined)[],
): void {
  const places = [
    [columns.a, columns.aPort],
    [columns.b, columns.bPort],
    [columns.c, columns.cPort],
    [columns.d, columns.dPort],
  ] as const;
  for (const [index, endpoint] of endpoints.entries()) {
    const [address, port] = places[index] ?? [];
    address?.set(row, columns.addresses.idOf(endpoint?.address));
    port?.set(row, endpoint?.port ?? 0);
  }
}

function fillLeg(columns: LegColumns, row: number, leg: ConntrackLeg): void {
  let bits = 0;
  for (const name of ['syn', 'ack', 'fin', 'rst', 'approved', 'opener', 'workload'] as const) {
    if (leg[name] === true) bits |= legBits[name];
  }
  columns.bytes.set(row, Number(leg.bytes ?? 0n));
  columns.packets.set(row, Number(leg.packets ?? 0n));
  columns.sequence.set(row, leg.sequence ?? 0);
  columns.bits.set(row, bits);
  columns.ifIndex.set(row, leg.ifIndex);
}

/** The number of a protocol, of whichever form; `noProtocol` for what has none. */
function toProtocol(protocol: string | number | undefined): number {
  if (protocol === undefined) return noProtocol;
  const found =
    typeof protocol === 'number' ? protocol : [...protocolWords].find(([, word]) => word === protocol)?.[0];
  return Math.min(found ?? Number(String(protocol).replace('Proto-', '')), noProtocol);
}
