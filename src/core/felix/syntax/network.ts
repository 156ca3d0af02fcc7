import { ipBytes, isIpv4 } from '../../net/address.ts';

/** 4 or 6 for an address; IPv6 that wraps an IPv4 address counts as 4, as in Go. */
export function addressVersion(text: string): 4 | 6 | undefined {
  if (!text.includes(':')) return isIpv4(text) ? 4 : undefined;
  const bytes = ipBytes(text);
  if (bytes === undefined) return undefined;
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? 4 : 6;
}

/** 4 or 6 for `10.0.0.0/8` or a bare address (cnet.ParseCIDROrIP in libcalico-go/lib/net). */
export function cidrVersion(text: string): 4 | 6 | undefined {
  const slash = text.indexOf('/');
  const version = addressVersion(slash === -1 ? text : text.slice(0, slash));
  if (slash === -1 || version === undefined) return version;
  const length = text.slice(slash + 1);
  const longest = text.slice(0, slash).includes(':') ? 128 : 32;
  return /^\d{1,3}$/.test(length) && Number(length) <= longest ? version : undefined;
}

/** A label of a DNS name as Kubernetes wants it (RFC 1123): at most 63 lower-case letters, digits and dashes. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** A name of an object in Kubernetes (RFC 1123 subdomain): labels between dots, 253 characters at most. */
export function isDnsSubdomain(text: string): boolean {
  return (
    text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text)
  );
}
