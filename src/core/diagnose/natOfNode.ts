import type { Dump } from '../dump/dump.ts';
import type { NatFrontend } from '../dump/natLine.ts';
import type { Fact } from '../facts/fact.ts';
import { natFacts } from '../facts/nat.ts';
import { lineEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';

/** A fact about the NAT maps of a node, and the frontends it is about. */
export interface NatFinding extends Fact {
  readonly frontends: readonly NatFrontend[];
  readonly evidence: readonly Evidence[];
}

const found = new WeakMap<KnownNode, readonly NatFinding[]>();

/** What follows from the NAT maps of a node, of both families. */
export function natOfNode(node: KnownNode, cluster: KnownCluster): readonly NatFinding[] {
  const known = found.get(node) ?? [
    ...read(node, cluster, { probe: 'nat.dump', dump: node.nat() }),
    ...read(node, cluster, { probe: 'nat.dump.v6', dump: node.natV6() }),
  ];
  found.set(node, known);
  return known;
}

function read(
  node: KnownNode,
  cluster: KnownCluster,
  { probe, dump }: { readonly probe: string; readonly dump: Dump<NatFrontend> | undefined },
): readonly NatFinding[] {
  if (dump === undefined) return [];
  return natFacts(dump.entries, cluster.surroundings()).map((fact) => ({
    ...fact,
    frontends: fact.rows.flatMap((row) => dump.entries[row] ?? []),
    evidence: fact.rows.slice(0, 2).flatMap((row) => {
      const span = dump.spans[row];
      return span === undefined ? [] : lineEvidence(node, probe, { span, shows: fact.text });
    }),
  }));
}
