import type { Draft, DraftLines } from './draft.ts';
import type { Conntrack, Nat, Packet, PacketLines, Tunnel } from './packet.ts';
import type { NodeMark } from './mark.ts';
import type { ReasonVersion } from './reasons.ts';
import { judge } from './verdict.ts';

export interface PacketContext {
  readonly number: number;
  /** Whose trace it is of. */
  readonly mark: NodeMark | undefined;
  readonly version: ReasonVersion | undefined;
}

/** The packet of a run that is over. */
export function toPacket(draft: Draft, { number, mark, version }: PacketContext): Packet {
  return {
    number,
    node: mark?.node,
    bootedAt: mark?.bootedAt,
    time: draft.time,
    cpu: draft.cpu,
    hook: draft.hook,
    family: draft.isIpv6 ? 6 : 4,
    ifIndex: draft.ifIndex,
    mark: draft.mark,
    ipId: draft.ipId,
    length: draft.length,
    protocol: draft.protocol,
    source: draft.source,
    destination: draft.destination,
    icmp: draft.icmp,
    special: draft.special,
    conntrack: toConntrack(draft),
    nat: toNat(draft),
    tunnel: toTunnel(draft),
    policyCode: draft.policyCode,
    isLogged: draft.isLogged,
    redirectedTo: draft.redirectedTo,
    unready: draft.unready,
    socketCookie: draft.socketCookie,
    verdict: judge(draft, version),
    nanoseconds: draft.nanoseconds,
    lines: toLines(draft.lines, draft.end === undefined && draft.hook?.direction !== 'X'),
  };
}

function toConntrack({ conntrack }: Draft): Conntrack | undefined {
  const { isLookedUp, ...facts } = conntrack;
  return isLookedUp || facts.result !== undefined ? facts : undefined;
}

function toNat({ nat }: Draft): Nat | undefined {
  const isAny =
    nat.destination !== undefined ||
    nat.source !== undefined ||
    nat.before !== undefined ||
    nat.serviceId !== undefined ||
    nat.isNoService ||
    nat.isConnectTime ||
    nat.isOutgoing;
  return isAny ? nat : undefined;
}

function toTunnel({ tunnelKind, tunnelPeer }: Draft): Tunnel | undefined {
  return tunnelKind === undefined ? undefined : { kind: tunnelKind, peer: tunnelPeer };
}

/** The lines of a record; a run without an end, whose program prints one, is cut off. */
export function toLines(lines: DraftLines, isEndMissing: boolean): PacketLines {
  const { count, unknown, spans, isStartCut, isEndCut } = lines;
  const isCutAtEnd = isEndMissing && isEndCut;
  const cut = isStartCut ? (isCutAtEnd ? 'both' : 'start') : isCutAtEnd ? 'end' : undefined;
  return { first: spans[0]?.line ?? 0, count, spans, unknown, cut };
}
