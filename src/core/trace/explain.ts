/** What shows why a packet met its verdict: a dump of its node, and the place in it. */
import { parseIpSets } from '../dump/ipsets.ts';
import { parsePolicy, type PolicyProgram } from '../dump/policy.ts';
import { parseRoutes } from '../dump/routes.ts';
import { parseIp } from '../net/address.ts';
import { PrefixMap } from '../net/prefix.ts';
import { policyProbe } from '../probes.ts';
import type { Span } from '../text/problem.ts';
import { isWorkload, type Connect, type Packet, type PacketEnd } from './packet.ts';
import type { Hook } from './prefix.ts';
import { findDecision } from './policyDecision.ts';
import type { ReasonId } from './reasons.ts';
import { ipSetsByNumber, type PolicyFlow } from './ruleMatch.ts';

/** A place in a dump that explains a verdict. */
export type Explanation =
  | {
      readonly kind: 'policy';
      readonly interface: string;
      readonly hook: PolicyHook;
      readonly probe: string;
      readonly flow: PolicyFlow;
      readonly verdict: 'allow' | 'deny';
      /** The dump of the IP sets that rules name by number. */
      readonly setsProbe: string;
    }
  | { readonly kind: 'frontend'; readonly end: PacketEnd; readonly protocol: number; readonly probe: string }
  | { readonly kind: 'route'; readonly address: string; readonly probe: string }
  | { readonly kind: 'interface'; readonly name: string; readonly probe: string }
  | { readonly kind: 'conntrack'; readonly ends: readonly PacketEnd[]; readonly probe: string };

/** As policy dumps name hooks: on a workload interface, egress is to the pod. */
type PolicyHook = 'tc ingress' | 'tc egress' | 'xdp';

/** What explains a packet's verdict, the most telling first. */
export function explainPacket(packet: Packet): readonly Explanation[] {
  const { verdict } = packet;
  const wanted = (verdict.kind === 'denied' ? explainers[verdict.reason] : undefined) ?? usual(packet);
  return wanted.flatMap((kind) => makers[kind](packet) ?? []);
}

/** What explains how a process's connect went: the service that it wanted. */
export function explainConnect({ wanted, protocol, family }: Connect): readonly Explanation[] {
  if (wanted === undefined || protocol === undefined) return [];
  return [{ kind: 'frontend', end: wanted, protocol, probe: ofFamily('nat.dump', family) }];
}

/** What a packet passed on its way: policy, where there is a pod's, its service, its connection, its route. */
function usual({ hook, nat }: Packet): readonly Explanation['kind'][] {
  return [
    ...(hook !== undefined && isWorkload(hook) ? (['policy'] as const) : []),
    ...(nat?.before !== undefined || nat?.destination !== undefined ? (['frontend'] as const) : []),
    'conntrack',
    'route',
  ];
}

/** Who is asked about each reason; nobody in particular about the others. */
const explainers: Readonly<Partial<Record<ReasonId, readonly Explanation['kind'][]>>> = {
  policy: ['policy'],
  'no-policy-program': ['interface', 'policy'],
  'workload-not-ready': ['interface'],
  'source-range': ['frontend'],
  'no-backend': ['frontend'],
  'missing-backend': ['frontend'],
  'black-hole': ['route', 'frontend'],
  'no-route': ['route'],
  'no-tunnel-route': ['route'],
  'spoofed-source': ['interface', 'route'],
  'reverse-path': ['interface', 'route'],
  'mid-flow': ['conntrack'],
  'conntrack-invalid': ['conntrack'],
  'source-collision': ['conntrack'],
};

type Maker = (packet: Packet) => Explanation | undefined;

const makers: { readonly [kind in Explanation['kind']]: Maker } = {
  policy({ hook, family, protocol, source, destination, icmp, nat, verdict }) {
    if (hook === undefined || isNameCut(hook)) return undefined;
    const { interface: name } = hook;
    return {
      kind: 'policy',
      interface: name,
      hook: policyHook(hook),
      probe: policyProbe(name),
      flow: { family, protocol, source, icmp, destination: nat?.destination ?? destination },
      verdict: verdict.kind === 'denied' ? 'deny' : 'allow',
      setsProbe: ofFamily('ipsets.dump', family),
    };
  },
  frontend({ destination, nat, protocol, family }) {
    const end = nat?.before ?? destination;
    if (end?.port === undefined || protocol === undefined) return undefined;
    return { kind: 'frontend', end, protocol, probe: ofFamily('nat.dump', family) };
  },
  route({ source, destination, family, verdict }) {
    const isAboutSource =
      verdict.kind === 'denied' && (verdict.reason === 'spoofed-source' || verdict.reason === 'reverse-path');
    const end = isAboutSource ? source : destination;
    return end && { kind: 'route', address: end.address, probe: ofFamily('routes.dump', family) };
  },
  interface: ({ hook }) => hook && { kind: 'interface', name: hook.interface, probe: 'ifstate.dump' },
  conntrack({ source, destination, nat, family }) {
    const other = nat?.destination ?? destination;
    if (source === undefined || other === undefined) return undefined;
    return { kind: 'conntrack', ends: [source, other], probe: ofFamily('conntrack.dump', family) };
  },
};

function ofFamily(probe: string, family: 4 | 6): string {
  return family === 6 ? `${probe}.v6` : probe;
}

const cutLength = 8;

/** A name that was cut to its beginning finds no dump. */
function isNameCut({ interface: name, isShort }: Hook): boolean {
  return isShort && name.length === cutLength;
}

function policyHook(hook: Hook): PolicyHook {
  if (hook.direction === 'X') return 'xdp';
  const isIngress = hook.direction === 'I' ? !isWorkload(hook) : isWorkload(hook);
  return isIngress ? 'tc ingress' : 'tc egress';
}

/** What an explanation is called on a link. */
export function explanationTitle(explanation: Explanation): string {
  switch (explanation.kind) {
    case 'policy':
      return 'Show Policy Rule';
    case 'frontend':
      return 'Show Service in NAT';
    case 'route':
      return 'Show Route';
    case 'interface':
      return 'Show Interface State';
    case 'conntrack':
      return 'Show Connection';
  }
}

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
      return found(findLine(text, [`${end.address} port ${end.port} proto ${protocol} `]));
    }
    case 'route':
      return found(findRoute(text, explanation.address));
    case 'interface':
      return found(findLine(text, [`name: ${explanation.name}}`]));
    case 'conntrack':
      return found(findLine(text, explanation.ends.map(printed)));
  }
}

function found(span: Span | undefined): Found | undefined {
  return span && { span, words: undefined };
}

/** An end as conntrack dumps print it. */
function printed({ address, port }: PacketEnd): string {
  return port === undefined ? address : `${address}:${port}`;
}

function findLine(text: string, parts: readonly string[]): Span | undefined {
  const [first = '', ...others] = parts;
  for (let at = text.indexOf(first); at !== -1; at = text.indexOf(first, at + 1)) {
    const line = lineAt(text, at);
    const content = text.slice(line.start, line.end);
    if (others.every((part) => content.includes(part))) return line;
    at = line.end;
  }
  return undefined;
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
  const title = findLine(text.slice(span.start, span.end), ['Hook: ']) ?? { start: 0, end: 0 };
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
