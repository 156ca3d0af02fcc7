/** What the run of one program for one packet comes to. */
import type { TraceAddress } from './address.ts';
import type { Hook } from './prefix.ts';
import type { ReasonId } from './reasons.ts';

/** One packet at one hook: what the program knew of it and what it decided. */
export interface Packet {
  /** From 1, in the order of the ends of their runs. */
  readonly number: number;
  /** Seconds since the node's boot, of the first line. */
  readonly time: number;
  readonly cpu: number;
  /** Whose trace it is of, where that stands in the trace, and when that node started, in seconds since 1970. */
  readonly node: string | undefined;
  readonly bootedAt: number | undefined;
  /** Unknown when the program was one that does not tell. */
  readonly hook: Hook | undefined;
  readonly family: 4 | 6;
  readonly ifIndex: number | undefined;
  /** The packet's mark when it came. */
  readonly mark: number | undefined;
  readonly ipId: number | undefined;
  /** Bytes of the IP packet, from v3.28. */
  readonly length: number | undefined;
  /** The number of the IP protocol. */
  readonly protocol: number | undefined;
  readonly source: PacketEnd | undefined;
  readonly destination: PacketEnd | undefined;
  readonly icmp: { readonly type: number; readonly code: number } | undefined;
  /** What else came in the place of an IP packet. */
  readonly special: 'ARP' | 'IPv6' | 'IPv4' | undefined;
  readonly conntrack: Conntrack | undefined;
  readonly nat: Nat | undefined;
  readonly tunnel: Tunnel | undefined;
  /** The code of policy: 0 no rule matched, 1 allowed, 2 denied, 10 the program could not be called. */
  readonly policyCode: number | undefined;
  /** A Log action of a rule spoke. */
  readonly isLogged: boolean;
  /** The interface that the packet was redirected to. */
  readonly redirectedTo: number | undefined;
  /** The interface that it was for, whose programs were not in place yet. */
  readonly unready: string | undefined;
  /** The socket that sent it, if it is one of this node. */
  readonly socketCookie: number | undefined;
  readonly verdict: Verdict;
  /** How long the program took. */
  readonly nanoseconds: number | undefined;
  readonly lines: PacketLines;
}

export interface PacketEnd {
  readonly address: TraceAddress;
  readonly port: number | undefined;
}

export interface Conntrack {
  /** Undefined when the run ended before it was known. */
  readonly result: ConntrackResult | undefined;
  /** Which entry was hit. */
  readonly entry: 'normal' | 'nat-forward' | 'nat-reverse' | undefined;
  readonly isSyn: boolean;
  readonly isRelated: boolean;
  readonly isReset: boolean;
  /** The reverse path of the packet is not that of its connection. */
  readonly isRpfFailed: boolean;
  /** Flags of the entry; their bits are those of a conntrack dump. */
  readonly flags: number | undefined;
}

/** The low byte of a result, in order (`enum calico_ct_result_type`, felix/bpf-gpl/conntrack_types.h). */
export const conntrackResults = [
  'NEW',
  'MID_FLOW_MISS',
  'ESTABLISHED',
  'ESTABLISHED_BYPASS',
  'ESTABLISHED_SNAT',
  'ESTABLISHED_DNAT',
  'INVALID',
  'MAGLEV_MID_FLOW_MISS',
] as const;
export type ConntrackResult = (typeof conntrackResults)[number];

export interface Nat {
  /** The backend that the packet goes to in place of its destination. */
  readonly destination: PacketEnd | undefined;
  /** The address that the packet comes from in place of its source: the service's, on a reply. */
  readonly source: PacketEnd | undefined;
  /** The destination before the connect-time load balancer changed it. */
  readonly before: PacketEnd | undefined;
  /** The id of the service in the node's NAT maps. */
  readonly serviceId: number | undefined;
  readonly ordinal: number | undefined;
  /** The destination was looked up among services, and is none. */
  readonly isNoService: boolean;
  /** The destination is a NodePort at another node’s address. */
  readonly isRemoteNodePort: boolean;
  /** The backend was chosen when the process connected. */
  readonly isConnectTime: boolean;
  /** The source becomes the node's on the way out of the pools. */
  readonly isOutgoing: boolean;
}

export interface Tunnel {
  readonly kind: 'encapsulated' | 'decapsulated' | 'outer';
  /** The node at the other end. */
  readonly peer: TraceAddress | undefined;
}

export type Verdict =
  | { readonly kind: 'allowed'; readonly how: Allowed }
  | {
      readonly kind: 'denied';
      readonly reason: ReasonId;
      /** The reason in words, for this packet. */
      readonly words: string;
      /** The number that the program gave, by its version. */
      readonly code: number | undefined;
      /** What the sender is told in the packet's place. */
      readonly reply: Reply | undefined;
    }
  /** The trace does not tell: the run was cut off, or the version printed no end. */
  | { readonly kind: 'unknown' };

export interface Reply {
  readonly kind: 'icmp' | 'tcp-reset';
  readonly type: number | undefined;
  readonly code: number | undefined;
}

/**
 * How a packet went on: to whatever comes next on its way, straight to another interface, past all checks because
 * another program had accepted it, or because XDP had.
 */
export type Allowed = 'passed' | 'redirected' | 'bypass' | 'accepted-by-xdp';

export interface PacketLines {
  /** The number of the first line in the trace, from 1. */
  readonly first: number;
  readonly count: number;
  /** Stretches of lines in a row, as offsets into the whole text; lines of other CPUs stand between them. */
  readonly spans: readonly LineSpan[];
  /** Lines that no known version prints. */
  readonly unknown: number;
  /** The trace has not all of the run. */
  readonly cut: 'start' | 'end' | 'both' | undefined;
}

export interface LineSpan {
  readonly start: number;
  readonly end: number;
  /** The number of its first line, from 1. */
  readonly line: number;
}

/** The connect-time load balancer at work: a process connects, before there is a packet. */
export interface Connect {
  readonly time: number;
  readonly cpu: number;
  /** The process, as the kernel names it, and its id. */
  readonly task: string;
  readonly family: 4 | 6;
  readonly protocol: number | undefined;
  /** Where the process wants to go; unknown when it was not looked up. */
  readonly wanted: PacketEnd | undefined;
  readonly backend: PacketEnd | undefined;
  readonly serviceId: number | undefined;
  /** Joins it with the packets of the connection. */
  readonly socketCookie: number | undefined;
  readonly outcome: 'balanced' | 'no-backend' | 'no-service' | 'untouched';
  readonly lines: PacketLines;
}

/**
 * What the node's ends of pods' interfaces are named with: by Calico, and by the networks of Amazon, Azure and Google
 * under it, for which `interfacePrefix` is set so. A trace does not tell how it is set.
 */
const workloadPrefixes = ['cali', 'eni', 'azv', 'gke'];

/** Whether the hook is that of a workload: its interface is the node's end of a pod's. */
export function isWorkload({ interface: name }: Hook): boolean {
  return workloadPrefixes.some((prefix) => name.startsWith(prefix));
}
