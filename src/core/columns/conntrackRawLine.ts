/** The raw form of `conntrack dump`, v3.22 to v3.33, as the tool prints it; the grammar is in dump/conntrackRaw.ts. */
import { literal, no, type ByteReader } from './byteReader.ts';
import type { ConntrackColumns, LegColumns } from './conntrack.ts';
import { has, legBits } from './conntrackLayout.ts';
import { readState } from './conntrackLine.ts';

const keyWord = literal('ConntrackKey{proto=');
const between = literal(' <-> ');
const entryWord = literal('} -> Entry{Type:');
const createdWord = literal(', Created:');
const lastSeenWord = literal(', LastSeen:');
const flagsWord = literal(', Flags:');
const dataWord = literal(' Data: {A2B:{');
const secondLegWord = literal('} B2A:{');
const reverseWord = literal(' REVKey: ');
const natPortWord = literal('} NATSPort: ');
const ageWord = literal(' Age: ');
const activeWord = literal(' Active ago ');
const longest = 999_999_999_999_999;
const maxUint32 = 0xffff_ffff;
const space = 0x20;

/** Reads a line into the next row; `false` for a line that is not just as the tool prints it. */
export function readRawLine(reader: ByteReader, columns: ConntrackColumns): boolean {
  const row = columns.count;
  const { addresses } = columns;
  if (!reader.take(keyWord)) return false;
  const protocol = reader.uint(255);
  if (protocol === no || !reader.takeByte(0x20)) return false;
  const a = reader.endpoint(addresses);
  const aPort = reader.port;
  if (a === no || !reader.take(between)) return false;
  const b = reader.endpoint(addresses);
  if (b === no || !reader.take(entryWord)) return false;
  columns.protocol.set(row, protocol);
  columns.a.set(row, a);
  columns.aPort.set(row, aPort);
  columns.b.set(row, b);
  columns.bPort.set(row, reader.port);
  const type = reader.uint(2);
  if (type === no) return false;
  columns.kind.set(row, type + 1);
  const stamps = readStamps(reader, columns);
  if (stamps === no || !reader.take(flagsWord)) return false;
  readFlagWords(reader, columns);
  const body = reader.take(dataWord) ? readData(reader, columns) : readReverse(reader, columns);
  if (body === no) return false;
  return readTimes(reader, columns, stamps | body | has.flagBits);
}

/** The parts that were there, or `no`; so do the functions below. */
function readStamps(reader: ByteReader, columns: ConntrackColumns): number {
  let parts: number = has.lastSeen;
  if (reader.take(createdWord)) {
    const created = reader.uint(longest);
    if (created === no) return no;
    columns.created.set(columns.count, created);
    parts |= has.created;
  }
  if (!reader.take(lastSeenWord)) return no;
  const lastSeen = reader.uint(longest);
  if (lastSeen === no) return no;
  columns.lastSeen.set(columns.count, lastSeen);
  return parts;
}

/** ` <none>`, or words that begin with a small letter, a digit or `B-A`; what follows begins with another capital. */
function readFlagWords(reader: ByteReader, columns: ConntrackColumns): void {
  const { bytes, at: start } = reader;
  const known = columns.knownFlags.take(reader, isFlagsEnd);
  if (known !== no) {
    columns.flags.set(columns.count, known);
    return;
  }
  while (bytes[reader.at] === 0x20 && isFlag(bytes[reader.at + 1] ?? 0)) {
    reader.at++;
    while (isFlagPart(bytes[reader.at] ?? 0)) reader.at++;
  }
  const id = columns.words.idOfBytes(bytes, { start, end: reader.at });
  columns.knownFlags.learn(reader, start, id);
  columns.flags.set(columns.count, id);
}

/** Whether what comes next is neither more of a flag nor another one. */
function isFlagsEnd({ bytes, at }: ByteReader): boolean {
  return bytes[at] === space && !isFlag(bytes[at + 1] ?? 0);
}

function isFlag(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x3c) || byte === 0x42 || (byte >= 0x61 && byte < 0x7f);
}

/** Of ASCII, but the brace that ends an entry: what else there is has more bytes than UTF-16 units. */
function isFlagPart(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x7d;
}

function readReverse(reader: ByteReader, columns: ConntrackColumns): number {
  const row = columns.count;
  const { addresses } = columns;
  if (!reader.take(reverseWord) || !reader.take(keyWord)) return no;
  const protocol = reader.uint(255);
  if (protocol === no || !reader.takeByte(0x20)) return no;
  const a = reader.endpoint(addresses);
  const aPort = reader.port;
  if (a === no || !reader.take(between)) return no;
  const b = reader.endpoint(addresses);
  if (b === no || !reader.take(natPortWord)) return no;
  const natPort = reader.uint(0xffff);
  if (natPort === no || !reader.takeByte(0x7d)) return no;
  columns.reverseProtocol.set(row, protocol);
  columns.c.set(row, a);
  columns.cPort.set(row, aPort);
  columns.d.set(row, b);
  columns.dPort.set(row, reader.port);
  columns.natPort.set(row, natPort);
  return has.third | has.natPort;
}

function readData(reader: ByteReader, columns: ConntrackColumns): number {
  const first = readLeg(reader, columns.aToB, columns.count);
  if (first === no || !reader.take(secondLegWord)) return no;
  const second = readLeg(reader, columns.bToA, columns.count);
  // Both legs are of one version.
  if (first !== second || !reader.takeByte(0x7d)) return no;
  const original = readOriginal(reader, columns);
  return original === no ? no : has.legs | has.original | first | original;
}

const bytesWord = literal('Bytes:');
const packetsWord = literal(' Packets:');
const sequenceWord = literal('Seqno:');
const workloadWord = literal(' Workload:');
const ifIndexWord = literal(' Ifindex:');
const whitelistedWord = literal(' Whitelisted:');
const legWords = [
  { word: literal(' SynSeen:'), bit: legBits.syn },
  { word: literal(' AckSeen:'), bit: legBits.ack },
  { word: literal(' FinSeen:'), bit: legBits.fin },
  { word: literal(' RstSeen:'), bit: legBits.rst },
  { word: literal(' Approved:'), bit: legBits.approved },
  { word: literal(' Opener:'), bit: legBits.opener },
];

function readLeg(reader: ByteReader, leg: LegColumns, row: number): number {
  let parts = 0;
  if (reader.take(bytesWord)) {
    const bytes = reader.uint(longest);
    if (bytes === no || !reader.take(packetsWord)) return no;
    const packets = reader.uint(maxUint32);
    if (packets === no || !reader.takeByte(0x20)) return no;
    leg.bytes.set(row, bytes);
    leg.packets.set(row, packets);
    parts = has.counts;
  }
  if (!reader.take(sequenceWord)) return no;
  const sequence = reader.uint(maxUint32);
  const known = leg.known.take(reader, isAnyEnd);
  const seen = known === no ? readSeen(reader, leg) : known;
  if (seen === no || sequence === no) return no;
  const ifIndex = reader.uint(maxUint32);
  leg.sequence.set(row, sequence);
  leg.bits.set(row, seen & 0xff);
  leg.ifIndex.set(row, ifIndex);
  return ifIndex === no ? no : parts | (seen & has.workload);
}

/** The text that is known ends with a word. */
function isAnyEnd(): boolean {
  return true;
}

/** The bits of a leg, and with them `has.workload` where that is printed; `no` as above. */
function readSeen(reader: ByteReader, { known }: LegColumns): number {
  const start = reader.at;
  let seen = 0;
  for (const { word, bit } of legWords) {
    if (!reader.take(word) && (bit !== legBits.approved || !reader.take(whitelistedWord))) return no;
    const isSeen = reader.bool();
    if (isSeen === no) return no;
    if (isSeen === 1) seen |= bit;
  }
  if (reader.take(workloadWord)) {
    const isWorkload = reader.bool();
    if (isWorkload === no) return no;
    if (isWorkload === 1) seen |= legBits.workload;
    seen |= has.workload;
  }
  if (!reader.take(ifIndexWord)) return no;
  known.learn(reader, start, seen);
  return seen;
}

const originalDestinationWord = literal(' OrigDst:');
const originalSourceWord = literal(' OrigSrc:');
const originalPortWord = literal(' OrigPort:');
const originalSourcePortWord = literal(' OrigSPort:');
const tunnelWord = literal(' TunIP:');
const dataEnd = literal('}}');

function readOriginal(reader: ByteReader, columns: ConntrackColumns): number {
  const row = columns.count;
  const { addresses } = columns;
  let parts = 0;
  if (!reader.take(originalDestinationWord)) return no;
  const destination = reader.address(addresses);
  if (destination === no) return no;
  if (reader.take(originalSourceWord)) {
    const source = reader.address(addresses);
    if (source === no) return no;
    columns.originalSource.set(row, source);
    parts |= has.originalSource;
  }
  if (!reader.take(originalPortWord)) return no;
  const port = reader.uint(0xffff);
  if (reader.take(originalSourcePortWord)) {
    const sourcePort = reader.uint(0xffff);
    if (sourcePort === no) return no;
    columns.originalPort.set(row, sourcePort);
    parts |= has.originalPort;
  }
  if (port === no || !reader.take(tunnelWord)) return no;
  const tunnel = reader.address(addresses);
  if (tunnel === no || !reader.take(dataEnd)) return no;
  columns.originalDestination.set(row, destination);
  columns.natPort.set(row, port);
  columns.tunnel.set(row, tunnel);
  return parts;
}

function readTimes(reader: ByteReader, columns: ConntrackColumns, before: number): boolean {
  const row = columns.count;
  let parts = before | has.idle;
  if (reader.take(ageWord)) {
    const age = reader.duration();
    if (Number.isNaN(age)) return false;
    columns.age.set(row, age);
    parts |= has.age;
  }
  if (!reader.take(activeWord)) return false;
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
