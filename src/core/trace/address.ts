/**
 * Addresses as the BPF programs print them (`IP_FMT` and `debug_ip` of felix/bpf-gpl): dotted or in brackets from
 * v3.30 on nodes with BTF, else the hexadecimal digits of the number.
 */
import { formatIp, ipBytes } from '../net/address.ts';

/**
 * An address in canonical text. Of an IPv6 address that was printed as its last 32 bits only, `…:a41:2`: nobody is
 * known by that, and nothing else can be.
 */
export type TraceAddress = string;

/** Text is shared, so that a packet that is kept does not keep the chunk of text that it was read from. */
const dotted = new Map<number, string>();
const compressed = new Map<string, string>();
/** Enough for every address of a large node; beyond it, sharing begins anew. */
const maxShared = 65_536;

/** The IPv4 address of a number, most significant byte first. */
export function toDotted(value: number): TraceAddress {
  const known = dotted.get(value);
  if (known !== undefined) return known;
  if (dotted.size >= maxShared) dotted.clear();
  const text = `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  dotted.set(value, text);
  return text;
}

/** The same number with its bytes in the opposite order. */
export function swapBytes(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** What is left of an IPv6 address of which only the last 32 bits were printed. */
export function toPartialIpv6(value: number): TraceAddress {
  return value === 0 ? '::' : `…:${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

/** The canonical text of an IPv6 address in eight full groups; `undefined` when it is none. */
export function toCompressed(text: string): TraceAddress | undefined {
  const known = compressed.get(text);
  if (known !== undefined) return known;
  const bytes = ipBytes(text);
  if (bytes?.length !== 16) return undefined;
  if (compressed.size >= maxShared) compressed.clear();
  const canonical = formatIp(bytes);
  // A key of its own, which does not keep the chunk either.
  compressed.set(Array.from(text).join(''), canonical);
  return canonical;
}

/** Whether an address stands for none: the programs print zero where there is no tunnel or no NAT. */
export function isNoAddress(address: TraceAddress): boolean {
  return address === '0.0.0.0' || address === '::';
}
