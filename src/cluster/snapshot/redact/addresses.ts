import { createHmac, randomBytes } from 'node:crypto';
import { formatIp, ipBytes } from '../../../core/net/address.ts';

/**
 * Other addresses for the real ones, such that two that share their first n bits still do: routes, pools and blocks
 * hold who they held (the idea of Crypto-PAn). Without the key, which nobody keeps, there is no way back.
 */
export class AddressRedaction {
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, string>();
  readonly #bits = new Map<string, number>();

  /** Replaces every address and CIDR in a text. */
  text(text: string): string {
    const renamed = text.replace(blockName, (found, dashed: string, length: string) => {
      const other = this.#other(dashed.replaceAll('-', '.'), Number(length));
      return other === undefined ? found : `${other.replaceAll('.', '-')}-${length}`;
    });
    return renamed.replace(addressPattern, (found, address: string, length: string | undefined) => {
      const other = this.#other(address, length === undefined ? undefined : Number(length));
      return other === undefined ? found : `${other}${length === undefined ? '' : `/${length}`}`;
    });
  }

  #other(address: string, length: number | undefined): string | undefined {
    const key = `${address}/${length ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bytes = ipBytes(address);
    if (bytes === undefined || length === 0) return undefined;
    const other = formatIp(this.#replace(bytes, length));
    this.#known.set(key, other);
    return other;
  }

  /** In a CIDR the host bits stay as they are: they are zero as a rule. */
  #replace(bytes: Uint8Array, length = bytes.length * 8): Uint8Array {
    const kept = keptBits(bytes);
    const other = Uint8Array.from(bytes);
    for (let at = kept; at < length; at += 1) {
      if (this.#flips(bytes, at)) other[at >> 3] = (other[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
    }
    return other;
  }

  /** Whether a bit is turned over: a secret function of the bits before it. */
  #flips(bytes: Uint8Array, at: number): boolean {
    const before = Array.from(bytes.subarray(0, (at >> 3) + 1));
    before[at >> 3] = (before[at >> 3] ?? 0) & ~(0xff >> (at & 7));
    const key = `${bytes.length}/${at}/${before.join('.')}`;
    let bit = this.#bits.get(key);
    if (bit === undefined) {
      bit = (createHmac('sha256', this.#key).update(key).digest()[0] ?? 0) & 1;
      this.#bits.set(key, bit);
    }
    return bit === 1;
  }
}

const addressPattern =
  /(?<![\w.:-])((?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?:(?:\d{1,3}\.){3}\d{1,3})?)(?:\/(\d{1,3}))?(?![\w]|\.\d)/g;

/** IPAM names a block `10-244-174-128-26` (libcalico-go/lib/names). */
const blockName = /(?<!\d)((?:\d{1,3}-){3}\d{1,3})-(\d{1,2})(?!\d|-\d)/g;

/** How many bits say only what kind of address it is; all of them for addresses that are the same everywhere. */
function keptBits(bytes: Uint8Array): number {
  const [first = 0, second = 0, , last = 0] = bytes;
  const all = bytes.length * 8;
  if (bytes.length === 16) {
    const isLoopback = bytes.subarray(0, 15).every((byte) => byte === 0);
    if (isLoopback || first === 0xff || (first === 0xfe && second === 0x80)) return all;
    return (first & 0xfe) === 0xfc ? 8 : 16;
  }
  if (first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254)) return all;
  if (first === 255 && last === 255) return all;
  if (first === 172 && second >> 4 === 1) return 12;
  if (first === 192 && second === 168) return 16;
  if (first === 100 && second >> 6 === 1) return 10;
  return 8;
}
