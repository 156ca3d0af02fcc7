/** An IPv4 or IPv6 address in its canonical text: dotted, or compressed lower-case hex (RFC 5952). */
export type IpAddress = string & { readonly __brand: 'IpAddress' };

/** An address with a prefix length in canonical text, host bits kept as printed: `10.65.0.0/16`. */
export type Cidr = string & { readonly __brand: 'Cidr' };

/** Reads an address; `undefined` when the text is none. Zones (`fe80::1%eth0`) are none. */
export function parseIp(text: string): IpAddress | undefined {
  // Dotted text has one form only: it is canonical as it stands.
  if (!text.includes(':')) return isIpv4(text) ? (text as IpAddress) : undefined;
  const bytes = ipv6Bytes(text);
  return bytes === undefined ? undefined : formatIp(bytes);
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const address = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const longest = address.includes(':') ? 128 : 32;
  return Number(digits) > longest ? undefined : (`${address}/${digits}` as Cidr);
}

/** The address of a CIDR, or of an address as it stands in one, without the length of its prefix. */
export function withoutLength(cidr: string): string {
  return cidr.replace(/\/\d+$/, '');
}

/** Whether a text is four numbers up to 255 without leading zeros, joined by dots. */
export function isIpv4(text: string): boolean {
  return ipv4Word(text) !== undefined;
}

/** An IPv4 address, or the part of a text before `end`, as a whole number of 32 bits; `undefined` when it is none. */
export function ipv4Word(text: string, end = text.length): number | undefined {
  let dots = 0;
  let word = 0;
  let value = -1;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (value < 0) return undefined;
      dots++;
      word = word * 256 + value;
      value = -1;
    } else if (code >= 0x30 && code <= 0x39 && value !== 0) {
      value = Math.max(value, 0) * 10 + code - 0x30;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && value >= 0 ? word * 256 + value : undefined;
}

/** The address as 4 or 16 bytes in network order; `undefined` when the text is no address. */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const word = ipv4Word(text);
  return word === undefined ? undefined : Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const gap = text.indexOf('::');
  if (gap === -1) {
    const groups = ipv6Groups(text);
    return groups?.length === 8 ? toBytes(groups) : undefined;
  }
  const head = ipv6Groups(text.slice(0, gap));
  const tail = ipv6Groups(text.slice(gap + 2));
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return toBytes([...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]);
}

function ipv6Groups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const mapped = index === parts.length - 1 ? ipv4Bytes(part) : undefined;
      if (mapped === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = mapped;
      groups.push(a * 256 + b, c * 256 + d);
    }
  }
  return groups;
}

function toBytes(groups: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    bytes[index * 2] = group >> 8;
    bytes[index * 2 + 1] = group & 0xff;
  }
  return bytes;
}

/** Writes an IPv4 address that is given as a word. */
export function formatIpv4(word: number): IpAddress {
  const network = `${dotted[word >>> 24]}${dotted[(word >>> 16) & 0xff]}`;
  return `${network}${dotted[(word >>> 8) & 0xff]}${word & 0xff}` as IpAddress;
}

/** The octets with the dot behind them: to make them anew for each of very many addresses would take twice the memory. */
const dotted = Array.from({ length: 256 }, (_, octet) => `${octet}.`);

/** Writes 4 or 16 bytes as canonical text. */
export function formatIp(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return bytes.join('.') as IpAddress;
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2)
    groups.push((bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0));
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups) as IpAddress;
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}` as IpAddress;
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}
