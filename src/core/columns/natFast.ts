/** The lines of `nat dump`, v3.22 to v3.33, as the tool prints them; the grammar is in dump/natLine.ts. */
import { natFlags } from '../dump/natLine.ts';
import type { AddressTable } from './addresses.ts';
import { literal, no, type ByteReader } from './byteReader.ts';
import type { Column } from './column.ts';
import type { NatColumns } from './nat.ts';

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
/** Stands for the count −1, which was printed as an unsigned number once. */
export const blackholeCount = maxUint32;
const tab = 0x09;

/** Reads a line into the next frontend or backend; `false` for one that is not just as the tool prints it. */
export function readNatLine(reader: ByteReader, columns: NatColumns): boolean {
  return reader.bytes[reader.at] === tab ? readBackend(reader, columns) : readFrontend(reader, columns);
}

/** What is known of a frontend up to the count of its local backends, where the reader then stands. */
export interface FrontendHead {
  /** Its id in a table of addresses. */
  address: number;
  port: number;
  protocol: number;
  id: number;
  /** How many backends are announced; `blackholeCount` for −1. */
  total: number;
}

export const noHead: Readonly<FrontendHead> = { address: 0, port: 0, protocol: 0, id: 0, total: 0 };

/** Reads the beginning of a frontend's line into `head`, which is used again and again; `false` as above. */
export function readFrontendHead(reader: ByteReader, addresses: AddressTable, head: FrontendHead): boolean {
  head.address = reader.address(addresses);
  if (head.address === no || !reader.take(portWord)) return false;
  head.port = reader.uint(0xffff);
  if (head.port === no || !reader.take(protocolWord)) return false;
  head.protocol = reader.uint(0xffff);
  if (head.protocol === no || !reader.take(idWord)) return false;
  head.id = reader.uint(maxUint32);
  if (head.id === no || !reader.take(countWord)) return false;
  head.total = reader.take(minusOne) ? blackholeCount : reader.uint(maxUint32);
  return head.total !== no && reader.take(localWord);
}

function readFrontend(reader: ByteReader, columns: NatColumns): boolean {
  const { count: row, head } = columns;
  if (!readFrontendHead(reader, columns.addresses, head)) return false;
  const local = reader.uint(maxUint32);
  if (local === no || !readFlags(reader, columns) || !readSource(reader, columns)) return false;
  if (!reader.takeLineEnd()) return false;
  columns.address.set(row, head.address);
  columns.port.set(row, head.port);
  columns.protocol.set(row, head.protocol);
  columns.id.set(row, head.id);
  columns.total.set(row, head.total);
  columns.local.set(row, local);
  columns.begin();
  return true;
}

/** A column that few dumps have is none in the others: 0 is written only over what a line before left behind. */
function writeRare(column: Column, row: number, value: number): void {
  if (value !== 0 || column.at(row) !== 0) column.set(row, value);
}

function readFlags(reader: ByteReader, columns: NatColumns): boolean {
  const { bytes } = reader;
  let flags = 0;
  if (reader.take(flagsWord)) {
    const start = reader.at;
    while (isInFlags(bytes, reader.at)) reader.at++;
    flags = columns.words.idOfBytes(bytes, { start, end: reader.at }, spellFlags);
  }
  if (flags === no) return false;
  writeRare(columns.flags, columns.count, flags);
  return true;
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
    writeRare(columns.source, row, 0);
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
