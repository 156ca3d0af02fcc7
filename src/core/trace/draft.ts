/** A run in the making: what its lines have said so far. */
import type { TraceAddress } from './address.ts';
import type { Conntrack, ConntrackResult, LineSpan, PacketEnd, Tunnel } from './packet.ts';
import type { Hook } from './prefix.ts';
import type { ReasonId } from './reasons.ts';

export interface Draft {
  readonly time: number;
  readonly cpu: number;
  readonly hook: Hook | undefined;
  readonly isIpv6: boolean;
  readonly lines: DraftLines;
  ifIndex: number | undefined;
  mark: number | undefined;
  ipId: number | undefined;
  length: number | undefined;
  protocol: number | undefined;
  source: PacketEnd | undefined;
  destination: PacketEnd | undefined;
  /** As read from the packet; addresses may come later, or not at all. */
  ports: { readonly source: number; readonly destination: number } | undefined;
  icmp: { readonly type: number; readonly code: number } | undefined;
  special: 'ARP' | 'IPv6' | 'IPv4' | undefined;
  /** Whether conntrack or what comes behind it has spoken: later addresses are those of the packet's parts. */
  isParsed: boolean;
  readonly conntrack: DraftConntrack;
  readonly nat: DraftNat;
  tunnelKind: Tunnel['kind'] | undefined;
  tunnelPeer: TraceAddress | undefined;
  policyCode: number | undefined;
  isLogged: boolean;
  redirectedTo: number | undefined;
  unready: string | undefined;
  socketCookie: number | undefined;
  nanoseconds: number | undefined;
  /** The last line that can explain a denial. */
  cause: ReasonId | undefined;
  /** The count of lines with which it came. */
  causeLine: number | undefined;
  reply: DraftReply | undefined;
  /** Policy was called, and nothing has come back so far. */
  isInPolicy: boolean;
  isDropping: boolean;
  isXdpAccepted: boolean;
  /** Addresses are printed dotted, or in brackets: from v3.30 on. */
  hasDottedAddresses: boolean;
  end: DraftEnd | undefined;
}

export type DraftEnd =
  | { readonly kind: 'allowed'; readonly tcCode: number | undefined }
  | { readonly kind: 'bypassed' }
  | { readonly kind: 'accepted-by-xdp' }
  | { readonly kind: 'denied'; readonly digits: string | undefined }
  | { readonly kind: 'denied-by-policy' };

interface DraftReply {
  kind: 'icmp' | 'tcp-reset';
  type: number | undefined;
  code: number | undefined;
}

interface DraftConntrack {
  result: ConntrackResult | undefined;
  entry: Conntrack['entry'];
  isSyn: boolean;
  isRelated: boolean;
  isReset: boolean;
  isRpfFailed: boolean;
  flags: number | undefined;
  isLookedUp: boolean;
}

interface DraftNat {
  destination: PacketEnd | undefined;
  source: PacketEnd | undefined;
  before: PacketEnd | undefined;
  serviceId: number | undefined;
  ordinal: number | undefined;
  isNoService: boolean;
  isRemoteNodePort: boolean;
  isConnectTime: boolean;
  isOutgoing: boolean;
}

export interface DraftLines {
  count: number;
  unknown: number;
  readonly spans: LineSpan[];
  /** The number behind that of the last line. */
  next: number;
  isStartCut: boolean;
  /** The trace ended before the run. */
  isEndCut: boolean;
}

interface DraftStart {
  readonly time: number;
  readonly cpu: number;
  readonly hook: Hook | undefined;
  readonly isIpv6: boolean;
  readonly isStartCut: boolean;
}

export function startDraft({ time, cpu, hook, isIpv6, isStartCut }: DraftStart): Draft {
  return {
    time,
    cpu,
    hook,
    isIpv6,
    lines: startLines(isStartCut),
    ifIndex: undefined,
    mark: undefined,
    ipId: undefined,
    length: undefined,
    protocol: undefined,
    source: undefined,
    destination: undefined,
    ports: undefined,
    icmp: undefined,
    special: undefined,
    isParsed: false,
    conntrack: {
      result: undefined,
      entry: undefined,
      isSyn: false,
      isRelated: false,
      isReset: false,
      isRpfFailed: false,
      flags: undefined,
      isLookedUp: false,
    },
    nat: {
      destination: undefined,
      source: undefined,
      before: undefined,
      serviceId: undefined,
      ordinal: undefined,
      isNoService: false,
      isRemoteNodePort: false,
      isConnectTime: false,
      isOutgoing: false,
    },
    tunnelKind: undefined,
    tunnelPeer: undefined,
    policyCode: undefined,
    isLogged: false,
    redirectedTo: undefined,
    unready: undefined,
    socketCookie: undefined,
    nanoseconds: undefined,
    cause: undefined,
    causeLine: undefined,
    reply: undefined,
    isInPolicy: false,
    isDropping: false,
    isXdpAccepted: false,
    hasDottedAddresses: false,
    end: undefined,
  };
}

export function startLines(isStartCut: boolean): DraftLines {
  return { count: 0, unknown: 0, spans: [], next: 0, isStartCut, isEndCut: false };
}

/** Where a line stands: its number from 1, and its offsets with its line end. */
export interface LinePlace {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Notes that a line belongs to the run. */
export function addLine(lines: DraftLines, { number, start, end }: LinePlace): void {
  const last = lines.spans.at(-1);
  if (last !== undefined && last.end === start) lines.spans[lines.spans.length - 1] = { ...last, end };
  else lines.spans.push({ start, end, line: number });
  lines.count++;
  lines.next = number + 1;
}
