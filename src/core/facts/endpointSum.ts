/**
 * A sum over the endpoints of a set, `<address>:<port>` each, in whatever order they come: that two sets have the same
 * one by chance is 1 in 2^64.
 */
export interface EndpointSum {
  count: number;
  first: number;
  second: number;
}

export function emptySum(): EndpointSum {
  return { count: 0, first: 0, second: 0 };
}

const feed = 0x0a;

/** Adds the endpoint that is spelled here up to the end of the line, whose place it answers; blanks do not count. */
export function addEndpoint(sum: EndpointSum, bytes: Uint8Array, start: number): number {
  let one = 0x811c9dc5;
  let other = 0x27d4eb2f;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? feed;
    if (byte === feed) break;
    if (byte <= 0x20) continue;
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other + byte, 0x9e3779b1) ^ (other >>> 15);
  }
  sum.count++;
  sum.first = (sum.first + mix(one, 0x85ebca6b)) | 0;
  sum.second = (sum.second + mix(other, 0x7feb352d)) | 0;
  return at;
}

/** The sum of endpoints that are spelled out. */
export function sumOf(endpoints: Iterable<string>): EndpointSum {
  const encoder = new TextEncoder();
  const sum = emptySum();
  for (const endpoint of endpoints) {
    addEndpoint(sum, encoder.encode(endpoint), 0);
  }
  return sum;
}

function mix(value: number, factor: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), factor);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 16);
}
