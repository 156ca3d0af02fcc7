/** How Felix names and numbers IP sets (libcalico-go/lib/hash/unique_id.go, felix/idalloc/idalloc.go). */
import { sha224, sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** `s`: the endpoints and network sets of a selector. `n`: a named port of such endpoints. */
export type IpSetPrefix = 's' | 'n';

/** The string of a set: the prefix and the SHA-224 of its contents, `s:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug`. */
export function ipSetId(prefix: IpSetPrefix, content: string): string {
  const digest = sha224(utf8ToBytes(`${prefix}:${content}`));
  const base64 = btoa(String.fromCharCode(...digest));
  return `${prefix}:${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/**
 * The number of a set in the BPF map, `0x9bb9786e55d550fe`: the first eight bytes of a SHA-256. Felix takes another
 * one when the number is taken, so only a number that is met says anything.
 */
export function ipSetNumber(id: string): string {
  const text = utf8ToBytes(id);
  const attempt = new Uint8Array(8 + text.length);
  attempt.set(text, 8);
  const digest = sha256(attempt);
  return `0x${new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true).toString(16)}`;
}

/** A number without leading zeros and in lower case, as maps of sets are keyed. */
export function normalizeIpSetNumber(number: string): string {
  return number.toLowerCase().replace(/^0x0*(?=.)/, '0x');
}
