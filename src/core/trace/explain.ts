/** What shows why a packet met its verdict: a dump of its node, and the place in it. */
import { policyProbe } from '../probes.ts';
import { isWorkload, type Connect, type Packet, type PacketEnd } from './packet.ts';
import type { Hook } from './prefix.ts';
import type { ReasonId } from './reasons.ts';
import type { PolicyFlow } from './ruleMatch.ts';

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
  | {
      readonly kind: 'conntrack';
      readonly ends: readonly PacketEnd[];
      readonly protocol: number;
      readonly probe: string;
    };

/** As policy dumps name hooks: on a workload interface, egress is to the pod. */
type PolicyHook = 'tc ingress' | 'tc egress' | 'xdp';

/** What explains a packet's verdict, the most telling first. */
export function explainPacket(packet: Packet): readonly Explanation[] {
  const { verdict } = packet;
  const wanted = verdict.kind === 'denied' ? explainers[verdict.reason] : usual(packet);
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

/** Who is asked about each reason; of some no dump tells anything. */
const explainers: Readonly<Record<ReasonId, readonly Explanation['kind'][]>> = {
  policy: ['policy'],
  'no-policy-program': ['interface', 'policy'],
  'workload-to-host': ['route'],
  'spoofed-source': ['interface', 'route'],
  'unauthorised-source': ['route', 'frontend'],
  'reverse-path': ['interface', 'route'],
  'source-range': ['frontend'],
  'no-backend': ['frontend'],
  'missing-backend': ['frontend'],
  'black-hole': ['route', 'frontend'],
  'no-route': ['route'],
  'no-tunnel-route': ['route'],
  'mid-flow': ['conntrack'],
  'conntrack-invalid': ['conntrack'],
  'conntrack-full': ['conntrack'],
  'connection-reset': ['conntrack'],
  'source-collision': ['conntrack'],
  'workload-not-ready': ['interface'],
  'not-loaded': ['interface'],
  'ipv6-off': ['interface'],
  'not-ip': ['interface'],
  broken: ['interface'],
  bpfnat: ['interface'],
  'rate-limit': ['interface'],
  'connection-limit': ['interface'],
  'tunnel-source': ['route'],
  'tunnel-traffic': ['route'],
  encapsulation: ['route'],
  decapsulation: ['route'],
  'host-address-unknown': ['route'],
  'too-big': ['route'],
  'ttl-exceeded': ['route'],
  malformed: [],
  'ip-options': [],
  'too-short': [],
  checksum: [],
  fragment: [],
  'fragment-wait': [],
  'fragment-order': [],
  unknown: ['conntrack', 'route'],
};

/** It is the source that is wrong. */
const aboutSource: ReadonlySet<ReasonId> = new Set([
  'spoofed-source',
  'unauthorised-source',
  'reverse-path',
  'tunnel-source',
  'decapsulation',
]);

type Maker = (packet: Packet) => Explanation | undefined;

const makers: { readonly [kind in Explanation['kind']]: Maker } = {
  policy({ hook, family, protocol, source, destination, icmp, nat, verdict }) {
    if (hook === undefined || isNameCut(hook)) return undefined;
    const { interface: name } = hook;
    return {
      kind: 'policy',
      interface: name,
      hook: policyHook(hook),
      probe: ofFamily(policyProbe(name), family),
      flow: { family, protocol, source, icmp, destination: nat?.destination ?? destination },
      verdict: verdict.kind === 'denied' ? 'deny' : 'allow',
      setsProbe: ofFamily('ipsets.dump', family),
    };
  },
  frontend({ destination, nat, protocol, family }) {
    const end = nat?.before ?? destination;
    if (end?.port === undefined || protocol === undefined) return undefined;
    const isElsewhere = nat?.isRemoteNodePort === true && nat.before === undefined;
    return {
      kind: 'frontend',
      end: isElsewhere ? { address: anyNode[family], port: end.port } : end,
      protocol,
      probe: ofFamily('nat.dump', family),
    };
  },
  route({ source, destination, family, verdict }) {
    const isAboutSource = verdict.kind === 'denied' && aboutSource.has(verdict.reason);
    const end = isAboutSource ? source : destination;
    return end && { kind: 'route', address: end.address, probe: ofFamily('routes.dump', family) };
  },
  interface({ hook, unready }) {
    const name = unready ?? (hook === undefined || isNameCut(hook) ? undefined : hook.interface);
    return name === undefined ? undefined : { kind: 'interface', name, probe: 'ifstate.dump' };
  },
  conntrack({ source, destination, nat, family, protocol }) {
    const other = nat?.destination ?? destination;
    if (source === undefined || other === undefined || protocol === undefined) return undefined;
    const ends = [source, other];
    return { kind: 'conntrack', ends, protocol, probe: ofFamily('conntrack.dump', family) };
  },
};

/** The address at which NAT has the NodePorts of all nodes. */
const anyNode = { 4: '255.255.255.255', 6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' } as const;

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
