import type { AddressTable } from '../columns/addresses.ts';
import { ByteReader, no } from '../columns/byteReader.ts';
import { uint16, uint32, uint8 } from '../columns/column.ts';
import { noHead, readFrontendHead, type FrontendHead } from '../columns/natFast.ts';
import { isJson } from '../dump/json.ts';
import { parseNat } from '../dump/nat.ts';
import { blackhole, readFrontend, readFrontendLine, type NatFrontend } from '../dump/natLine.ts';
import { Cursor } from '../text/cursor.ts';
import { addEndpoint, emptySum, type EndpointSum } from './endpointSum.ts';

const tab = 0x09;
const feed = 0x0a;
const space = 0x20;
/** Of `is missing`. */
const firstOfMissing = 0x69;

/**
 * A `nat dump` of many backends, read as far as a comparison with what is expected needs it: the frontends, and of
 * their backends the number and a sum. What the lines of a frontend say in full is read when somebody asks.
 */
export class NatMap {
  count = 0;
  readonly address = uint32();
  readonly port = uint16();
  readonly protocol = uint8();
  readonly id = uint32();
  /** How many backends are announced, one more than that: 0 is −1, which 2³² − 1 stands for as well. */
  readonly #announced = uint32();
  readonly backendCount = uint32();
  readonly #first = uint32();
  readonly #second = uint32();
  /** 1 where a line below the frontend is not as the tool prints it. */
  readonly #odd = uint8();
  readonly #starts = uint32();
  readonly #lines = uint32();
  readonly #bytes: Uint8Array;
  readonly #addresses: AddressTable;
  readonly #reader = new ByteReader();
  /** What is not text in lines is read at once. */
  readonly #entries: readonly NatFrontend[] | undefined;
  /** Those that were asked for. */
  readonly #asked = new Map<number, NatFrontend | undefined>();
  #line = 0;
  #at = 0;
  readonly #sum = emptySum();
  readonly #head: FrontendHead = { ...noHead };

  /** Addresses have their ids in `addresses`. */
  constructor(bytes: Uint8Array, addresses: AddressTable) {
    this.#bytes = bytes;
    this.#addresses = addresses;
    this.#reader.open(bytes);
    if (isJson(decode(bytes.subarray(0, 1000)))) {
      this.#entries = parseNat(decode(bytes)).entries;
      for (const entry of this.#entries) this.#add(entry, 'odd');
      this.#at = bytes.length;
    }
  }

  /** Reads on for so many bytes; `false` at the end. */
  read(length: number): boolean {
    const stop = Math.min(this.#at + length, this.#bytes.length);
    while (this.#at < stop) {
      if (this.#bytes[this.#at] === tab) {
        this.#readBackends(stop);
        continue;
      }
      const end = this.#endOfLine();
      this.#readFrontend(end);
      this.#line++;
      this.#at = end + 1;
    }
    return this.#at < this.#bytes.length;
  }

  /** A frontend with its backends. */
  entry(row: number): NatFrontend | undefined {
    if (this.#entries !== undefined) return this.#entries[row];
    if (!this.#asked.has(row)) this.#asked.set(row, this.#readEntry(row));
    return this.#asked.get(row);
  }

  #readEntry(row: number): NatFrontend | undefined {
    // Grouped by service, the backends stand below the last frontend of an id.
    let last = row;
    while (this.#isBare(last) && this.id.at(last + 1) === this.id.at(row)) last++;
    const end = last + 1 < this.count ? this.#starts.at(last + 1) : this.#bytes.length;
    const start = this.#starts.at(row);
    // Below a blackhole v3.26 and older print millions of lines that say nothing.
    const isBlackhole = this.#announced.at(row) === blackhole + 1;
    const stop = isBlackhole ? this.#bytes.indexOf(feed, start) + 1 : end;
    return readFrontend(decode(this.#bytes.subarray(start, stop === 0 ? end : stop)));
  }

  #isBare(row: number): boolean {
    // One that announces none has none, whatever stands below the next.
    const announces = this.#announced.at(row) > 1;
    return announces && row + 1 < this.count && this.backendCount.at(row) === 0 && this.#odd.at(row) === 0;
  }

  /** The offset of a frontend’s line in the bytes, and its number from one. */
  placeAt(row: number): { readonly start: number; readonly line: number } {
    return { start: this.#starts.at(row), line: this.#lines.at(row) + 1 };
  }

  /** Whether a frontend has backends, as many as it announces. */
  isFilled(row: number): boolean {
    const count = this.backendCount.at(row);
    return count > 0 && this.#announced.at(row) === count + 1 && this.#odd.at(row) === 0;
  }

  /** Whether a frontend sends to just these endpoints. */
  sendsTo(row: number, { count, first, second }: EndpointSum): boolean {
    return (
      this.backendCount.at(row) === count &&
      this.#first.at(row) === first >>> 0 &&
      this.#second.at(row) === second >>> 0
    );
  }

  #add({ address, port, protocol, id, count }: Omit<NatFrontend, 'backends'>, kind: 'odd' | 'plain'): void {
    this.#addRow({ address: this.#addresses.idOf(address), port, protocol, id, total: count });
    this.#odd.set(this.count - 1, kind === 'odd' ? 1 : 0);
  }

  #addRow({ address, port, protocol, id, total }: FrontendHead): void {
    const row = this.count++;
    this.address.set(row, address);
    this.port.set(row, port);
    this.protocol.set(row, protocol);
    this.id.set(row, id);
    this.#announced.set(row, total + 1);
    this.#starts.set(row, this.#at);
    this.#lines.set(row, this.#line);
    this.backendCount.set(row, 0);
    this.#odd.set(row, 0);
    this.#sum.count = 0;
    this.#sum.first = 0;
    this.#sum.second = 0;
  }

  #endOfLine(): number {
    const end = this.#bytes.indexOf(feed, this.#at);
    return end === -1 ? this.#bytes.length : end;
  }

  #readFrontend(end: number): void {
    const reader = this.#reader;
    reader.at = this.#at;
    const head = this.#head;
    if (readFrontendHead(reader, this.#addresses, head) && head.protocol <= 0xff) {
      this.#addRow(head);
      return;
    }
    const text = decode(this.#bytes.subarray(this.#at, end));
    const frontend = /^[\da-f:.]+[ \t]/.test(text)
      ? readFrontendLine(new Cursor(text, { start: 0, end: text.length }, []))
      : undefined;
    if (frontend !== undefined) this.#add(frontend, 'plain');
  }

  /** The lines `\t<id>:<ordinal>\t <endpoint>` from here on, up to one that is none or to where to stop. */
  #readBackends(stop: number): void {
    const row = this.count - 1;
    const bytes = this.#bytes;
    const sum = this.#sum;
    const id = row < 0 ? no : this.id.at(row);
    let isOdd = false;
    while (this.#at < stop && bytes[this.#at] === tab) {
      let at = skipKey(bytes, this.#at, id);
      const first = bytes[at] ?? feed;
      if (at === no || first === firstOfMissing || first === feed) {
        isOdd = true;
        at = this.#endOfLine();
      } else at = addEndpoint(sum, bytes, at);
      this.#at = at + 1;
      this.#line++;
    }
    if (row < 0) return;
    if (isOdd) this.#odd.set(row, 1);
    this.backendCount.set(row, sum.count);
    this.#first.set(row, sum.first);
    this.#second.set(row, sum.second);
  }
}

/** Where the endpoint begins in a line below the frontend with an id; `no` where the line is another’s. */
function skipKey(bytes: Uint8Array, start: number, id: number): number {
  let at = start + 1;
  let value = 0;
  for (; isDigit(bytes[at] ?? 0); at++) value = value * 10 + (bytes[at] ?? 0) - 0x30;
  if (value !== id || bytes[at] !== 0x3a) return no;
  at++;
  while (isDigit(bytes[at] ?? 0)) at++;
  return bytes[at] === tab && bytes[at + 1] === space ? at + 2 : no;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const decoder = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
