/** Whether a rule of a policy dump takes a packet, as far as the dump tells what the rule looks at. */
import { cidrContains } from '../net/prefix.ts';
import { parseCidr, parseIp } from '../net/address.ts';
import { parseProtocol } from '../net/protocol.ts';
import type { IpSet } from '../dump/ipsets.ts';
import type { PolicyRule, RuleIpSet, RuleMatch } from '../dump/policyRule.ts';
import { ipSetNumber, normalizeIpSetNumber } from '../names/ipSetId.ts';
import type { PacketEnd } from './packet.ts';

/** What policy looks at: the packet behind address translation of its destination. */
export interface PolicyFlow {
  readonly family: 4 | 6;
  readonly protocol: number | undefined;
  readonly source: PacketEnd | undefined;
  readonly destination: PacketEnd | undefined;
  readonly icmp: { readonly type: number; readonly code: number } | undefined;
}

/** `maybe`: the dump does not show what would decide it. */
export type Fit = 'yes' | 'maybe' | 'no';

/** The IP sets of the node, by their numbers; `undefined` when they are not known. */
export type IpSetMembers = ReadonlyMap<string, IpSet> | undefined;

export function ipSetsByNumber(sets: readonly IpSet[]): IpSetMembers {
  return new Map(sets.map((set) => [normalizeIpSetNumber(set.number), set]));
}

/** How well each thing that a rule names fits; empty for a rule that names nothing. */
export function ruleFits(rule: PolicyRule, flow: PolicyFlow, sets: IpSetMembers): readonly Fit[] {
  return [
    ...rule.matches.flatMap((match) => {
      const fit = fitOf(match, flow, sets);
      return fit === undefined ? [] : [negate(fit, match.negated)];
    }),
    ...rule.ipSets.map((set) => negate(fitOfSet(set, flow, sets), set.negated)),
  ];
}

function negate(fit: Fit, isNegated: boolean): Fit {
  if (!isNegated || fit === 'maybe') return fit;
  return fit === 'yes' ? 'no' : 'yes';
}

/** `undefined` for what a rule remembers only, such as the selector that a set was made of. */
function fitOf({ field, values }: RuleMatch, flow: PolicyFlow, sets: IpSetMembers): Fit | undefined {
  if (field === 'metadata' || field.startsWith('original_')) return undefined;
  switch (field) {
    case 'proto':
      return anyFits(values, (value) => fitIf(parseProtocol(value), flow.protocol));
    case 'src':
      return anyFits(values, (value) => fitOfNet(value, flow.source));
    case 'dst':
      return anyFits(values, (value) => fitOfNet(value, flow.destination));
    case 'sports':
      return anyFits(values, (value) => fitOfPorts(value, flow.source, flow, sets));
    case 'dports':
      return anyFits(values, (value) => fitOfPorts(value, flow.destination, flow, sets));
    case 'icmp':
      return anyFits(values, (value) => fitOfIcmp(value, flow.icmp));
    case 'ip_version':
      return anyFits(values, (value) => fitIf(value === 'IPV6' ? 6 : 4, flow.family));
    default:
      return 'maybe';
  }
}

function anyFits(values: readonly string[], fitOfValue: (value: string) => Fit): Fit {
  const fits = values.map(fitOfValue);
  if (fits.includes('yes')) return 'yes';
  return fits.includes('maybe') ? 'maybe' : 'no';
}

function fitIf(wanted: number | undefined, there: number | undefined): Fit {
  if (wanted === undefined || there === undefined) return 'maybe';
  return wanted === there ? 'yes' : 'no';
}

/** A CIDR, or the number of a set that is empty or unknown. */
function fitOfNet(value: string, end: PacketEnd | undefined): Fit {
  const cidr = parseCidr(value);
  const ip = end && parseIp(end.address);
  if (cidr === undefined || ip === undefined) return 'maybe';
  return cidrContains(cidr, ip) ? 'yes' : 'no';
}

/** `8080`, `8000-8099`; a named port, whose set may be known by its name only. */
function fitOfPorts(
  value: string,
  end: PacketEnd | undefined,
  { protocol }: PolicyFlow,
  sets: IpSetMembers,
): Fit {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  if (first === undefined) return fitOfNamedPort(value, end, protocol, sets);
  if (end?.port === undefined) return 'maybe';
  return Number(first) <= end.port && end.port <= Number(last) ? 'yes' : 'no';
}

function fitOfNamedPort(
  id: string,
  end: PacketEnd | undefined,
  protocol: number | undefined,
  sets: IpSetMembers,
): Fit {
  if (sets === undefined || end?.port === undefined || !id.startsWith('n:')) return 'maybe';
  const members = sets.get(normalizeIpSetNumber(ipSetNumber(id)))?.members ?? [];
  const isThere = members.some(
    (member) =>
      member.kind === 'port' &&
      member.endpoint.address === end.address &&
      member.endpoint.port === end.port &&
      member.protocol === protocol,
  );
  return isThere ? 'yes' : 'no';
}

/** `8/0`, or a type alone. */
function fitOfIcmp(value: string, icmp: PolicyFlow['icmp']): Fit {
  if (icmp === undefined) return 'no';
  const [type, code] = value.split('/').map(Number);
  return type === icmp.type && (code === undefined || code === icmp.code) ? 'yes' : 'no';
}

function fitOfSet({ side, members, number, id }: RuleIpSet, flow: PolicyFlow, sets: IpSetMembers): Fit {
  const end = side === 'src' ? flow.source : flow.destination;
  if (members !== undefined) return anyFits(members, (member) => fitOfNet(member, end));
  const key = number ?? (id === undefined ? undefined : ipSetNumber(id));
  const ip = end && parseIp(end.address);
  if (key === undefined || sets === undefined || ip === undefined) return 'maybe';
  // A set that is not in the dump of them is empty.
  const known = sets.get(normalizeIpSetNumber(key))?.members ?? [];
  return known.some((member) => member.kind === 'cidr' && cidrContains(member.cidr, ip)) ? 'yes' : 'no';
}
