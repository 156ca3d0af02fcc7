import type { ConntrackEntry } from '../../dump/conntrack.ts';
import { findCapacity } from '../../dump/bpftoolMaps.ts';
import { toConnection } from '../../facts/connection.ts';
import type { Fact } from '../../facts/fact.ts';
import { parseIp } from '../../net/address.ts';
import { calicoPage, ebpfRule, troubleshooting, type Check } from '../check.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import {
  advise,
  configure,
  listSome,
  patchFelix,
  type Draft,
  type Evidence,
  type Subject,
} from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import type { ConntrackTable } from '../nodeTables.ts';
import { refused } from '../rules/refusals.ts';
import { settingOn } from '../settings.ts';
import { nodeSubject, podSubject, serviceSubject } from '../subjects.ts';

const needs = {
  probes: ['conntrack.dump'],
  uses: ['conntrack.dump.v6'],
  objects: ['services', 'pods', 'nodes', 'ippools'],
};

/** Whether connections are tracked as they should be. */
export const conntrack: Check = {
  id: 'conntrack',
  title: 'Connections are tracked to where they should go',
  documentation: {
    why: 'An entry that was made before a service was known, or for a pod that is gone, stays for as long as somebody keeps sending: one client of a UDP service then reaches nobody while all others do. A full table loses connections.',
    how: 'The entries of `conntrack dump` beside Services, EndpointSlices and the addresses of pods; their number beside the size of the map; how long idle ones stay.',
    links: [troubleshooting, calicoPage('Conntrack', 'reference/felix/configuration')],
  },
  rules: [
    ebpfRule('no-nat', needs, staleService),
    ebpfRule('pod-gone', needs, podGone),
    ebpfRule('unanswered', needs, unanswered),
    ebpfRule(
      'refused',
      { ...needs, objects: ['services', 'pods', 'endpointslices.discovery.k8s.io'] },
      refused,
    ),
    ebpfRule(
      'full',
      { probes: ['bpftool.map'], uses: ['conntrack.dump', 'conntrack.stats', 'conntrack.dump.v6'] },
      full,
    ),
    ebpfRule('sweep', { probes: ['conntrack.dump'], uses: ['felix.log', 'conntrack.dump.v6'] }, sweep),
  ],
};

interface TableFact {
  readonly fact: Fact;
  readonly table: ConntrackTable;
}

function factsOf(node: KnownNode, rule: Fact['rule']): readonly TableFact[] {
  return node.conntracks.flatMap((table) =>
    table.facts.filter((fact) => fact.rule === rule).map((fact) => ({ fact, table })),
  );
}

/** Idle for less, nanoseconds: somebody still sends. */
const active = 30e9;

interface Meant {
  readonly fact: Fact;
  readonly table: ConntrackTable;
  readonly rows: readonly number[];
}

/** The facts whose connections somebody still uses. */
function inUse(
  facts: readonly TableFact[],
  isMeant: (entry: ConntrackEntry) => boolean = () => true,
): readonly Meant[] {
  return facts.flatMap(({ fact, table }) => {
    const rows = fact.rows.filter((row) => {
      const entry = table.entry(row);
      return (entry.idle ?? Infinity) < active && isMeant(entry);
    });
    return rows.length === 0 ? [] : [{ fact, table, rows }];
  });
}

function linesOf(
  node: KnownNode,
  { probe, placeAt }: ConntrackTable,
  rows: readonly number[],
  shows: string,
): readonly Evidence[] {
  return rows.slice(0, 3).map((row) => lineEvidence(node, probe, { span: placeAt(row), shows }));
}

const icmp = 1;
const udp = 17;
const icmp6 = 58;
const sctp = 132;

/** Datagrams to a service that go to the service’s own address: nobody has it. */
function staleService(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const { findService } = cluster.surroundings;
  const meant = inUse(factsOf(node, 'conntrack-no-nat')).map(({ fact, table, rows }) => ({
    entries: rows.map(table.entry),
    evidence: linesOf(node, table, rows, fact.text),
  }));
  return [...meant, ...staleNodePorts(node, cluster)].flatMap(({ entries, evidence }) => {
    const connection = entries[0] && toConnection(entries[0]);
    const protocol = connection?.protocol;
    if (connection === undefined || (protocol !== udp && protocol !== sctp)) return [];
    const service = findService(connection.destination, connection.port, protocol);
    if (service === undefined || !hasBackends(node, connection.destination, connection.port)) return [];
    return {
      severity: 'error',
      subject: serviceSubject(service),
      cause: service,
      title: `${entries.length === 1 ? 'A client' : `${entries.length} clients`} of ${service} on {nodes} reach${entries.length === 1 ? 'es' : ''} nobody: the connection began before NAT knew the service, and what it goes on sending keeps the old entry alive.`,
      evidence,
      fix: advise(
        'Let the client pause for longer than the UDP timeout (60 s), or remove the entries of these connections. Never clean the whole table.',
        ...entries.slice(0, 3).flatMap(removeCommand),
      ),
    };
  });
}

/** Datagrams to a NodePort at an address of the node that are not sent on; those of other nodes are theirs to translate. */
function staleNodePorts(
  node: KnownNode,
  cluster: KnownCluster,
): readonly { readonly entries: readonly ConntrackEntry[]; readonly evidence: readonly Evidence[] }[] {
  const own = new Set<string>(node.facts().addresses);
  const ports = datagramPorts(cluster);
  if (ports.size === 0) return [];
  return node.conntracks.flatMap((table) => {
    const { count, protocol, aPort, bPort } = table.columns;
    const rows: number[] = [];
    for (let row = 0; row < count; row++) {
      if (
        !ports.has(`${bPort.at(row)} ${protocol.at(row)}`) &&
        !ports.has(`${aPort.at(row)} ${protocol.at(row)}`)
      )
        continue;
      const entry = table.entry(row);
      const to = toConnection(entry);
      if (to === undefined || to.isNatted || !own.has(to.destination) || (entry.idle ?? Infinity) >= active)
        continue;
      if (ports.has(`${to.port} ${to.protocol ?? 0}`)) rows.push(row);
    }
    return [...Map.groupBy(rows, (row) => toConnection(table.entry(row))?.port)].map(([port, each]) => ({
      entries: each.map(table.entry),
      evidence: linesOf(node, table, each, `Datagrams to the NodePort ${port ?? ''} of the node itself.`),
    }));
  });
}

/** The NodePorts of services of datagrams, as `30560 17`. */
function datagramPorts({ surroundings }: KnownCluster): ReadonlySet<string> {
  return new Set(
    surroundings.services.flatMap(({ ports }) =>
      ports.flatMap(({ nodePort, protocol }) =>
        nodePort !== undefined && (protocol === udp || protocol === sctp) ? `${nodePort} ${protocol}` : [],
      ),
    ),
  );
}

function hasBackends(node: KnownNode, address: string, port: number): boolean {
  const nat = address.includes(':') ? node.natV6 : node.nat;
  for (let row = 0; row < (nat?.count ?? 0); row++) {
    if (nat?.port.at(row) !== port || nat.backendCount.at(row) === 0) continue;
    const frontend = nat.entry(row);
    // What bpfExcludeCIDRsFromNAT leaves out goes to its own address on purpose.
    if (frontend?.address === address) return !frontend.flags.includes('nat-exclude');
  }
  return false;
}

function removeCommand(entry: ConntrackEntry): readonly string[] {
  if (entry.kind !== 'connection') return [];
  const { protocol, source, destination } = entry;
  return [
    `calico-node -bpf conntrack remove${source.address.includes(':') ? ' -6' : ''} ${protocol.toLowerCase()} ${source.address} ${source.port} ${destination.address} ${destination.port}`,
  ];
}

/** What has been closed, and an echo that nobody waits for, only have to expire. */
function isOpen(entry: ConntrackEntry): boolean {
  const isClosed = entry.state === 'CLOSED' || entry.state === 'RESET';
  return !isClosed && toConnection(entry)?.protocol !== icmp && toConnection(entry)?.protocol !== icmp6;
}

/** More than so many addresses of one service, or of none, are told of in one finding. */
const addressesEach = 10;
/** So many are looked at: more would tell nothing else. */
const mostAddresses = 1000;

function podGone(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const meant = inUse(factsOf(node, 'conntrack-pod-gone').slice(0, mostAddresses), isOpen);
  const byService = Map.groupBy(meant, ({ table, rows }) =>
    serviceOf(rows.slice(0, 1).map(table.entry), cluster),
  );
  return [...byService].flatMap(([service, gone]) =>
    gone.length > addressesEach
      ? [toGone(node, service, gone)]
      : gone.map((each) => toGone(node, service, [each])),
  );
}

/** Connections that go to addresses which no pod has any more. */
function toGone(node: KnownNode, service: string | undefined, gone: readonly Meant[]): Draft {
  const some = gone.slice(0, 3);
  const subjects = some.map(({ fact }) => fact.subject);
  const by = service === undefined ? '' : ` by the service ${service}`;
  const [only = { rows: [] }, ...others] = gone;
  const count = only.rows.length;
  const title =
    others.length === 0
      ? `${count === 1 ? 'A connection' : `${count} connections`} on {nodes} still go${count === 1 ? 'es' : ''}${by} to ${subjects[0]}, an address that no pod has any more.`
      : `Connections on {nodes} still go${by} to more than ${addressesEach} addresses that no pod has any more, such as ${listSome(subjects, 'addresses')}.`;
  return {
    severity: 'warning',
    subject: service === undefined ? nodeSubject(node.name) : serviceSubject(service),
    cause: others.length === 0 ? `${subjects[0]}` : `many ${service ?? ''}`,
    title,
    evidence: some.flatMap(({ fact, table, rows }) => linesOf(node, table, rows, fact.text)).slice(0, 3),
    fix: advise(
      'The clients must connect anew; entries go away once nobody sends for as long as their time-out.',
      ...some
        .flatMap(({ table, rows }) => rows.slice(0, 3).map(table.entry))
        .slice(0, 3)
        .flatMap(removeCommand),
    ),
  };
}

/** The service that the first of some connections was opened to. */
function serviceOf([entry]: readonly ConntrackEntry[], cluster: KnownCluster): string | undefined {
  if (entry?.kind !== 'connection' || entry.service === undefined) return undefined;
  const { address, port } = entry.service;
  return cluster.surroundings.findService(address, port, toConnection(entry)?.protocol ?? 0);
}

/** So many connection attempts to one destination are a pile. */
const pile = 20;

function unanswered(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return factsOf(node, 'conntrack-unanswered')
    .filter(({ fact }) => fact.rows.length >= pile)
    .map(({ table, fact: { subject, rows, text } }) => ({
      severity: isOutside(subject, cluster) ? 'information' : 'warning',
      subject: whoIs(subject, node, cluster),
      cause: subject,
      title: `${rows.length.toLocaleString('en')} connections from ${node.name} to ${subject} wait for an answer that does not come: it is down, cut off, or a policy denies them there.`,
      evidence: linesOf(node, table, rows, text),
      fix: advise(
        'See whether the destination runs and listens, and the counters “Dropped by policy” of its interface; a denying node keeps no entry of its own.',
      ),
    }));
}

/** Somebody else’s servers may be down without harm to the cluster. */
function isOutside(destination: string, cluster: KnownCluster): boolean {
  const address = parseIp(destination.split(' ')[0] ?? '');
  return address !== undefined && cluster.surroundings.kindOf(address) === 'outside';
}

function whoIs(destination: string, node: KnownNode, cluster: KnownCluster): Subject {
  const address = parseIp(destination.split(' ')[0] ?? '');
  const [pod] = address === undefined ? [] : cluster.surroundings.book.podsAt(address);
  return pod === undefined
    ? nodeSubject(node.name)
    : podSubject(`${pod.namespace}/${pod.name}`, pod.node ?? node.name);
}

const nearlyFull = 0.9;

function full(node: KnownNode): readonly Draft[] {
  const countOf = (probe: string) => node.conntracks.find((each) => each.probe === probe)?.columns.count ?? 0;
  return [
    ...fullMap(node, 'cali_v4_ct', node.conntrackStats()?.totalEntries ?? countOf('conntrack.dump')),
    ...fullMap(node, 'cali_v6_ct', countOf('conntrack.dump.v6')),
  ];
}

function fullMap(node: KnownNode, map: string, used: number): readonly Draft[] {
  const capacity = findCapacity(node.bpfMaps(), map);
  if (capacity === undefined || used < capacity * nearlyFull) return [];
  const isLru = node.bpfMaps().some(({ name, type }) => name.startsWith(map) && type === 'lru_hash');
  const share = Math.round((used / capacity) * 100);
  return [
    {
      severity: isLru && used < capacity ? 'warning' : 'error',
      subject: nodeSubject(node.name),
      cause: map,
      title: `Conntrack${map.includes('v6') ? ' of IPv6' : ''} on {nodes} is ${share} % full (${used.toLocaleString('en')} of ${capacity.toLocaleString('en')}): ${isLru ? 'the kernel throws the oldest entries away, and their connections break' : 'new connections are refused once it is full'}.`,
      evidence: [
        valueEvidence(node, 'bpftool.map', {
          value: `${map}: max_entries ${capacity}; ${used} used`,
          shows: 'The size of the map and its use.',
        }),
      ],
      fix: configure(
        'Make the map larger, or let Felix double it when it fills (v3.30 and later).',
        patchFelix('bpfMapSizeConntrack', capacity * 2),
        patchFelix('bpfMapSizeConntrackScaling', 'DoubleIfFull'),
      ),
    },
  ];
}

/** An idle UDP entry stays a minute; Felix sweeps every ten seconds. */
const longExpired = 240e9;
const expiredPile = 100;

function sweep(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  // Timers may be set longer.
  if (settingOn(node, cluster, 'bpfConntrackTimeouts').value !== undefined) return [];
  return node.conntracks.flatMap((table) => unswept(node, table));
}

function unswept(node: KnownNode, table: ConntrackTable): readonly Draft[] {
  const { count, protocol, idle } = table.columns;
  const rows: number[] = [];
  for (let row = 0; row < count; row++)
    if (protocol.at(row) === udp && idle.at(row) > longExpired) rows.push(row);
  if (rows.length < expiredPile) return [];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: 'sweep',
      title: `Felix on {nodes} does not clean conntrack up: ${rows.length.toLocaleString('en')} UDP entries have been idle for more than four minutes, and a minute is all they should stay.`,
      evidence: linesOf(node, table, rows, 'An entry that should be gone.'),
      fix: advise(
        'Felix is stopped, or its sweep takes longer than its interval: see its log, and the metric felix_bpf_conntrack_sweep_duration (v3.30 and later).',
      ),
    },
  ];
}
