/** The pretty form of `conntrack dump`, as the tool prints it; the grammar is in dump/conntrack.ts. */
import { tcpStates } from '../dump/conntrack.ts';
import { choice, literal, no, type ByteReader } from './byteReader.ts';
import type { ConntrackColumns } from './conntrack.ts';
import { has, noProtocol } from './conntrackLayout.ts';

const arrow = literal(' -> ');
const external = literal(' external client, service forwarded to/from ');
const changed = literal(' source port changed from ');
const ageWord = literal('  Age: ');
const activeWord = literal('  Active ago ');
const activeAfterAge = literal(' Active ago ');

const space = 0x20;

const protocols = [
  choice('TCP ', 6),
  choice('UDP ', 17),
  choice('ICMP ', 1),
  choice('ICMP6 ', 58),
  choice('UNKNOWN ', noProtocol),
];

const states = tcpStates.map((state, index) => choice(` ${state}`, index + 1));

/** Reads a line into the next row; `false` for a line that is not just as the tool prints it. */
export function readConnectionLine(reader: ByteReader, columns: ConntrackColumns): boolean {
  const row = columns.count;
  const { addresses } = columns;
  const protocol = reader.takeOneOf(protocols);
  if (protocol === no) return false;
  const source = reader.endpoint(addresses);
  if (source === no) return false;
  const sourcePort = reader.port;
  if (!reader.take(arrow)) return false;
  let destination = reader.endpoint(addresses);
  if (destination === no) return false;
  let parts: number = has.idle;
  let destinationPort = reader.port;
  if (reader.take(arrow)) {
    parts |= has.third;
    columns.c.set(row, destination);
    columns.cPort.set(row, destinationPort);
    destination = reader.endpoint(addresses);
    destinationPort = reader.port;
    if (destination === no) return false;
  }
  columns.kind.set(row, 0);
  columns.protocol.set(row, protocol);
  columns.a.set(row, source);
  columns.aPort.set(row, sourcePort);
  columns.b.set(row, destination);
  columns.bPort.set(row, destinationPort);
  return readTail(reader, columns, parts);
}

function readTail(reader: ByteReader, columns: ConntrackColumns, before: number): boolean {
  const row = columns.count;
  let parts = before;
  // What may come first begins with one space, times with two.
  const isTime = reader.bytes[reader.at + 1] === space;
  if (!isTime && reader.take(external)) {
    const forwarder = reader.address(columns.addresses);
    if (forwarder === no) return false;
    parts |= has.tunnel;
    columns.tunnel.set(row, forwarder);
  }
  if (!isTime && reader.take(changed)) {
    const port = reader.uint(0xffff);
    if (port === no) return false;
    parts |= has.originalPort;
    columns.originalPort.set(row, port);
  }
  if (reader.take(ageWord)) {
    const age = reader.duration();
    if (Number.isNaN(age) || !reader.take(activeAfterAge)) return false;
    parts |= has.age;
    columns.age.set(row, age);
  } else if (!reader.take(activeWord)) return false;
  const idle = reader.duration();
  if (Number.isNaN(idle)) return false;
  const state = readState(reader);
  if (!reader.takeLineEnd()) return false;
  columns.idle.set(row, idle);
  columns.state.set(row, state);
  columns.parts.set(row, parts);
  columns.count++;
  return true;
}

/** The place of the state in `tcpStates` from 1 on; 0 where there is none. */
export function readState(reader: ByteReader): number {
  if (reader.bytes[reader.at] !== space) return 0;
  return Math.max(0, reader.takeOneOf(states));
}
