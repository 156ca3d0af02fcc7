/** Where in a dump an explanation stands, and what it says about the packet. */
import { parseIpSets } from '../dump/ipsets.ts';
import { parsePolicy, type PolicyProgram } from '../dump/policy.ts';
import { parseRoutes } from '../dump/routes.ts';
import { parseIp } from '../net/address.ts';
import { PrefixMap } from '../net/prefix.ts';
import { parseProtocol } from '../net/protocol.ts';
import type { Span } from '../text/problem.ts';
import type { Explanation } from './explain.ts';
import type { PacketEnd } from './packet.ts';
import { findDecision } from './policyDecision.ts';
import { ipSetsByNumber } from './ruleMatch.ts';

/** A place in a dump, and what it says about the packet where that can be told. */
export interface Found {
  readonly span: Span;
  readonly words: string | undefined;
}

/**
 * The line of a dump that an explanation is about; `undefined` when the dump does not have it. `ipSets` is the dump of
 * the IP sets, for policies.
 */
export function findExplanation(explanation: Explanation, text: string, ipSets?: string): Found | undefined {
  switch (explanation.kind) {
    case 'policy':
      return findPolicy(text, explanation, ipSets);
    case 'frontend': {
      const { end, protocol } = explanation;
      return found(findLine(text, [`${end.address} port ${end.port} proto ${protocol}`]));
    }
    case 'route':
      return found(findRoute(text, explanation.address));
    case 'interface':
      return found(findLine(text, [`name: ${explanation.name}`]));
    case 'conntrack': {
      const { ends, protocol } = explanation;
      const isOfProtocol = (line: string) => protocolOfConnection(line) === protocol;
      return found(findLine(text, ends.map(printed), isOfProtocol));
    }
  }
}

function found(span: Span | undefined): Found | undefined {
  return span && { span, words: undefined };
}

/** An end as conntrack dumps print it; what has no ports has port 0. */
function printed({ address, port = 0 }: PacketEnd): string {
  return `${address}:${port}`;
}

/** The protocol of a line of a conntrack dump: by its name, or its number in the raw form. */
function protocolOfConnection(line: string): number | undefined {
  const [, number, name] = /^\s*(?:ConntrackKey\{proto=(\d+) |(\w+) )/.exec(line) ?? [];
  return parseProtocol(number ?? name ?? '');
}

/** The first line that has all parts, each of them whole: `10.0.0.1:80` is no part of `10.0.0.1:8080`. */
function findLine(
  text: string,
  parts: readonly string[],
  isWanted: (line: string) => boolean = () => true,
): Span | undefined {
  const [first = ''] = parts;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at)) {
    const line = lineAt(text, at);
    const content = text.slice(line.start, line.end);
    if (parts.every((part) => hasWhole(content, part)) && isWanted(content)) return line;
    at = line.end;
  }
  return undefined;
}

function hasWhole(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + part.length)];
    if (!/[\w.:]/.test(before) && !/[\w.]/.test(after)) return true;
  }
  return false;
}

function lineAt(text: string, at: number): Span {
  const feed = text.indexOf('\n', at);
  return { start: text.lastIndexOf('\n', at) + 1, end: feed === -1 ? text.length : feed };
}

function findRoute(text: string, address: string): Span | undefined {
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  const routes = new PrefixMap<Span>();
  const { entries, spans } = parseRoutes(text);
  for (const [index, { dest }] of entries.entries()) {
    const span = spans[index];
    if (span !== undefined) routes.set(dest, span);
  }
  return routes.find(ip);
}

/** The rule that took the packet, or the end of the tier; the hook where the dump does not tell. */
function findPolicy(
  text: string,
  { interface: name, hook, flow, verdict }: Extract<Explanation, { kind: 'policy' }>,
  ipSets: string | undefined,
): Found | undefined {
  const { entries, spans } = parsePolicy(text);
  const index = entries.findIndex((each) => each.hook === hook && each.interface === name);
  const [program, span] = [entries[index], spans[index]];
  if (program === undefined || span === undefined) return undefined;
  const sets = ipSets === undefined ? undefined : ipSetsByNumber(parseIpSets(ipSets).entries);
  const decision = findDecision({ program, flow, verdict, sets, isComplete: tellsMatches(entries) });
  const title = findLine(text.slice(span.start, span.end), ['Hook:']) ?? { start: 0, end: 0 };
  const place = decision?.span?.start ?? span.start + title.start;
  return { span: lineAt(text, place), words: decision?.words };
}

/** Whether rules are printed with all that they look at: v3.32 shows no ports and no protocols. */
function tellsMatches(programs: readonly PolicyProgram[]): boolean {
  const rules = programs.flatMap((program) => [
    ...program.rules,
    ...program.tiers.flatMap((tier) => tier.policies.flatMap((policy) => policy.rules)),
  ]);
  return rules.some(({ id, matches }) => id !== undefined || matches.length > 0);
}
