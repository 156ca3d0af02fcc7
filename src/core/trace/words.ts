/** A packet in the user's words. */
import { noNames, type Names } from '../names/names.ts';
import { protocolName } from '../net/protocol.ts';
import { isWorkload, type Connect, type Nat, type Packet, type PacketEnd } from './packet.ts';
import type { Hook } from './prefix.ts';

/** The parts of a packet, each fit for a cell of a table. */
export interface PacketWords {
  readonly from: string;
  readonly to: string;
  /** `TCP SYN`, `ICMP echo request`, `ARP`. */
  readonly what: string;
  /** `to the pod`, `from the pod`, `in`, `out`, `XDP`. */
  readonly direction: string;
  /** Services and address translation; empty when there was none. */
  readonly nat: string;
  /** `allowed`, `denied by the pod’s ingress policy`. */
  readonly verdict: string;
  /** `43 µs`; empty when it is not known. */
  readonly duration: string;
}

export function describePacket(packet: Packet, names: Names = noNames): PacketWords {
  const protocol = packet.protocol;
  return {
    from: describeEnd(packet.source, protocol, names),
    to: describeEnd(packet.destination, protocol, names),
    what: describeWhat(packet),
    direction: packet.hook === undefined ? '' : describeDirection(packet.hook),
    nat: packet.nat === undefined ? '' : describeNat(packet.nat, packet, names),
    verdict: describeVerdict(packet),
    duration: packet.nanoseconds === undefined ? '' : describeDuration(packet.nanoseconds),
  };
}

/** Which way a packet goes at a hook, in words. */
export function describeDirection(hook: Hook): string {
  const { direction } = hook;
  if (direction === 'X') return 'XDP';
  if (isWorkload(hook)) return direction === 'I' ? 'to the pod' : 'from the pod';
  return direction === 'I' ? 'in' : 'out';
}

/** An end of a packet: the name first, the raw address and port beside it. */
export function describeEnd(
  end: PacketEnd | undefined,
  protocol: number | undefined,
  names: Names = noNames,
): string {
  if (end === undefined) return '';
  const raw = formatEnd(end);
  const label = nameEnd(end, protocol, names);
  return label === undefined ? raw : `${label} ${raw}`;
}

/** Who is at an end of a packet. */
export function nameEnd(
  { address, port }: PacketEnd,
  protocol: number | undefined,
  names: Names,
): string | undefined {
  const endpoint = port === undefined || protocol === undefined ? undefined : { port, protocol };
  return names.address(address, endpoint)[0]?.label;
}

/** `10.65.0.2:80`, `[fd00::1]:80`. */
export function formatEnd({ address, port }: PacketEnd): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function describeWhat({ protocol, special, icmp, conntrack }: Packet): string {
  if (special !== undefined) return special;
  if (protocol === undefined) return '';
  const name = protocolName(protocol);
  if (icmp !== undefined) return `${name} ${describeIcmp(protocol, icmp)}`;
  if (conntrack?.isSyn === true) return `${name} SYN`;
  return conntrack?.isReset === true ? `${name} RST` : name;
}

const icmpTypes: ReadonlyMap<string, string> = new Map([
  ['1/0', 'echo reply'],
  ['1/3', 'destination unreachable'],
  ['1/5', 'redirect'],
  ['1/8', 'echo request'],
  ['1/11', 'time exceeded'],
  ['58/1', 'destination unreachable'],
  ['58/2', 'packet too big'],
  ['58/3', 'time exceeded'],
  ['58/128', 'echo request'],
  ['58/129', 'echo reply'],
  ['58/133', 'router solicitation'],
  ['58/134', 'router advertisement'],
  ['58/135', 'neighbor solicitation'],
  ['58/136', 'neighbor advertisement'],
  ['58/143', 'multicast listener report'],
]);

function describeIcmp(protocol: number, { type, code }: { type: number; code: number }): string {
  if (protocol === 1 && type === 3 && code === 3) return 'port unreachable';
  if (protocol === 1 && type === 3 && code === 4) return 'fragmentation needed';
  return icmpTypes.get(`${protocol}/${type}`) ?? `type ${type} code ${code}`;
}

function describeNat(nat: Nat, packet: Packet, names: Names): string {
  const { protocol } = packet;
  const parts: string[] = [];
  if (nat.before !== undefined) parts.push(`meant for ${describeEnd(nat.before, protocol, names)}`);
  if (nat.destination !== undefined) parts.push(`to ${describeEnd(nat.destination, protocol, names)}`);
  if (nat.source !== undefined) parts.push(`from ${describeEnd(nat.source, protocol, names)}`);
  if (nat.isConnectTime) parts.push('chosen when the process connected');
  if (nat.isOutgoing) parts.push('outgoing NAT');
  return parts.join(', ');
}

function describeVerdict({ verdict, lines }: Packet): string {
  switch (verdict.kind) {
    case 'allowed':
      return allowedWords[verdict.how];
    case 'denied':
      return verdict.reply === undefined
        ? verdict.words
        : `${verdict.words}, answered with ${replyWords[verdict.reply.kind]}`;
    case 'unknown':
      return lines.cut === undefined ? 'no verdict' : 'cut off';
  }
}

const allowedWords = {
  passed: 'allowed',
  redirected: 'allowed, redirected',
  bypass: 'allowed already',
  'accepted-by-xdp': 'allowed by XDP',
} as const;

const replyWords = { icmp: 'an ICMP error', 'tcp-reset': 'a TCP reset' } as const;

/** Nanoseconds in the unit that shows them best. */
export function describeDuration(nanoseconds: number): string {
  if (nanoseconds < 1000) return `${nanoseconds} ns`;
  const microseconds = nanoseconds / 1000;
  return microseconds < 1000
    ? `${microseconds.toFixed(microseconds < 10 ? 1 : 0)} µs`
    : `${(microseconds / 1000).toFixed(1)} ms`;
}

/** A connect in one sentence. */
export function describeConnect(connect: Connect, names: Names = noNames): string {
  const { protocol, wanted, backend } = connect;
  const to = wanted === undefined ? '' : ` to ${describeEnd(wanted, protocol, names)}`;
  switch (connect.outcome) {
    case 'balanced':
      return `connects${to}: backend ${describeEnd(backend, protocol, names)}`;
    case 'no-backend':
      return `connects${to}: the service has no backend, the connection is refused`;
    case 'no-service':
      return `connects${to}, which is no service`;
    case 'untouched':
      return `connects${to}, left to the tc programs`;
  }
}
