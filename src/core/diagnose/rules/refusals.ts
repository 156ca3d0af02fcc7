/** Services that send to ports of their pods at which nobody listens: each connection is answered with a reset. */
import { tcpStates, type ConntrackEntry } from '../../dump/conntrack.ts';
import { toConnection } from '../../facts/connection.ts';
import { rowsWith } from '../../facts/conntrack.ts';
import { parseIp, type IpAddress } from '../../net/address.ts';
import { listField, numberField, type KubernetesObject } from '../../objects/object.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import type { ConntrackTable } from '../nodeTables.ts';
import { podSubject, serviceSubject } from '../subjects.ts';

/** So many resets, and nothing else, are no chance; of a port that should be open more. */
const resets = 2;
const resetsOfOpen = 4;
/** So many entries are looked at: more would tell nothing else. */
const mostRows = 10_000;

const tcp = 6;
const reset = tcpStates.indexOf('RESET') + 1;
const synSent = tcpStates.indexOf('SYN-SENT') + 1;

/** Connections to endpoints of Services that all end in a reset. */
export function refused(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return node.conntracks.flatMap((table) =>
    [...refusalsIn(table)].flatMap(([target, rows]) => toDraft(node, cluster, { table, target, rows })),
  );
}

/** The rows of the targets, `<address> <port>`, of which every connection was reset. */
function refusalsIn(table: ConntrackTable): ReadonlyMap<string, readonly number[]> {
  const { columns } = table;
  const found = new Map<string, number[]>();
  const addresses = new Set<IpAddress>();
  let left = mostRows;
  for (let row = 0; row < columns.count && left > 0; row++) {
    if (columns.state.at(row) !== reset) continue;
    left--;
    const connection = toConnection(table.entry(row));
    if (connection?.protocol !== tcp) continue;
    const target = `${connection.destination} ${connection.port}`;
    found.set(target, [...(found.get(target) ?? []), row]);
    addresses.add(connection.destination);
  }
  for (const [target, rows] of found) if (rows.length < resets) found.delete(target);
  if (found.size === 0) return found;
  for (const row of rowsWith(columns, (address) => addresses.has(address))) {
    const state = columns.state.at(row);
    const connection = state === reset || state === synSent ? undefined : toConnection(table.entry(row));
    if (connection?.protocol === tcp) found.delete(`${connection.destination} ${connection.port}`);
  }
  return found;
}

interface Refusal {
  readonly table: ConntrackTable;
  readonly target: string;
  readonly rows: readonly number[];
}

function toDraft(node: KnownNode, cluster: KnownCluster, refusal: Refusal): readonly Draft[] {
  const { table, target, rows } = refusal;
  const { endpoints, book } = cluster.surroundings;
  const [address = '', port = ''] = target.split(' ');
  const ip = parseIp(address);
  const [facts] = ip === undefined ? [] : book.podsAt(ip);
  const pod = facts && findObject(cluster, 'pods', facts.name, facts.namespace);
  const [service] = [...endpoints].find(([, { ready }]) => ready.has(target)) ?? [];
  if (pod === undefined || service === undefined) return [];
  const shows = 'A connection that was reset.';
  const evidence = rows
    .slice(0, 3)
    .map((row) => lineEvidence(node, table.probe, { span: table.placeAt(row), shows }));
  const declared = portsOf(pod);
  if (declared.length > 0 && !declared.includes(Number(port)))
    return [misled({ cluster, pod, service, port }, declared, evidence)];
  // Load balancers end their checks with a reset; pods do not.
  const byPods = rows.filter((row) => isFromPod(table.entry(row), cluster));
  if (byPods.length < resetsOfOpen) return [];
  const label = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  return [
    {
      severity: 'error',
      subject: podSubject(label, facts?.node ?? node.name),
      cause: target,
      title: `Every connection to pod ${label} at port ${port} is refused though the pod counts as ready for ${nameOf(service)}: nobody listens there.`,
      evidence,
      fix: advise(
        'See whether its process runs and listens at all addresses, and give the pod a readiness probe.',
      ),
    },
  ];
}

function isFromPod(entry: ConntrackEntry, { surroundings }: KnownCluster): boolean {
  if (entry.kind !== 'connection') return false;
  return surroundings.kindOf(entry.source.address) === 'pod';
}

/** `shop/db:postgres 6` → `shop/db:postgres` */
function nameOf(service: string): string {
  return service.split(' ')[0] ?? service;
}

interface Misled {
  readonly cluster: KnownCluster;
  readonly pod: KubernetesObject;
  readonly service: string;
  readonly port: string;
}

function misled(
  { cluster, pod, service, port }: Misled,
  declared: readonly number[],
  evidence: readonly Evidence[],
): Draft {
  return {
    severity: 'error',
    subject: serviceSubject(service),
    cause: `${service} ${port}`,
    title: `Every connection to ${nameOf(service)} is refused: it sends to port ${port} of its pods, and their containers have ${declared.join(', ')} and listen nowhere else.`,
    evidence: [
      ...evidence,
      objectEvidence(cluster, {
        resource: 'pods',
        object: pod,
        shows: 'The ports of the containers.',
        value: `containerPort: ${declared.join(', ')}`,
      }),
    ],
    fix: advise('Correct targetPort of the Service, or let the container listen there.'),
  };
}

/** The ports that the containers of a pod declare. */
function portsOf(pod: KubernetesObject): readonly number[] {
  return listField(pod, 'spec', 'containers')
    .flatMap((each) => listField(each, 'ports'))
    .flatMap((each) => numberField(each, 'containerPort') ?? []);
}
