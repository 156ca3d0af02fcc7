import { ipBytes, type Cidr, type IpAddress } from './address.ts';

/** Values keyed by CIDR, found by address: the most specific prefix wins (longest-prefix match). */
export class PrefixMap<T> {
  readonly #byLength = new Map<string, Map<string, T>>();

  set(cidr: Cidr, value: T): void {
    const slash = cidr.indexOf('/');
    const bytes = ipBytes(cidr.slice(0, slash));
    if (bytes === undefined) return;
    const length = Number(cidr.slice(slash + 1));
    const group = `${bytes.length}/${length}`;
    const values = this.#byLength.get(group) ?? new Map<string, T>();
    values.set(prefixKey(bytes, length), value);
    this.#byLength.set(group, values);
  }

  find(address: IpAddress): T | undefined {
    const bytes = ipBytes(address);
    if (bytes === undefined) return undefined;
    for (let length = bytes.length * 8; length >= 0; length--) {
      const value = this.#byLength.get(`${bytes.length}/${length}`)?.get(prefixKey(bytes, length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** Whether an address lies in a CIDR; never across families. */
export function cidrContains(cidr: Cidr, address: IpAddress): boolean {
  const slash = cidr.indexOf('/');
  const base = ipBytes(cidr.slice(0, slash));
  const bytes = ipBytes(address);
  if (base === undefined || bytes === undefined || base.length !== bytes.length) return false;
  const length = Number(cidr.slice(slash + 1));
  return prefixKey(base, length) === prefixKey(bytes, length);
}

function prefixKey(bytes: Uint8Array, length: number): string {
  const whole = length >> 3;
  const rest = length & 7;
  const kept = Array.from(bytes.subarray(0, whole));
  if (rest > 0) kept.push((bytes[whole] ?? 0) & (0xff << (8 - rest)));
  return String.fromCharCode(...kept);
}
