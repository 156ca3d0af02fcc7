import type { Cidr, IpAddress } from '../net/address.ts';
import { AddressTable } from './addresses.ts';
import { uint32, uint8 } from './column.ts';

/** CIDRs, each kept once and known by a number from 1 on; 0 is none. */
export class CidrTable {
  /** The addresses that they begin with. */
  readonly addresses = new AddressTable();
  /** By address, the first CIDR that begins with it; by CIDR, the next one of the same address. */
  readonly #first = uint32();
  readonly #next = uint32();
  readonly #address = uint32();
  readonly #length = uint8();
  #count = 0;

  /** The id of a CIDR, given as the id of its address and its length in bits. */
  idOfParts(address: number, length: number): number {
    const first = this.#first.at(address);
    let id = first;
    while (id !== 0 && this.#length.at(id) !== length) id = this.#next.at(id);
    if (id !== 0) return id;
    const added = ++this.#count;
    this.#address.set(added, address);
    this.#length.set(added, length);
    this.#next.set(added, first);
    this.#first.set(address, added);
    return added;
  }

  idOf(cidr: Cidr): number {
    const [address, length] = cidr.split('/');
    return this.idOfParts(this.addresses.idOf(address as IpAddress), Number(length)); // A CIDR begins with an address.
  }

  /** The CIDR in its canonical text; that of an id alone. */
  text(id: number): Cidr {
    return `${this.addresses.text(this.#address.at(id))}/${this.#length.at(id)}` as Cidr; // As it was read.
  }

  /** All texts by their ids, `''` for 0. */
  list(): readonly string[] {
    return Array.from({ length: this.#count + 1 }, (_, id) => (id === 0 ? '' : this.text(id)));
  }
}
