/** Routes as columns: some 20 bytes each, and a line is as the tool prints it or left to the grammar in dump/routeLine.ts. */
import { isBlankOrLog } from '../dump/dump.ts';
import { isRouteFlag, readRouteLine, toRoute, type Route } from '../dump/routeLine.ts';
import { Cursor } from '../text/cursor.ts';
import { AddressTable } from './addresses.ts';
import { CidrTable } from './cidrs.ts';
import { literal, no, type ByteReader } from './byteReader.ts';
import { columnsOf, uint16, uint32 } from './column.ts';
import { KnownTexts } from './knownTexts.ts';
import { Places, type Placing } from './places.ts';
import type { EntryRows } from './rows.ts';
import { WordTable } from './words.ts';

export class RouteColumns {
  count = 0;
  readonly cidrs = new CidrTable();
  readonly hops = new AddressTable();
  /** The flags with spaces between. */
  readonly words = new WordTable();
  /** Flags as bytes, and their words’ ids: few texts come again and again. */
  readonly known = new KnownTexts();
  readonly dest = uint32();
  readonly flags = uint16();
  /** One more than the index; 0 for none. */
  readonly ifIndex = uint32();
  readonly nextHop = uint32();
  readonly places: Places;
  /** Those whose index is beyond what the column holds. */
  readonly #others = new Map<number, Route>();

  constructor(placing: Placing) {
    this.places = new Places(placing);
  }

  add(route: Route): void {
    const row = this.count++;
    if ((route.ifIndex ?? 0) > maxIndex) this.#others.set(row, route);
    this.dest.set(row, this.cidrs.idOf(route.dest));
    this.flags.set(row, this.words.idOf(route.flags.join(' ')));
    this.ifIndex.set(row, route.ifIndex === undefined ? 0 : route.ifIndex + 1);
    this.nextHop.set(row, this.hops.idOf(route.nextHop));
  }

  clear(): void {
    this.count = 0;
    this.#others.clear();
    this.places.clear();
  }

  ifIndexAt(row: number): number | undefined {
    const other = this.#others.get(row)?.ifIndex;
    const ifIndex = this.ifIndex.at(row);
    return other ?? (ifIndex === 0 ? undefined : ifIndex - 1);
  }

  entry(row: number): Route {
    const flags = this.words.text(this.flags.at(row)) ?? '';
    return {
      dest: this.cidrs.text(this.dest.at(row)),
      flags: flags.split(' ').filter(isRouteFlag),
      ifIndex: this.ifIndexAt(row),
      nextHop: this.hops.text(this.nextHop.at(row)),
    };
  }
}

/** Reads route dumps of all forms into columns. */
export function routeRows(placing: Placing = 'spans'): EntryRows<Route> & { readonly columns: RouteColumns } {
  const columns = new RouteColumns(placing);
  let drained = 0;
  return {
    name: 'routes dump',
    columns,
    get count() {
      return drained + columns.count;
    },
    readLine(reader) {
      const start = reader.at;
      if (readLine(reader, columns)) return true;
      reader.at = start;
      return false;
    },
    readRecord: () => 0,
    readText(text, span, problems) {
      if (isBlankOrLog(text, span, problems)) return true;
      const route = readRouteLine(new Cursor(text, span, problems));
      if (route !== undefined) columns.add(route);
      return true;
    },
    readObject(object) {
      const route = toRoute(object);
      if (route !== undefined) columns.add(route);
      return route && true;
    },
    place: (span) => columns.places.place(columns.count, span),
    finish() {
      for (const column of columnsOf(columns)) column.trim(columns.count);
      columns.places.trim();
    },
    entry: (row) => columns.entry(row),
    spanAt: (row) => columns.places.at(row),
    lineAt: (row) => columns.places.lines.at(row),
    drain(take) {
      for (let row = 0; row < columns.count; row++) take(columns.entry(row));
      drained += columns.count;
      columns.clear();
    },
  };
}

const afterDest = literal(': ');
const indexWord = literal(' idx ');
const hopWord = literal(' nh ');
const maxIndex = 0xffff_fffe;
const space = 0x20;

function readLine(reader: ByteReader, columns: RouteColumns): boolean {
  const row = columns.count;
  const { cidrs, hops } = columns;
  while (reader.bytes[reader.at] === space) reader.at++;
  const length = reader.cidr(cidrs.addresses);
  if (length === no || !reader.take(afterDest)) return false;
  const dest = cidrs.idOfParts(reader.base, length);
  const flags = readFlags(reader, columns);
  if (flags === no) return false;
  const index = reader.take(indexWord) ? reader.uint(maxIndex) + 1 : 0;
  const isIndexWrong = index === 0 && reader.bytes[reader.at - 1] === space;
  const hop = reader.take(hopWord) ? reader.address(hops) : 0;
  if (isIndexWrong || hop === no || !reader.takeLineEnd()) return false;
  columns.dest.set(row, dest);
  columns.flags.set(row, flags);
  columns.ifIndex.set(row, index);
  columns.nextHop.set(row, hop);
  columns.count++;
  return true;
}

/** The words up to the index, the next hop or the end of the line. */
function readFlags(reader: ByteReader, { words, known }: RouteColumns): number {
  const { bytes, at: start } = reader;
  const seen = known.take(reader, isFlagsEnd);
  if (seen !== no) return seen;
  while ((bytes[reader.at] ?? 0) >= space && !isEnd(bytes, reader.at)) reader.at++;
  const id = words.idOfBytes(bytes, { start, end: reader.at }, spellFlags);
  if (id !== no) known.learn(reader, start, id);
  return id;
}

function isFlagsEnd({ bytes, at }: ByteReader): boolean {
  return isEnd(bytes, at) || (bytes[at] ?? 0) < space;
}

function isEnd(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== space) return false;
  const isHop = bytes[at + 1] === 0x6e && bytes[at + 2] === 0x68;
  const isIndex = bytes[at + 1] === 0x69 && bytes[at + 2] === 0x64 && bytes[at + 3] === 0x78;
  return isIndex || (isHop && bytes[at + 3] === space);
}

/** Only flags that are known: the grammar reports the others. */
function spellFlags(text: string): string | undefined {
  return text.split(' ').every(isRouteFlag) ? text : undefined;
}
