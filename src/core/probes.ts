/**
 * The catalogue of what is asked of a node: read-only commands only. A probe's id is the words of the command
 * joined by dots; `.v6` stands for the IPv6 form and `.json` for `--json`.
 */

/** The BPF maps that have a dump of their own, in the order in which they are shown. */
export const mapIds = [
  'routes',
  'nat',
  'nat-affinity',
  'maglev',
  'conntrack',
  'ipsets',
  'counters',
  'ifstate',
  'arp',
] as const;
export type MapId = (typeof mapIds)[number];

export const ipFamilies = ['IPv4', 'IPv6'] as const;
export type IpFamily = (typeof ipFamilies)[number];

export const dumpLanguages = [
  'calico-bpf-routes',
  'calico-bpf-nat',
  'calico-bpf-conntrack',
  'calico-bpf-counters',
  'calico-bpf-ipsets',
  'calico-bpf-ifstate',
  'calico-bpf-arp',
  'calico-bpf-policy',
  'calico-bpf-trace',
] as const;
export type DumpLanguage = (typeof dumpLanguages)[number];

export interface MapKind {
  readonly id: MapId;
  /** As the views show it. */
  readonly title: string;
  /** The probe of its IPv4 (or only) dump; a subcommand of Calico's BPF tool. */
  readonly probe: string;
  readonly language: DumpLanguage;
  /** Whether IPv6 has a map and a dump of its own (`-6`). */
  readonly families: readonly IpFamily[];
  /** Pinned names without the version digit (felix/bpf/maps/maps.go): IPv4 or common, and IPv6. */
  readonly pins: { readonly [family in IpFamily]?: string };
  /** Whether a table is the better way to read it: it is long, or a table by nature. */
  readonly isTable: boolean;
}

const both: readonly IpFamily[] = ipFamilies;
const common: readonly IpFamily[] = ['IPv4'];

export const mapKinds: readonly MapKind[] = [
  {
    id: 'routes',
    title: 'Routes',
    probe: 'routes.dump',
    language: 'calico-bpf-routes',
    families: both,
    pins: { IPv4: 'cali_v4_routes', IPv6: 'cali_v6_routes' },
    isTable: false,
  },
  {
    id: 'nat',
    title: 'NAT',
    probe: 'nat.dump',
    language: 'calico-bpf-nat',
    families: both,
    pins: { IPv4: 'cali_v4_nat_fe', IPv6: 'cali_v6_nat_fe' },
    isTable: false,
  },
  {
    id: 'nat-affinity',
    title: 'NAT affinity',
    probe: 'nat.aff',
    language: 'calico-bpf-nat',
    families: both,
    pins: { IPv4: 'cali_v4_nat_aff', IPv6: 'cali_v6_nat_aff' },
    isTable: false,
  },
  {
    id: 'maglev',
    title: 'Maglev',
    probe: 'nat.maglev',
    language: 'calico-bpf-nat',
    families: both,
    pins: { IPv4: 'cali_v4_mglv', IPv6: 'cali_v6_mglv' },
    isTable: true,
  },
  {
    id: 'conntrack',
    title: 'Conntrack',
    probe: 'conntrack.dump',
    language: 'calico-bpf-conntrack',
    families: both,
    pins: { IPv4: 'cali_v4_ct', IPv6: 'cali_v6_ct' },
    isTable: true,
  },
  {
    id: 'ipsets',
    title: 'IP sets',
    probe: 'ipsets.dump',
    language: 'calico-bpf-ipsets',
    families: both,
    pins: { IPv4: 'cali_v4_ip_sets', IPv6: 'cali_v6_ip_sets' },
    isTable: false,
  },
  {
    id: 'counters',
    title: 'Counters',
    probe: 'counters.dump',
    language: 'calico-bpf-counters',
    families: common,
    pins: { IPv4: 'cali_counters' },
    isTable: true,
  },
  {
    id: 'ifstate',
    title: 'Interface state',
    probe: 'ifstate.dump',
    language: 'calico-bpf-ifstate',
    families: common,
    pins: { IPv4: 'cali_iface' },
    isTable: false,
  },
  {
    id: 'arp',
    title: 'ARP',
    probe: 'arp.dump',
    language: 'calico-bpf-arp',
    families: both,
    pins: { IPv4: 'cali_v4_arp', IPv6: 'cali_v6_arp' },
    isTable: false,
  },
];

export function findMapKind(id: string): MapKind | undefined {
  return mapKinds.find((kind) => kind.id === id);
}

/** The probe that dumps a map for one family. */
export function mapProbe(kind: MapKind, family: IpFamily): string {
  return family === 'IPv6' ? `${kind.probe}.v6` : kind.probe;
}

/** The probe that dumps the policy programs of an interface, all hooks. */
export function policyProbe(interfaceName: string): string {
  return `policy.dump.${interfaceName}.all`;
}

const tracePrefix = 'trace.';

/** What stands for a captured trace of a node where a probe is named; nothing is run on the node for it. */
export function traceProbe(name: string): string {
  return `${tracePrefix}${name}`;
}

/** Stands for all nodes of which there is a captured trace, and for all their traces. */
export const every = '*';

/** The name of the captured trace that a probe stands for; `undefined` for a probe that is run. */
export function traceNameOf(probe: string): string | undefined {
  return probe.startsWith(tracePrefix) ? probe.slice(tracePrefix.length) : undefined;
}
