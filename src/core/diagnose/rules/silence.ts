/** Nodes between which no packet gets through: what leaves, encapsulated or not, is never answered. */
import { toConnection } from '../../facts/connection.ts';
import { rowsWith } from '../../facts/conntrack.ts';
import type { IpAddress } from '../../net/address.ts';
import type { Steps } from '../../steps.ts';
import { checkKey, cloudOf } from './clouds.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, listNodes, type Draft, type Evidence } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import type { ConntrackTable } from '../nodeTables.ts';
import { activePools, isEncapsulated, usesVxlan } from './pools.ts';
import { fromObjects, isOn } from '../settings.ts';
import { nodeSubject } from '../subjects.ts';

/** So many attempts without one answer are no chance. */
const attempts = 3;

/** Connections that were answered longer ago tell nothing of now: so long an attempt stays in conntrack; nanoseconds. */
const lately = 20e9;

/** Another node whose pods do not answer a node. */
export interface Silence {
  readonly other: string;
  readonly attempts: number;
  readonly evidence: readonly Evidence[];
}

/** So many connections are looked at within a few milliseconds. */
const perStep = 500;

/** The other nodes whose pods never answer. */
export function* silencesOf(node: KnownNode, cluster: KnownCluster): Steps<readonly Silence[]> {
  const found: Silence[] = [];
  for (const table of node.conntracks) found.push(...(yield* silencesIn(node, cluster, table)));
  return found;
}

function* silencesIn(
  node: KnownNode,
  cluster: KnownCluster,
  table: ConntrackTable,
): Steps<readonly Silence[]> {
  const { book } = cluster.surroundings;
  const otherAt = (address: IpAddress) => {
    const other = book.podsAt(address)[0]?.node;
    return other === node.name ? undefined : other;
  };
  const byNode = new Map<string, { answered: number; rows: number[] }>();
  let looked = 0;
  for (const row of rowsWith(table.columns, (address) => otherAt(address) !== undefined)) {
    if (++looked % perStep === 0) yield;
    const connection = toConnection(table.entry(row));
    const other = connection?.protocol === 6 ? otherAt(connection.destination) : undefined;
    if (connection === undefined || other === undefined) continue;
    const known = byNode.get(other) ?? { answered: 0, rows: [] };
    byNode.set(other, known);
    if (!connection.isSynSent) known.answered += (connection.idle ?? 0) < lately ? 1 : 0;
    else if ((connection.idle ?? 0) > 3e9) known.rows.push(row);
  }
  return [...byNode].flatMap(([other, { answered, rows }]): readonly Silence[] => {
    const isOtherOff = !isOn(fromObjects(other, cluster, 'bpfEnabled') ?? { value: 'true', source: '' });
    if (answered > 0 || rows.length < attempts || isOtherOff) return [];
    const shows = 'A connection without an answer.';
    const evidence = rows
      .slice(0, 3)
      .map((row) => lineEvidence(node, table.probe, { span: table.placeAt(row), shows }));
    return [{ other, attempts: rows.length, evidence }];
  });
}

interface Pair extends Silence {
  readonly from: string;
}

/** What is silent, by whom it is: by one node towards all others, or by the network between all of them. */
export function silence(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const pairs = nodes.flatMap(({ name, silences }) => silences.map((each) => ({ ...each, from: name })));
  const causes = suspectsOf(pairs);
  const involved = [...new Set(pairs.flatMap(({ from, other }) => [from, other]))].toSorted();
  return causes.length * 2 > involved.length
    ? involved.map((name) => allSilent(cluster, name, { involved, pairs }))
    : causes.map(({ suspect, pairs: own }) => oneSilent(cluster, suspect, own));
}

interface Suspect {
  readonly suspect: string;
  readonly pairs: readonly Pair[];
}

/** The fewest nodes that every silence can be put down to, those with the most silences first. */
function suspectsOf(pairs: readonly Pair[]): readonly Suspect[] {
  const suspects: Suspect[] = [];
  for (let left = pairs; left.length > 0;) {
    const counts = new Map<string, number>();
    // Who does not answer is suspected before who asks.
    for (const { from, other } of left) {
      counts.set(other, (counts.get(other) ?? 0) + 1.001);
      counts.set(from, (counts.get(from) ?? 0) + 1);
    }
    const [suspect = ''] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [];
    const isOwn = ({ from, other }: Pair) => from === suspect || other === suspect;
    suspects.push({ suspect, pairs: left.filter(isOwn) });
    left = left.filter((pair) => !isOwn(pair));
  }
  return suspects;
}

function oneSilent(cluster: KnownCluster, suspect: string, pairs: readonly Pair[]): Draft {
  const partners = [...new Set(pairs.map(({ from, other }) => (from === suspect ? other : from)))].toSorted();
  const tried = pairs.reduce((sum, each) => sum + each.attempts, 0);
  const between = partners.length === 1 ? 'the two nodes' : 'them';
  return {
    severity: 'warning',
    subject: nodeSubject(suspect),
    cause: suspect,
    title: `No packet gets through between pods on ${suspect} and ${listNodes(partners)}: none of ${tried} attempts was answered, and packets between ${between} are lost.`,
    evidence: pairs.flatMap(({ evidence }) => evidence).slice(0, 3),
    fix: toLook(cluster, suspect),
  };
}

function allSilent(
  cluster: KnownCluster,
  name: string,
  { involved, pairs }: { readonly involved: readonly string[]; readonly pairs: readonly Pair[] },
): Draft {
  const tried = pairs.reduce((sum, each) => sum + each.attempts, 0);
  return {
    severity: 'warning',
    subject: nodeSubject(name),
    cause: involved.join(' '),
    title: `No packet gets through between pods of {nodes}: none of ${tried} attempts was answered, whichever of the nodes they came from.`,
    evidence: pairs.filter(({ from }) => from === name).flatMap(({ evidence }) => evidence.slice(0, 1)),
    fix: toLook(cluster, name),
  };
}

function toLook(cluster: KnownCluster, name: string): Draft['fix'] {
  const port = usesVxlan(cluster) ? ' UDP 4789 between the nodes is the first to look at.' : '';
  const cloud = cloudOf(name, cluster, fromObjects(name, cluster, checkKey));
  const isBare = activePools(cluster).some(
    (pool) => !isEncapsulated(pool, 'vxlanMode') && !isEncapsulated(pool, 'ipipMode'),
  );
  return cloud === undefined || !isBare
    ? advise(`See firewalls and security groups between the nodes.${port}`)
    : advise(
        `The pods are not encapsulated, and ${cloud.name} drops packets with their addresses by ${cloud.check}: let them pass, or encapsulate. Else see security groups.`,
        cloud.command,
      );
}
