import type { NatFrontend } from '../dump/natLine.ts';
import type { Screened } from '../facts/expectedNat.ts';
import type { Fact } from '../facts/fact.ts';
import { natFacts } from '../facts/nat.ts';
import type { NatMap } from '../facts/natMap.ts';
import { lineEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';

/** A fact about the NAT maps of a node, and the frontends it is about. */
export interface NatFinding extends Fact {
  readonly frontends: readonly NatFrontend[];
  readonly evidence: readonly Evidence[];
}

/** What is to be said of the NAT maps of a node, of both families. */
export interface NatOfNode {
  readonly findings: readonly NatFinding[];
  /** Of the IPv4 map. */
  readonly screened: Screened | undefined;
}

const found = new WeakMap<KnownNode, NatOfNode>();

/** What follows from the NAT maps of a node. */
export function natOfNode(node: KnownNode, cluster: KnownCluster): NatOfNode {
  const known = found.get(node) ?? judge(node, cluster);
  found.set(node, known);
  return known;
}

function judge(node: KnownNode, cluster: KnownCluster): NatOfNode {
  const screened = node.nat && cluster.expectedNat.screen(node.nat);
  const screenedV6 = node.natV6 && cluster.expectedNat.screen(node.natV6);
  return {
    screened,
    findings: [
      ...read(node, cluster, { probe: 'nat.dump', map: node.nat, screened }),
      ...read(node, cluster, { probe: 'nat.dump.v6', map: node.natV6, screened: screenedV6 }),
    ],
  };
}

interface Source {
  readonly probe: string;
  readonly map: NatMap | undefined;
  readonly screened: Screened | undefined;
}

function read(
  node: KnownNode,
  cluster: KnownCluster,
  { probe, map, screened }: Source,
): readonly NatFinding[] {
  if (map === undefined || screened === undefined) return [];
  const surroundings = cluster.surroundings;
  return natFacts(map, { screened, surroundings }).map((fact) => ({
    ...fact,
    frontends: fact.rows.flatMap((row) => map.entry(row) ?? []),
    evidence: fact.rows
      .slice(0, 2)
      .map((row) => lineEvidence(node, probe, { span: map.placeAt(row), shows: fact.text })),
  }));
}
