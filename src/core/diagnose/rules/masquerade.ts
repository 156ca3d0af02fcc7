/** Pools whose pods leave the cluster with addresses that nobody outside can answer. */
import { toConnection } from '../../facts/connection.ts';
import { rowsWith } from '../../facts/conntrack.ts';
import { parseCidr, type Cidr, type IpAddress } from '../../net/address.ts';
import { cidrContains } from '../../net/prefix.ts';
import { field, textField, type KubernetesObject } from '../../objects/object.ts';
import type { ConntrackEntry } from '../../dump/conntrack.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import type { ConntrackTable } from '../nodeTables.ts';
import { activePools } from './pools.ts';
import { keySubject } from '../subjects.ts';

/** So many attempts to go outside without one answer are no chance. */
const attempts = 5;

/** Pools that are encapsulated, not masqueraded, and whose pods hear nothing from outside. */
export function outgoing(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return activePools(cluster).flatMap((pool) => {
    const cidr = parseCidr(textField(pool, 'spec', 'cidr') ?? '');
    if (cidr === undefined || field(pool, 'spec', 'natOutgoing') === true || !isHidden(pool)) return [];
    return node.conntracks.flatMap((table) => {
      const rows = unansweredFrom(cidr, table, cluster);
      return rows.length < attempts ? [] : [toDraft(node, cluster, { pool, table, rows })];
    });
  });
}

/** Between nodes its packets are always encapsulated: the network does not know where its addresses are. */
function isHidden(pool: KubernetesObject): boolean {
  return ['vxlanMode', 'ipipMode'].some((mode) => textField(pool, 'spec', mode) === 'Always');
}

/** The attempts of pods of a pool to reach somebody outside; none where one of them was answered. */
function unansweredFrom(
  cidr: Cidr,
  table: ConntrackTable,
  { surroundings }: KnownCluster,
): readonly number[] {
  const rows: number[] = [];
  for (const row of rowsWith(table.columns, (address) => surroundings.kindOf(address) === 'outside')) {
    const entry = table.entry(row);
    const connection = toConnection(entry);
    const source = sourceOf(entry);
    if (connection === undefined || source === undefined || !cidrContains(cidr, source)) continue;
    if (surroundings.kindOf(connection.destination) !== 'outside' || connection.protocol !== 6) continue;
    if (!connection.isSynSent) return [];
    rows.push(row);
  }
  return rows;
}

function sourceOf(entry: ConntrackEntry): IpAddress | undefined {
  if (entry.kind === 'connection') return entry.source.address;
  return entry.flags.includes('B-A') ? entry.b.address : entry.a.address;
}

interface Unheard {
  readonly pool: KubernetesObject;
  readonly table: ConntrackTable;
  readonly rows: readonly number[];
}

function toDraft(node: KnownNode, cluster: KnownCluster, { pool, table, rows }: Unheard): Draft {
  const shows = 'An attempt without an answer.';
  return {
    severity: 'warning',
    subject: keySubject('natOutgoing'),
    cause: pool.metadata.name,
    title: `Pods of ${pool.metadata.name} on {nodes} reach nobody outside the cluster: the pool is encapsulated and natOutgoing is off, so that answers do not find the way back to their addresses.`,
    evidence: [
      objectEvidence(cluster, {
        resource: 'ippools',
        object: pool,
        shows: 'The pool.',
        value: 'natOutgoing: false',
      }),
      ...rows.slice(0, 3).map((row) => lineEvidence(node, table.probe, { span: table.placeAt(row), shows })),
    ],
    fix: advise(
      'Let the pool be masqueraded, or give the network routes to its addresses.',
      `kubectl patch ippools.crd.projectcalico.org ${pool.metadata.name} --type merge -p '{"spec":{"natOutgoing":true}}'`,
    ),
  };
}
