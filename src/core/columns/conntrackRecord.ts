/** An object of `conntrack dump --json`, v3.31.5 and later, as the tool prints it; dump/conntrackJson.ts reads all forms. */
import { tcpStates } from '../dump/conntrack.ts';
import { choice, literal, no, type ByteReader } from './byteReader.ts';
import type { ConntrackColumns } from './conntrack.ts';
import { has, noProtocol } from './conntrackLayout.ts';

const typeField = literal('  {\n    "type": "');
const normal = literal('normal",\n    "proto": "');
const nat = literal('nat",\n    "proto": "');
const sourceField = literal('",\n    "src": "');
const destinationField = literal('",\n    "dst": "');
const serviceField = literal(',\n    "orig_dst": "');
const tunnelField = literal(',\n    "tunnel_ip": "');
const originalPortField = literal(',\n    "orig_src_port": ');
const flagsField = literal(',\n    "flags": ');
const noFlags = literal('null');
const idleField = literal(',\n    "active_ago": "');
const stateField = literal(',\n    "tcp_state": "');
const end = literal('\n  }');
/** After the brace and the fields that every connection has. */
const leastFeeds = 7;
const quote = 0x22;

const protocols = [
  choice('TCP', 6),
  choice('UDP', 17),
  choice('ICMP6', 58),
  choice('ICMP', 1),
  choice('UNKNOWN', noProtocol),
];
const states = tcpStates.map((state, index) => choice(state, index + 1));

/** Reads an object into the next row: see `RowReader.readRecord`. */
export function readConnectionRecord(reader: ByteReader, columns: ConntrackColumns): number {
  const row = columns.count;
  const { addresses } = columns;
  if (!reader.take(typeField) || !(reader.take(normal) || reader.take(nat))) return 0;
  const protocol = reader.takeOneOf(protocols);
  if (protocol === no || !reader.take(sourceField)) return 0;
  const source = reader.endpoint(addresses);
  if (source === no) return 0;
  columns.kind.set(row, 0);
  columns.protocol.set(row, protocol);
  columns.a.set(row, source);
  columns.aPort.set(row, reader.port);
  if (!reader.take(destinationField)) return 0;
  const destination = reader.endpoint(addresses);
  if (destination === no || !reader.takeByte(quote)) return 0;
  columns.b.set(row, destination);
  columns.bPort.set(row, reader.port);
  const optional = readOptional(reader, columns);
  const flagFeeds = optional === no ? no : readFlagList(reader, columns);
  if (flagFeeds === no) return 0;
  if (!reader.take(idleField)) return 0;
  const idle = reader.duration();
  if (Number.isNaN(idle) || !reader.takeByte(quote)) return 0;
  const state = readState(reader);
  if (state === no || !reader.take(end)) return 0;
  columns.idle.set(row, idle);
  columns.state.set(row, state);
  columns.parts.set(row, optional | has.idle | has.flags);
  columns.count++;
  return leastFeeds + countBits(optional) + flagFeeds + Math.sign(state);
}

/** The parts that only some connections have; `no` where one is not of its form. */
function readOptional(reader: ByteReader, columns: ConntrackColumns): number {
  const row = columns.count;
  const { addresses } = columns;
  let parts = 0;
  if (reader.take(serviceField)) {
    const service = reader.endpoint(addresses);
    if (service === no || !reader.takeByte(quote)) return no;
    columns.c.set(row, service);
    columns.cPort.set(row, reader.port);
    parts |= has.third;
  }
  if (reader.take(tunnelField)) {
    const tunnel = reader.address(addresses);
    if (tunnel === no || !reader.takeByte(quote)) return no;
    columns.tunnel.set(row, tunnel);
    parts |= has.tunnel;
  }
  if (reader.take(originalPortField)) {
    // JSON has no numbers that begin with a zero.
    const port = reader.bytes[reader.at] === 0x30 ? no : reader.uint(0xffff);
    if (port === no) return no;
    columns.originalPort.set(row, port);
    parts |= has.originalPort;
  }
  return parts;
}

/** How many line feeds are in the list of flags; `no` where it is none. */
function readFlagList(reader: ByteReader, columns: ConntrackColumns): number {
  if (!reader.take(flagsField)) return no;
  const { bytes, at: start } = reader;
  columns.flags.set(columns.count, 0);
  if (reader.take(noFlags)) return 0;
  const known = columns.knownFlags.take(reader, isListEnd);
  if (known !== no) {
    columns.flags.set(columns.count, known >>> feedBits);
    return known & maxFeeds;
  }
  let feeds = 0;
  for (; (bytes[reader.at] ?? closing) !== closing; reader.at++) if (bytes[reader.at] === 0x0a) feeds++;
  if (!reader.takeByte(closing)) return no;
  const id = columns.words.idOfBytes(bytes, { start, end: reader.at }, spellFlags);
  if (id === no) return no;
  if (feeds <= maxFeeds) columns.knownFlags.learn(reader, start, (id << feedBits) | feeds);
  columns.flags.set(columns.count, id);
  return feeds;
}

/** A list that is known ends with its bracket. */
function isListEnd(): boolean {
  return true;
}

/** A list is known by the id of its flags, and in these lowest bits by how many line feeds are in it. */
const feedBits = 8;
const maxFeeds = (1 << feedBits) - 1;

const closing = 0x5d;
const flagList = /^(?:\[\]|\[\n {6}"[\w-]+"(?:,\n {6}"[\w-]+")*\n {4}\])$/;

/** A list of names as the text form has them: ` B-A dscp`. */
function spellFlags(list: string): string | undefined {
  if (!flagList.test(list)) return undefined;
  return [...list.matchAll(/"([^"]*)"/g)].map(([, name]) => ` ${name}`).join('');
}

/** The place of the state in `tcpStates` from 1 on; 0 where there is none, `no` for another word. */
function readState(reader: ByteReader): number {
  if (!reader.take(stateField)) return 0;
  const state = reader.takeOneOf(states);
  return state === no || !reader.takeByte(quote) ? no : state;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
