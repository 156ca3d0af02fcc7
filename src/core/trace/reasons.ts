/** Why a packet was dropped (felix/bpf-gpl/reasons.h; the numbers mean something else in nearly every version). */

/** Reasons by id, with what they say to a user. */
export const reasonTitles = {
  policy: 'denied by policy',
  'no-policy-program': 'no policy program is in place',
  'workload-to-host': 'defaultEndpointToHostAction forbids pods to reach their node',
  'spoofed-source': 'the source address is not the pod’s',
  'unauthorised-source': 'the source is not authorised',
  'reverse-path': 'the reverse path does not fit',
  'source-range': 'the source is outside of loadBalancerSourceRanges',
  'no-backend': 'the service has no backend',
  'missing-backend': 'the service’s backend is missing in the NAT map',
  'black-hole': 'no service has this service address',
  'no-route': 'there is no route',
  'no-tunnel-route': 'there is no route at the tunnel device',
  'mid-flow': 'the connection is unknown',
  'conntrack-invalid': 'the packet does not fit its connection',
  'conntrack-full': 'the connection could not be noted',
  'source-collision': 'two connections need the same source port',
  'workload-not-ready': 'the interface is not ready',
  'not-loaded': 'the program is not loaded for this IP version',
  'ipv6-off': 'IPv6 is off',
  'not-ip': 'neither IP nor ARP',
  malformed: 'the packet is malformed',
  'ip-options': 'the packet has IP options',
  'too-short': 'the packet is too short',
  checksum: 'the checksum could not be made',
  'too-big': 'the packet is too big for the tunnel',
  'ttl-exceeded': 'the packet’s time to live is over',
  encapsulation: 'the packet could not be packed for the tunnel',
  decapsulation: 'the packet of the tunnel could not be unpacked',
  'tunnel-source': 'the packet of a tunnel comes from an unknown source',
  'tunnel-traffic': 'tunnel traffic is not allowed here',
  fragment: 'the fragments could not be put together',
  'fragment-wait': 'the fragment is kept until the others come',
  'fragment-order': 'the fragment came before the first one',
  'rate-limit': 'the packet rate limit is reached',
  'connection-limit': 'the connection limit is reached',
  'connection-reset': 'the connection is marked to be reset',
  'host-address-unknown': 'the node’s own address is unknown',
  bpfnat: 'bpfnat could not be reached',
  broken: 'a program or a map is missing',
  unknown: 'no reason is given',
} as const;

export type ReasonId = keyof typeof reasonTitles;

/** Through v3.23: hexadecimal codes of their own. */
const oldCodes: ReadonlyMap<number, ReasonId> = new Map([
  [0x01, 'too-short'],
  [0x06, 'ipv6-off'],
  [0x1c, 'too-big'],
  [0xbe, 'policy'],
  [0xc0, 'conntrack-invalid'],
  [0xc1, 'conntrack-full'],
  [0xcf, 'checksum'],
  [0xdf, 'decapsulation'],
  [0xdead, 'no-route'],
  [0xea, 'not-ip'],
  [0xeb, 'ip-options'],
  [0xec, 'malformed'],
  [0xed, 'unauthorised-source'],
  [0xef, 'encapsulation'],
]);

/** From v3.24, up to the number where versions begin to differ. */
const codes: readonly (ReasonId | undefined)[] = [
  'unknown',
  undefined,
  undefined,
  undefined,
  'policy',
  'too-short',
  'checksum',
  'ip-options',
  'malformed',
  'encapsulation',
  'decapsulation',
  'unauthorised-source',
  'no-route',
];

type Codes = readonly (ReasonId | undefined)[];

const notReady = ['workload-not-ready', 'bpfnat'] as const;
const collisions = ['black-hole', 'source-collision', 'source-collision', 'conntrack-full'] as const;
/** Three kinds of redirects, which are none, come before the fragments. */
const fragments = [
  ...Array<undefined>(3),
  'fragment-wait',
  'fragment-order',
  'fragment',
  'rate-limit',
  undefined,
] as const;
/** A packet that XDP accepted is no denial. */
const accepted = undefined;

/** The codes from 13 on, by the first version that has them. */
const laterCodes: readonly (readonly [version: readonly [number, number], codes: Codes])[] = [
  [
    [32, 1],
    [...collisions, ...fragments, 'no-backend', 'host-address-unknown', accepted, ...notReady],
  ],
  [
    [32, 0],
    [...collisions, ...fragments, 'no-backend', accepted, ...notReady],
  ],
  [
    [31, 0],
    [...collisions, ...fragments, accepted, ...notReady],
  ],
  [
    [30, 0],
    [...collisions, accepted, ...notReady],
  ],
  [
    [28, 1],
    ['black-hole', accepted, ...notReady],
  ],
  [
    [28, 0],
    [accepted, ...notReady],
  ],
  [
    [27, 4],
    ['black-hole', accepted, ...notReady],
  ],
  [
    [24, 0],
    [accepted, ...notReady],
  ],
];

const firstLaterCode = codes.length;

/** A version of Calico as its second and third number: v3.32.1 is `{ minor: 32, patch: 1 }`. */
export interface ReasonVersion {
  readonly minor: number;
  readonly patch: number;
}

/** Reads `v3.32.1`, `3.30`, `master`; `undefined` for anything else. */
export function parseReasonVersion(text: string): ReasonVersion | undefined {
  if (text === 'master') return { minor: 33, patch: 0 };
  const [, minor, patch] = /^v?3\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return minor === undefined ? undefined : { minor: Number(minor), patch: Number(patch ?? 0) };
}

/** What a code of a denial means; without a version, as far as all versions agree. */
export function findReason(code: number, version: ReasonVersion | undefined): ReasonId | undefined {
  const isOld = version === undefined ? code >= 0x80 : version.minor < 24;
  if (isOld) return oldCodes.get(code);
  if (code < firstLaterCode) return codes[code];
  if (version === undefined) return undefined;
  const [, later] =
    laterCodes.find(
      ([[minor, patch]]) => version.minor > minor || (version.minor === minor && version.patch >= patch),
    ) ?? [];
  return later?.[code - firstLaterCode];
}
