/**
 * `ipsets dump`: `IP set 0x<number>`, its members indented below it, a blank line
 * (felix/cmd/calico-bpf/commands/ipsets.go and felix/bpf/ipsets, all versions).
 */
import { parseCidr, type Cidr } from '../net/address.ts';
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import { linesOf } from '../text/lines.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import type { JsonObject } from './jsonObject.ts';

export interface IpSet {
  /** The set's 64-bit number, as printed: `0x9bb9786e55d550fe`. */
  readonly number: string;
  readonly members: readonly IpSetMember[];
}

export type IpSetMember =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'port'; readonly endpoint: Endpoint; readonly protocol: number };

export function parseIpSets(text: string): Dump<IpSet> {
  const entries: { number: string; members: IpSetMember[] }[] = [];
  const spans: { start: number; end: number }[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    const line = text.slice(span.start, span.end);
    if (isBlankOrLog(text, span, problems) || line === 'No IP sets found.') continue;
    const number = /^IP set (0x[0-9a-f]{1,16})\s*$/.exec(line)?.[1];
    if (number !== undefined) {
      entries.push({ number, members: [] });
      spans.push({ ...span });
      continue;
    }
    const set = entries.at(-1);
    const member = line.startsWith(' ') ? parseIpSetMember(line.trim()) : undefined;
    if (set === undefined || member === undefined) problems.push(unreadable(text, span));
    else {
      set.members.push(member);
      const last = spans.at(-1);
      if (last !== undefined) last.end = span.end;
    }
  }
  return toDump(text, 'IP-set dump', { entries, spans, problems });
}

export function parseIpSetsJson(text: string): Dump<IpSet> {
  return parseJsonDump(text, 'IP-set dump', toSet);
}

function toSet(object: JsonObject): IpSet | undefined {
  const number = object.text('set_id', 'a number such as “0x9bb9786e55d550fe”', parseSetNumber);
  const members = object.texts(
    'members',
    'a CIDR, or an address with a port and “(proto n)”',
    parseIpSetMember,
  );
  return number === undefined ? undefined : { number, members };
}

function parseSetNumber(text: string): string | undefined {
  return /^0x[0-9a-f]{1,16}$/.test(text) ? text : undefined;
}

/** `10.65.0.2/32`, or `10.65.1.9:8080 (proto 6)` with IPv6 unbracketed. */
export function parseIpSetMember(text: string): IpSetMember | undefined {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return { kind: 'cidr', cidr };
  const [, address = '', protocol = ''] = /^(\S+) \(proto (\d{1,3})\)$/.exec(text) ?? [];
  const endpoint = parseEndpoint(address);
  return endpoint === undefined ? undefined : { kind: 'port', endpoint, protocol: Number(protocol) };
}

function unreadable(text: string, span: Span): Problem {
  const start = span.start + (/^\s*/.exec(text.slice(span.start, span.end))?.[0].length ?? 0);
  return {
    code: 'expected',
    span: { start, end: span.end },
    message: 'expected “IP set 0x…”, a CIDR, or an address with a port and “(proto n)”',
  };
}
