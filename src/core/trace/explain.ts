/** What shows why a packet met its verdict: a dump of its node, and the place in it. */
import { parseRoutes } from '../dump/routes.ts';
import { parseIp } from '../net/address.ts';
import { PrefixMap } from '../net/prefix.ts';
import { policyProbe } from '../probes.ts';
import type { Span } from '../text/problem.ts';
import { isWorkload, type Packet, type PacketEnd } from './packet.ts';
import type { Hook } from './prefix.ts';
import type { ReasonId } from './reasons.ts';

/** A place in a dump that explains a verdict. */
export type Explanation =
  | { readonly kind: 'policy'; readonly interface: string; readonly hook: PolicyHook; readonly probe: string }
  | { readonly kind: 'frontend'; readonly end: PacketEnd; readonly protocol: number; readonly probe: string }
  | { readonly kind: 'route'; readonly address: string; readonly probe: string }
  | { readonly kind: 'interface'; readonly name: string; readonly probe: string }
  | { readonly kind: 'conntrack'; readonly ends: readonly PacketEnd[]; readonly probe: string };

/** As policy dumps name hooks: on a workload interface, egress is to the pod. */
type PolicyHook = 'tc ingress' | 'tc egress' | 'xdp';

/** What explains a packet's verdict, the most telling first. */
export function explainPacket(packet: Packet): readonly Explanation[] {
  const { verdict } = packet;
  const wanted = verdict.kind === 'denied' ? explainers[verdict.reason] : (['policy', 'conntrack'] as const);
  return (wanted ?? ['policy', 'conntrack']).flatMap((kind) => {
    const explanation = makers[kind](packet);
    return explanation === undefined ? [] : [explanation];
  });
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
  policy({ hook }) {
    if (hook === undefined || isNameCut(hook)) return undefined;
    const { interface: name } = hook;
    return { kind: 'policy', interface: name, hook: policyHook(hook), probe: policyProbe(name) };
  },
  frontend({ destination, protocol, family }) {
    if (destination?.port === undefined || protocol === undefined) return undefined;
    return { kind: 'frontend', end: destination, protocol, probe: ofFamily('nat.dump', family) };
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
      return 'Show Policy';
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

/** The line of a dump that an explanation is about; `undefined` when the dump does not have it. */
export function findExplanation(explanation: Explanation, text: string): Span | undefined {
  switch (explanation.kind) {
    case 'policy':
      return findPolicy(text, explanation.hook);
    case 'frontend': {
      const { end, protocol } = explanation;
      return findLine(text, [`${end.address} port ${end.port} proto ${protocol} `]);
    }
    case 'route':
      return findRoute(text, explanation.address);
    case 'interface':
      return findLine(text, [`name: ${explanation.name}}`]);
    case 'conntrack':
      return findLine(text, explanation.ends.map(printed));
  }
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

/** The hook; and where none of its rules denies, the end of the tier, which is then what denied. */
function findPolicy(text: string, hook: PolicyHook): Span | undefined {
  const title = findLine(text, [`Hook: ${hook}`]);
  if (title === undefined) return undefined;
  const next = text.indexOf('\nIfaceName:', title.end);
  const block = text.slice(title.end, next === -1 ? text.length : next);
  if (/Action: deny|action:"deny"/.test(block)) return title;
  const end = /End (?:Tier: .*\(action: deny\)|of tier .*: deny)/.exec(block);
  return end === null ? title : lineAt(text, title.end + end.index);
}
