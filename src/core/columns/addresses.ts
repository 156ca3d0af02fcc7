import { formatIp, formatIpv4, ipBytes, type IpAddress } from '../net/address.ts';
import { uint32, uint8 } from './column.ts';

/**
 * Addresses, each kept once and known by a number from 1 on; 0 is none. A dump names few addresses very often, so
 * what is asked about one, as who it is, need be asked once only.
 */
export class AddressTable {
  /** Four words each, in network order; an IPv4 address is in the last one. */
  readonly #words = uint32();
  readonly #lengths = uint8();
  readonly #texts: (IpAddress | undefined)[] = [];
  #count = 0;
  /**
   * Open addressing by hashes: an id, below zero for IPv4, and its address’s last word, side by side; never more than
   * half full.
   */
  #slots = new Int32Array(2048);

  /** How many there are; their ids are 1 to `count`. */
  get count(): number {
    return this.#count;
  }

  /** The id of an IPv4 address, given as a signed or unsigned word. */
  idOf4(word: number): number {
    if (this.#count * 4 >= this.#slots.length) this.#rehash();
    const slots = this.#slots;
    const mask = slots.length - 2;
    const last = word | 0;
    for (let slot = (hash4(last) << 1) & mask; ; slot = (slot + 2) & mask) {
      const id = slots[slot] ?? 0;
      if (id < 0 && slots[slot + 1] === last) return -id;
      if (id !== 0) continue;
      slots[slot] = -(this.#count + 1);
      slots[slot + 1] = last;
      return this.#add(last, 4);
    }
  }

  /** The id of an IPv6 address, given as its four words. */
  idOf6(first: number, second: number, third: number, fourth: number): number {
    if (this.#count * 4 >= this.#slots.length) this.#rehash();
    const slots = this.#slots;
    const mask = slots.length - 2;
    const last = fourth | 0;
    for (let slot = (hash6(first, second, third, last) << 1) & mask; ; slot = (slot + 2) & mask) {
      const id = slots[slot] ?? 0;
      if (id > 0 && slots[slot + 1] === last && this.#hasHead(id, first, second, third)) return id;
      if (id !== 0) continue;
      slots[slot] = this.#count + 1;
      slots[slot + 1] = last;
      for (const [index, word] of [first, second, third].entries())
        this.#words.set((this.#count + 1) * 4 + index, word);
      return this.#add(last, 16);
    }
  }

  idOf(address: IpAddress | undefined): number {
    const bytes = address === undefined ? undefined : ipBytes(address);
    if (bytes === undefined) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (bytes.length === 4) return this.idOf4(view.getUint32(0));
    return this.idOf6(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12));
  }

  /** How many bits an address has: 32 or 128. */
  bits(id: number): number {
    return this.#lengths.at(id) * 8;
  }

  /** The address in its canonical text; `undefined` for 0. */
  text(id: number): IpAddress | undefined {
    return id > 0 && id <= this.#count ? (this.#texts[id] ??= this.#spell(id)) : undefined;
  }

  /** All texts by their ids, `''` for 0. */
  list(): readonly string[] {
    return Array.from({ length: this.#count + 1 }, (_, id) => this.text(id) ?? '');
  }

  #spell(id: number): IpAddress {
    if (this.#lengths.at(id) === 4) return formatIpv4(this.#words.at(id * 4 + 3));
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let word = 0; word < 4; word++) view.setUint32(word * 4, this.#words.at(id * 4 + word));
    return formatIp(bytes);
  }

  #add(last: number, length: number): number {
    this.#count++;
    this.#words.set(this.#count * 4 + 3, last);
    this.#lengths.set(this.#count, length);
    return this.#count;
  }

  #hasHead(id: number, first: number, second: number, third: number): boolean {
    const words = this.#words.values;
    const at = id * 4;
    return words[at] === first >>> 0 && words[at + 1] === second >>> 0 && words[at + 2] === third >>> 0;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 2;
    const { values: words } = this.#words;
    for (let id = 1; id <= this.#count; id++) {
      const at = id * 4;
      const last = (words[at + 3] ?? 0) | 0;
      const is4 = this.#lengths.at(id) === 4;
      const mixed = is4 ? hash4(last) : hash6(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, last);
      let slot = (mixed << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = is4 ? -id : id;
      slots[slot + 1] = last;
    }
    this.#slots = slots;
  }
}

/** Mixes all bits of four words, so that addresses that differ in a few get places of their own. */
function hash6(first: number, second: number, third: number, fourth: number): number {
  return hash4(
    Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77) ^ Math.imul(third, 0xc2b2ae3d) ^ fourth,
  );
}

function hash4(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}
