import type { AddressTable } from './addresses.ts';

const encoder = new TextEncoder();

/**
 * A text to compare bytes with. `head` are its first bytes, up to four, as a number; a longer one is compared eight
 * bytes at a time, as doubles, which tell ASCII apart as well as numbers do: none of it makes a NaN or a zero.
 */
export interface Literal {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly head: number;
  /** The bits of four bytes that `head` has. */
  readonly mask: number;
  /** Of a text of eight bytes and more; the last one may overlap the one before. */
  readonly words: Float64Array;
}

/** A text of ASCII to compare bytes with. */
export function literal(text: string): Literal {
  return toLiteral(encoder.encode(text));
}

export function toLiteral(bytes: Uint8Array): Literal {
  const { length } = bytes;
  const padded = new DataView(new ArrayBuffer(4));
  for (let at = 0; at < Math.min(4, length); at++) padded.setUint8(at, bytes[at] ?? 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const wordAt = (_: unknown, index: number) => view.getFloat64(Math.min(index * 8, length - 8), true);
  return {
    length,
    bytes,
    head: padded.getInt32(0, true),
    mask: length < 4 ? (1 << (length * 8)) - 1 : -1,
    words: Float64Array.from({ length: length < 8 ? 0 : Math.ceil(length / 8) }, wordAt),
  };
}

/** One of several texts, and what it stands for. */
export interface Choice {
  readonly text: Literal;
  readonly value: number;
}

export function choice(text: string, value: number): Choice {
  return { text: literal(text), value };
}

/** What a reader answers where it finds something else than what it was asked for. */
export const no = -1;

const zero = 0x30;
const dot = 0x2e;
const colon = 0x3a;
/** So many digits always fit a double. */
const maxDigits = 15;
/** So many always fit 32 bits. */
const smallDigits = 9;
const powersOfTen = Array.from({ length: maxDigits + 1 }, (_, power) => 10 ** power);

/**
 * Reads the forms that dumps consist of from bytes, without making strings. What it does not find it answers with
 * `no`, or `false`; it then stands at no place in particular, and its user goes back to where the line began.
 */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #length = 0;
  at = 0;
  /** The port of the endpoint that was read last. */
  port = 0;
  /** The id of the address of the CIDR that was read last. */
  base = 0;
  /** How many bytes more than UTF-16 units were read: a micro sign has two. */
  surplus = 0;

  /** Begins to read other bytes. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#length = bytes.length;
    this.at = 0;
  }

  take(text: Literal): boolean {
    return (this.#head() & text.mask) === text.head && this.#takeWhole(text);
  }

  /** What the first text that stands here stands for. */
  takeOneOf(choices: readonly Choice[]): number {
    const head = this.#head();
    for (const { text, value } of choices) {
      if ((head & text.mask) === text.head && this.#takeWhole(text)) return value;
    }
    return no;
  }

  /** The next four bytes; near the end of all bytes 0 for those that are not there. */
  #head(): number {
    const { at } = this;
    if (at + 4 <= this.#length) return this.#view.getInt32(at, true);
    let head = 0;
    for (let index = 0; at + index < this.#length; index++)
      head |= (this.bytes[at + index] ?? 0) << (index * 8);
    return head;
  }

  /** Takes a text whose head is here. */
  #takeWhole({ length, bytes, words }: Literal): boolean {
    const { at } = this;
    if (at + length > this.#length) return false;
    if (words.length > 0) {
      const view = this.#view;
      const last = words.length - 1;
      for (let index = 0; index < last; index++) {
        if (view.getFloat64(at + index * 8, true) !== words[index]) return false;
      }
      if (view.getFloat64(at + length - 8, true) !== words[last]) return false;
    } else {
      for (let index = 4; index < length; index++) if (this.bytes[at + index] !== bytes[index]) return false;
    }
    this.at = at + length;
    return true;
  }

  takeByte(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** The end of a line, `\n` or `\r\n`. */
  takeLineEnd(): boolean {
    if (this.bytes[this.at] === 0x0d) this.at++;
    return this.takeByte(0x0a);
  }

  /** A whole number of at most 15 digits and at most `max`. */
  uint(max: number): number {
    const { bytes } = this;
    let at = this.at;
    let value = 0;
    for (; ; at++) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - this.at;
    if (digits === 0 || digits > maxDigits || value > max) return no;
    this.at = at;
    return value;
  }

  /** `true` is 1, `false` is 0. */
  bool(): number {
    if (this.take(yesWord)) return 1;
    return this.take(noWord) ? 0 : no;
  }

  /** The id of an address, IPv4 or IPv6 without brackets, which another byte than a part of one ends. */
  address(addresses: AddressTable): number {
    const start = this.at;
    const id = this.#ipv4(addresses);
    if (id !== no && !isAddressPart(this.bytes[this.at] ?? 0)) return id;
    let end = start;
    while (isAddressPart(this.bytes[end] ?? 0)) end++;
    return this.#ipv6(addresses, start, end);
  }

  /** The length of a CIDR, the id of whose address is then `base`. */
  cidr(addresses: AddressTable): number {
    this.base = this.address(addresses);
    if (this.base === no || !this.takeByte(0x2f)) return no;
    const start = this.at;
    const length = this.uint(addresses.bits(this.base));
    const isPadded = this.bytes[start] === zero && this.at > start + 1;
    return isPadded ? no : length;
  }

  /** The id of the address of an endpoint, whose `port` is then known; `10.0.0.1:80`, `[fd00::1]:80`, `fd00::1:80`. */
  endpoint(addresses: AddressTable): number {
    const start = this.at;
    const id = this.#ipv4(addresses);
    if (id !== no && this.takeByte(colon)) return this.#withPort(id);
    if (this.bytes[start] === 0x5b) return this.#bracketed(addresses, start + 1);
    let end = start;
    let last = no;
    for (; isAddressPart(this.bytes[end] ?? 0); end++) if (this.bytes[end] === colon) last = end;
    const found = last === no ? no : this.#ipv6(addresses, start, last);
    this.at = last + 1;
    return found === no ? no : this.#withPort(found);
  }

  /**
   * Whole nanoseconds of a duration as Go prints it, whose last unit a space, a quote or a line end follows;
   * `NaN` for what is none.
   */
  duration(): number {
    const isNegative = this.takeByte(0x2d);
    let total = 0;
    for (;;) {
      const mantissa = this.#decimal();
      const unit = mantissa === no ? 0 : this.#unit();
      if (unit === 0) return Number.NaN;
      total += mantissa * unit;
      const next = this.bytes[this.at] ?? 0x0a;
      if (next <= 0x20 || next === 0x22) break;
    }
    return isNegative ? -Math.round(total) : Math.round(total);
  }

  /** A number without sign and exponent, with the same rounding as `Number`. */
  #decimal(): number {
    const start = this.at;
    const whole = this.#digits(start);
    const digits = this.at - start;
    if (digits === 0 || digits > maxDigits) return no;
    if (this.bytes[this.at] !== dot) return whole;
    const point = ++this.at;
    const part = this.#digits(point);
    const decimals = this.at - point;
    const scale = powersOfTen[decimals] ?? 0;
    if (decimals === 0 || digits + decimals > maxDigits) return no;
    return (whole * scale + part) / scale;
  }

  /** The value of the digits from a place on, behind which the reader then stands. */
  #digits(start: number): number {
    const { bytes } = this;
    let at = start;
    let value = 0;
    for (let digit = 0; at < start + smallDigits; at++) {
      digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      // Of few digits, and so without the time that doubles take.
      value = (value * 10 + digit) | 0;
    }
    if (at === start + smallDigits) {
      for (; ; at++) {
        const digit = (bytes[at] ?? 0) - zero;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
    }
    this.at = at;
    return value;
  }

  /** The nanoseconds of a unit; 0 for what is none. */
  #unit(): number {
    const { bytes, at } = this;
    const second = bytes[at + 1];
    switch (bytes[at] ?? 0) {
      case 0x68: // h
        this.at = at + 1;
        return 3_600e9;
      case 0x6d: // m, ms
        this.at = at + (second === 0x73 ? 2 : 1);
        return second === 0x73 ? 1e6 : 60e9;
      case 0x73: // s
        this.at = at + 1;
        return 1e9;
      case 0xc2: // µs
        if (second !== 0xb5 || bytes[at + 2] !== 0x73) return 0;
        this.surplus++;
        this.at = at + 3;
        return 1e3;
      case 0x6e: // ns
        this.at = at + 2;
        return second === 0x73 ? 1 : 0;
      default:
        return 0;
    }
  }

  #withPort(id: number): number {
    const port = this.uint(0xffff);
    this.port = port;
    return port === no ? no : id;
  }

  #bracketed(addresses: AddressTable, start: number): number {
    let end = start;
    while (isAddressPart(this.bytes[end] ?? 0)) end++;
    if (this.bytes[end] !== 0x5d || this.bytes[end + 1] !== colon) return no;
    const id = this.#ipv6(addresses, start, end);
    this.at = end + 2;
    return id === no ? no : this.#withPort(id);
  }

  /** Stands behind the address when it is one, else anywhere. */
  #ipv4(addresses: AddressTable): number {
    const { bytes } = this;
    let at = this.at;
    let word = 0;
    for (let part = 0; part < 4; part++) {
      if (part > 0 && bytes[at++] !== dot) return no;
      let octet = (bytes[at] ?? 0) - zero;
      if (octet < 0 || octet > 9) return no;
      at++;
      if (octet > 0) {
        for (; ; at++) {
          const digit = (bytes[at] ?? 0) - zero;
          if (digit < 0 || digit > 9) break;
          octet = octet * 10 + digit;
          if (octet > 255) return no;
        }
      }
      word = (word << 8) | octet;
    }
    this.at = at;
    return addresses.idOf4(word);
  }

  /** An address of groups in hexadecimal only. */
  #ipv6(addresses: AddressTable, start: number, end: number): number {
    const { bytes } = this;
    const groups = this.#groups;
    let count = 0;
    let gap = no;
    let at = start;
    if (bytes[at] === colon) {
      if (bytes[at + 1] !== colon || end < start + 2) return no;
      gap = 0;
      at += 2;
    }
    while (at < end) {
      let group = 0;
      const first = at;
      for (; at < end; at++) {
        const digit = hexDigit(bytes[at] ?? 0);
        if (digit === no) break;
        group = group * 16 + digit;
      }
      if (at === first || at - first > 4 || count === 8) return no;
      groups[count++] = group;
      if (at === end) break;
      if (bytes[at++] !== colon) return no;
      if (bytes[at] === colon && at < end) {
        if (gap !== no) return no;
        gap = count;
        at++;
      } else if (at === end) return no;
    }
    if (gap === no ? count !== 8 : count > 7) return no;
    this.at = end;
    return this.#idOfGroups(addresses, count, gap);
  }

  readonly #groups = new Uint16Array(8);
  readonly #words = new Uint16Array(8);

  #idOfGroups(addresses: AddressTable, count: number, gap: number): number {
    const words = this.#words.fill(0);
    const head = gap === no ? count : gap;
    for (let index = 0; index < head; index++) words[index] = this.#groups[index] ?? 0;
    for (let index = head; index < count; index++) words[8 - count + index] = this.#groups[index] ?? 0;
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
    return addresses.idOf6(a * 65536 + b, c * 65536 + d, e * 65536 + f, g * 65536 + h);
  }
}

const yesWord = literal('true');
const noWord = literal('false');

/** A digit, a letter of hexadecimal, a dot or a colon. */
function isAddressPart(byte: number): boolean {
  return (byte >= zero && byte <= colon) || byte === dot || hexDigit(byte) !== no;
}

function hexDigit(byte: number): number {
  if (byte >= zero && byte <= 0x39) return byte - zero;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : no;
}
