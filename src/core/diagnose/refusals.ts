/** Services whose target port is one at which nothing of their pods listens: each connection is answered with a reset. */
import { tcpStates } from '../dump/conntrack.ts';
import { toConnection } from '../facts/connection.ts';
import { rowsWith } from '../facts/conntrack.ts';
import { parseIp, type IpAddress } from '../net/address.ts';
import { listField, numberField, type KubernetesObject } from '../objects/object.ts';
import { lineEvidence } from './evidence.ts';
import { advise, type Draft } from './finding.ts';
import { findObject, objectEvidence, type KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';
import type { ConntrackTable } from './nodeTables.ts';
import { serviceSubject } from './subjects.ts';

/** So many resets, and nothing else, are no chance. */
const resets = 2;
/** So many entries are looked at: more would tell nothing else. */
const mostRows = 10_000;

const tcp = 6;
const reset = tcpStates.indexOf('RESET') + 1;
const synSent = tcpStates.indexOf('SYN-SENT') + 1;

/** Connections that all end in a reset, to ports that the containers of the pod do not declare. */
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

function toDraft(node: KnownNode, cluster: KnownCluster, { table, target, rows }: Refusal): readonly Draft[] {
  const { endpoints, book } = cluster.surroundings;
  const [address = '', port = ''] = target.split(' ');
  const ip = parseIp(address);
  const [facts] = ip === undefined ? [] : book.podsAt(ip);
  const pod = facts && findObject(cluster, 'pods', facts.name, facts.namespace);
  const declared = pod === undefined ? [] : portsOf(pod);
  if (pod === undefined || declared.length === 0 || declared.includes(Number(port))) return [];
  const services = [...endpoints].filter(([, { ready }]) => ready.has(target)).map(([key]) => key);
  const shows = 'A connection that was reset.';
  return services.slice(0, 1).map((key) => ({
    severity: 'error',
    subject: serviceSubject(key),
    cause: `${key} ${port}`,
    title: `Every connection to ${key.split(' ')[0] ?? key} is refused: it sends to port ${port} of its pods, and their containers have ${declared.join(', ')} and listen nowhere else.`,
    evidence: [
      ...rows.slice(0, 3).map((row) => lineEvidence(node, table.probe, { span: table.placeAt(row), shows })),
      objectEvidence(cluster, {
        resource: 'pods',
        object: pod,
        shows: 'The ports of the containers.',
        value: `containerPort: ${declared.join(', ')}`,
      }),
    ],
    fix: advise('Correct targetPort of the Service, or let the container listen there.'),
  }));
}

/** The ports that the containers of a pod declare. */
function portsOf(pod: KubernetesObject): readonly number[] {
  return listField(pod, 'spec', 'containers')
    .flatMap((each) => listField(each, 'ports'))
    .flatMap((each) => numberField(each, 'containerPort') ?? []);
}
