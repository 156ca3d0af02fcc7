/** The lines of `nat dump`, v3.22 to v3.33, as the tool prints them; the grammar is in dump/natLine.ts. */
import { natFlags } from '../dump/natLine.ts';
import { literal, no, type ByteReader } from './byteReader.ts';
import { blackholeCount, type NatColumns } from './nat.ts';

const portWord = literal(' port ');
const protocolWord = literal(' proto ');
const idWord = literal(' id ');
const countWord = literal(' count ');
const minusOne = literal('-1');
const localWord = literal(' local ');
const flagsWord = literal(' flags ');
const sourceWord = literal(' src ');
const betweenKeyAndEndpoint = literal('\t ');
const missingWord = literal('is missing');
const maxUint32 = 0xffff_ffff;
const tab = 0x09;

/** Reads a line into the next frontend or backend; `false` for one that is not just as the tool prints it. */
export function readNatLine(reader: ByteReader, columns: NatColumns): boolean {
  return reader.bytes[reader.at] === tab ? readBackend(reader, columns) : readFrontend(reader, columns);
}

function readFrontend(reader: ByteReader, columns: NatColumns): boolean {
  const row = columns.count;
  const address = reader.address(columns.addresses);
  if (address === no || !reader.take(portWord)) return false;
  const port = reader.uint(0xffff);
  if (port === no || !reader.take(protocolWord)) return false;
  const protocol = reader.uint(0xffff);
  if (protocol === no || !reader.take(idWord)) return false;
  const id = reader.uint(maxUint32);
  if (id === no || !reader.take(countWord)) return false;
  const total = reader.take(minusOne) ? blackholeCount : reader.uint(maxUint32);
  if (total === no || !reader.take(localWord)) return false;
  const local = reader.uint(maxUint32);
  if (local === no || !readFlags(reader, columns) || !readSource(reader, columns)) return false;
  if (!reader.takeLineEnd()) return false;
  columns.address.set(row, address);
  columns.port.set(row, port);
  columns.protocol.set(row, protocol);
  columns.id.set(row, id);
  columns.total.set(row, total);
  columns.local.set(row, local);
  columns.begin();
  return true;
}

function readFlags(reader: ByteReader, columns: NatColumns): boolean {
  const { bytes } = reader;
  let flags = 0;
  if (reader.take(flagsWord)) {
    const start = reader.at;
    while (isInFlags(bytes, reader.at)) reader.at++;
    flags = columns.words.idOfBytes(bytes, { start, end: reader.at }, spellFlags);
  }
  if (flags !== no) columns.flags.set(columns.count, flags);
  return flags !== no;
}

/** Letters, dashes and commas, and the space after a comma. */
function isInFlags(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  return byte === 0x20 ? bytes[at - 1] === 0x2c : byte === 0x2c || byte === 0x2d || byte >= 0x61;
}

/** Only flags that are known: the grammar reports the others. */
function spellFlags(text: string): string | undefined {
  const known: readonly string[] = natFlags;
  return text.split(', ').every((flag) => known.includes(flag)) ? text : undefined;
}

function readSource(reader: ByteReader, columns: NatColumns): boolean {
  const row = columns.count;
  if (!reader.take(sourceWord)) {
    columns.source.set(row, 0);
    return true;
  }
  const length = reader.cidr(columns.addresses);
  if (length === no) return false;
  columns.source.set(row, reader.base);
  columns.sourceLength.set(row, length);
  return true;
}

function readBackend(reader: ByteReader, columns: NatColumns): boolean {
  const { backends, addresses } = columns;
  if (columns.isLastBlackhole || !columns.wantsBackend) return false;
  reader.at++;
  if (reader.uint(maxUint32) !== columns.lastId || !reader.takeByte(0x3a)) return false;
  const ordinal = reader.uint(maxUint32);
  if (ordinal === no || !reader.take(betweenKeyAndEndpoint)) return false;
  const isMissing = reader.take(missingWord);
  const address = isMissing ? 0 : reader.endpoint(addresses);
  if (address === no || !reader.takeLineEnd()) return false;
  backends.ordinal.set(backends.count, ordinal);
  backends.address.set(backends.count, address);
  backends.port.set(backends.count, isMissing ? 0 : reader.port);
  columns.beginBackend();
  return true;
}
