import type { NatFrontend } from '../../dump/natLine.ts';
import type { Screened } from '../../facts/expectedNat.ts';
import type { Fact } from '../../facts/fact.ts';
import { natFacts } from '../../facts/nat.ts';
import type { NatMap } from '../../facts/natMap.ts';
import { lineEvidence } from '../evidence.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, type KubernetesObject } from '../../objects/object.ts';
import { listSome, type Evidence } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { isSettling } from './settling.ts';
import { isContested } from './serviceClaims.ts';
import { serviceSubject } from '../subjects.ts';
import type { KnownNode } from '../knownNode.ts';

/** A fact about the NAT maps of a node, and the frontends it is about. */
export interface NatFinding extends Fact {
  readonly frontends: readonly NatFrontend[];
  readonly evidence: readonly Evidence[];
}

/** What is to be said of the NAT maps of a node, of both families. */
export interface NatOfNode {
  readonly findings: readonly NatFinding[];
  /** The maps of the families that the node has. */
  readonly maps: readonly ScreenedMap[];
}

/** The NAT map of a family, and how it stands beside Kubernetes. */
export interface ScreenedMap {
  readonly probe: string;
  readonly map: NatMap;
  readonly screened: Screened;
}

const found = new WeakMap<KnownNode, NatOfNode>();

/** What follows from the NAT maps of a node. */
export function natOfNode(node: KnownNode, cluster: KnownCluster): NatOfNode {
  const known = found.get(node) ?? judge(node, cluster);
  found.set(node, known);
  return known;
}

function judge(node: KnownNode, cluster: KnownCluster): NatOfNode {
  const families = [
    { probe: 'nat.dump', map: node.nat },
    { probe: 'nat.dump.v6', map: node.natV6 },
  ];
  const maps = families.flatMap(({ probe, map }) =>
    map === undefined ? [] : { probe, map, screened: cluster.expectedNat.screen(map) },
  );
  return {
    maps,
    findings: maps
      .flatMap((each) => read(node, cluster, each))
      .flatMap(withoutContested(cluster))
      .filter((each) => !isSettling(cluster, each)),
  };
}

/** What is to be said of frontends at an address that several services claim is said of these. */
function withoutContested(cluster: KnownCluster): (finding: NatFinding) => readonly NatFinding[] {
  return (finding) => {
    const frontends = finding.frontends.filter((each) => !isContested(cluster, each));
    if (frontends.length === finding.frontends.length) return [finding];
    const owners = new Set(
      frontends.flatMap(
        (each) => cluster.surroundings.findService(each.address, each.port, each.protocol) ?? [],
      ),
    );
    const isLeft = finding.rule === 'nat-id-shared' ? owners.size > 1 : frontends.length > 0;
    return isLeft ? [{ ...finding, frontends }] : [];
  };
}

function read(
  node: KnownNode,
  cluster: KnownCluster,
  { probe, map, screened }: ScreenedMap,
): readonly NatFinding[] {
  const surroundings = cluster.surroundings;
  return natFacts(map, { screened, surroundings }).map((fact) => ({
    ...fact,
    frontends: fact.rows.flatMap((row) => map.entry(row) ?? []),
    evidence: fact.rows
      .slice(0, 2)
      .map((row) => lineEvidence(node, probe, { span: map.placeAt(row), shows: fact.text })),
  }));
}

/** What Kubernetes says of the endpoints of a service port, `shop/cart:http`. */
export function endpointsEvidence(cluster: KnownCluster, servicePort: string): readonly Evidence[] {
  const { namespace = '', name } = serviceSubject(servicePort);
  const resource = 'endpointslices.discovery.k8s.io';
  const slices = slicesByService(cluster.objects(resource)).get(`${namespace}/${name}`) ?? [];
  return slices.slice(0, 2).map((object) => {
    const ready = listField(object, 'endpoints').filter(
      (each) => field(each, 'conditions', 'ready') !== false,
    );
    const addresses = ready.flatMap((each) => listField(each, 'addresses').map(String));
    return objectEvidence(cluster, {
      resource,
      object,
      shows: 'The endpoints that Kubernetes calls ready.',
      value: addresses.length === 0 ? 'none' : listSome(addresses, 'addresses', 6),
    });
  });
}

const slicesByService = indexOnce((slices: readonly KubernetesObject[]) =>
  Map.groupBy(
    slices,
    ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`,
  ),
);
