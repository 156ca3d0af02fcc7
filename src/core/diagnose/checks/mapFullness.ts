import { findCapacity } from '../../dump/bpftoolMaps.ts';
import { readDump } from '../../dump/readers.ts';
import type { NatMap } from '../../facts/natMap.ts';
import { findFirst, type Sought } from '../../text/sought.ts';
import { calicoPage, ebpfRule, felixReference, type Check } from '../check.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { configure, patchFelix, type Draft, type Evidence } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { noRoom } from '../rules/noRoom.ts';
import { settingEvidence, settingOn, type Setting } from '../settings.ts';
import { halfResized } from '../rules/resizes.ts';
import { keySubject, nodeSubject } from '../subjects.ts';

/** The dumps that only this check reads. */
const ofFamilies = ['nat.aff', 'nat.aff.v6', 'ipsets.dump', 'ipsets.dump.v6'];

/** Whether the BPF maps have room, and the size that is asked for. */
export const mapFullness: Check = {
  id: 'map-fullness',
  title: 'BPF maps have room, and the size that is configured',
  documentation: {
    why: 'When a map is full, Felix cannot add to it: new services, pods or policies do not reach the dataplane, while everything else goes on. A pinned map keeps its old size until Felix can replace it.',
    how: 'The entries of each dump beside `max_entries` of `bpftool map list`, and that beside bpfMapSize… of the configuration.',
    links: [felixReference, calicoPage('eBPF mode', 'operations/ebpf/')],
  },
  rules: [
    ebpfRule(
      'full',
      {
        probes: ['bpftool.map'],
        uses: [...ofFamilies, 'nat.dump', 'nat.dump.v6', 'routes.dump', 'routes.dump.v6', 'ifstate.dump'],
      },
      fullMaps,
    ),
    ebpfRule('size', { probes: ['bpftool.map', 'felix.log'] }, otherSize),
    ebpfRule('resize', { probes: ['felix.log'] }, growing),
    ebpfRule('old', { probes: ['bpffs'], uses: ['felix.log'] }, halfResized),
    ebpfRule('no-room', { probes: ['felix.log'] }, withoutRoom),
  ],
};

interface SizedMap {
  readonly title: string;
  readonly pin: string;
  /** The key of its size. */
  readonly key: string;
  readonly count: (node: KnownNode) => number | undefined;
}

/** The maps that each family has of its own. */
function mapsOf(family: 4 | 6): readonly SizedMap[] {
  const is4 = family === 4;
  const of = is4 ? '' : ' of IPv6';
  const probe = (id: string) => (is4 ? id : `${id}.v6`);
  const routes = (node: KnownNode) => (is4 ? node.routes() : node.routesV6());
  const nat = (node: KnownNode) => (is4 ? node.nat : node.natV6);
  const pin = (name: string) => `cali_v${family}_${name}`;
  return [
    {
      title: `Routes${of}`,
      pin: pin('routes'),
      key: 'bpfMapSizeRoute',
      count: (node) => routes(node)?.entries.length,
    },
    {
      title: `NAT frontends${of}`,
      pin: pin('nat_fe'),
      key: 'bpfMapSizeNATFrontend',
      count: (node) => nat(node)?.count,
    },
    {
      title: `NAT backends${of}`,
      pin: pin('nat_be'),
      key: 'bpfMapSizeNATBackend',
      count: (node) => countBackends(nat(node)),
    },
    {
      title: `NAT affinity${of}`,
      pin: pin('nat_aff'),
      key: 'bpfMapSizeNATAffinity',
      count: (node) => countEntries(node, probe('nat.aff')),
    },
    {
      title: `IP sets${of}`,
      pin: pin('ip_sets'),
      key: 'bpfMapSizeIPSets',
      count: (node) => countMembers(node, probe('ipsets.dump')),
    },
  ];
}

const maps: readonly SizedMap[] = [
  ...mapsOf(4),
  ...mapsOf(6),
  {
    title: 'Interface state',
    pin: 'cali_iface',
    key: 'bpfMapSizeIfState',
    count: (node) => node.ifstate()?.entries.length,
  },
];

function countBackends(nat: NatMap | undefined): number | undefined {
  if (nat === undefined) return undefined;
  const { count, id, backendCount } = nat;
  // Frontends with one id share their backends.
  const byId = new Map<number, number>();
  for (let row = 0; row < count; row++)
    byId.set(id.at(row), Math.max(byId.get(id.at(row)) ?? 0, backendCount.at(row)));
  return [...byId.values()].reduce((total, each) => total + each, 0);
}

function countEntries(node: KnownNode, probe: string): number | undefined {
  const text = node.text(probe);
  return text === undefined ? undefined : readDump(probe, text)?.entries.length;
}

function countMembers(node: KnownNode, probe: string): number | undefined {
  const text = node.text(probe);
  const sets = text === undefined ? undefined : readDump(probe, text)?.entries;
  return sets?.reduce<number>(
    (total, set) => total + ((set as { readonly members?: readonly unknown[] }).members?.length ?? 0),
    0,
  );
}

const nearlyFull = 0.9;

function fullMaps(node: KnownNode): readonly Draft[] {
  return maps.flatMap(({ title, pin, key, count }): readonly Draft[] => {
    const capacity = findCapacity(node.bpfMaps(), pin);
    const used = count(node);
    if (capacity === undefined || used === undefined || used < capacity * nearlyFull) return [];
    const isFull = used >= capacity;
    return [
      {
        severity: isFull ? 'error' : 'warning',
        subject: keySubject(key),
        cause: `${pin} ${isFull}`,
        title: `The map ${title} (${pin}) on {nodes} is ${isFull ? 'full' : `${Math.round((used / capacity) * 100)} % full`}: ${used.toLocaleString('en')} of ${capacity.toLocaleString('en')} entries. ${isFull ? 'What is new does not reach the dataplane' : 'Once it is full, what is new does not reach the dataplane'}.`,
        evidence: [sizeEvidence(node, pin, capacity)],
        fix: configure('Make the map larger.', patchFelix(key, capacity * 2)),
      },
    ];
  });
}

function sizeEvidence(node: KnownNode, pin: string, capacity: number) {
  return valueEvidence(node, 'bpftool.map', {
    value: `${pin}: max_entries ${capacity}`,
    shows: 'The size of the map.',
  });
}

/** A size that was written and is not that of the map. */
function otherSize(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const conntrack = { title: 'Conntrack', pin: 'cali_v4_ct', key: 'bpfMapSizeConntrack' };
  return [...maps, conntrack].flatMap(({ title, pin, key }): readonly Draft[] => {
    const setting = settingOn(node, cluster, key);
    const wanted = Number(setting.value);
    const capacity = findCapacity(node.bpfMaps(), pin);
    if (
      setting.source === 'default' ||
      capacity === undefined ||
      !Number.isSafeInteger(wanted) ||
      wanted === capacity
    )
      return [];
    if (key === conntrack.key && isConntrackSizedOtherwise(node, cluster, capacity > wanted)) return [];
    return [
      {
        severity: 'warning',
        subject: keySubject(key),
        cause: `${key} ${wanted} ${capacity}`,
        title: `${key} asks for ${wanted.toLocaleString('en')} entries (${setting.source}), and the map ${title} on {nodes} has ${capacity.toLocaleString('en')}: the pinned map was not replaced.`,
        evidence: [sizeEvidence(node, pin, capacity), ...wantedEvidence(node, cluster, key, setting)],
        fix: configure(
          'Felix replaces the map when it starts; look at its log there. Dumps of old versions fail while the sizes differ.',
          `kubectl -n calico-system delete pod -l k8s-app=calico-node --field-selector spec.nodeName=${node.name}`,
        ),
      },
    ];
  });
}

/** Who asks for a size. */
function wantedEvidence(
  node: KnownNode,
  cluster: KnownCluster,
  key: string,
  setting: Setting,
): readonly Evidence[] {
  const object = settingEvidence(cluster, key, setting);
  if (object.length > 0 || node.config() === undefined) return object;
  const value = `${key}: ${setting.value ?? ''} (${setting.source})`;
  return [valueEvidence(node, 'felix.log', { value, shows: 'The configuration that Felix started with.' })];
}

/** The size for each CPU and the doubling of a full table outrank the plain size. */
function isConntrackSizedOtherwise(node: KnownNode, cluster: KnownCluster, isLarger: boolean): boolean {
  const perCpu = Number(settingOn(node, cluster, 'bpfMapSizePerCpuConntrack').value ?? 0);
  const doubles =
    settingOn(node, cluster, 'bpfMapSizeConntrackScaling').value?.toLowerCase() === 'doubleiffull';
  return perCpu > 0 || (doubles && isLarger);
}

function growing(node: KnownNode): readonly Draft[] {
  const said = 'The eBPF conntrack table is becoming full';
  return fromLog(node, { words: [said], pattern: new RegExp(said) }, (evidence) => ({
    severity: 'warning',
    subject: nodeSubject(node.name),
    cause: 'growing',
    title: 'The conntrack table of {nodes} is becoming full: Felix restarts to double it.',
    evidence,
    fix: configure(
      'Nothing, if this is rare. Else give it the size that it needs.',
      patchFelix('bpfMapSizeConntrack', 1_024_000),
    ),
  }));
}

function withoutRoom(node: KnownNode): readonly Draft[] {
  return fromLog(node, noRoom, (evidence) => ({
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: 'no-room',
    title: 'A BPF map on {nodes} takes no more entries: Felix could not write to it.',
    evidence,
    fix: configure('Make the map that the line names larger (bpfMapSize…).'),
  }));
}

function fromLog(
  node: KnownNode,
  sought: Sought,
  make: (evidence: Draft['evidence']) => Draft,
): readonly Draft[] {
  const log = node.currentLog();
  const found = findFirst(log?.text ?? '', sought);
  if (found === null || log === undefined) return [];
  return [
    make([
      lineEvidence(node, 'felix.log', {
        span: { start: log.offset + found.index },
        shows: 'What Felix says.',
      }),
    ]),
  ];
}
