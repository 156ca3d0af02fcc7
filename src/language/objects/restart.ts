import { allOf } from '../../core/felix/expectation.ts';
import { isAsWritten } from '../../core/felix/inEffect.ts';
import { restartsFelix } from '../../core/felix/reach.ts';
import type { CalicoVersion } from '../../core/felix/versions.ts';
import { diagnosis } from '../diagnosis.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { isOutranking } from '../effective.ts';
import { inEffectOf } from '../inEffect.ts';
import type { ClusterAnswer } from '../protocol.ts';
import { asMap, pairOf, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode } from '../yaml/node.ts';

/** Tells on how many nodes Felix restarts once the object is applied to the open cluster. */
export function diagnoseRestart(
  map: MapNode,
  cluster: ClusterAnswer,
  version: CalicoVersion,
): readonly Diagnosis[] {
  const name = textOf(asMap(valueOf(map, 'metadata')), 'name');
  const spec = pairOf(map, 'spec');
  const inEffect = inEffectOf(map, cluster, version);
  if (name === undefined || spec === undefined || inEffect === undefined) return [];
  const changes = inEffect.keys
    .filter(({ key }) => restartsFelix(key))
    .map((key) => {
      const replaced = key.values.filter((value) => !isAsWritten(key, value) && !isOutranking(value, name));
      return { key: key.key, nodes: replaced.flatMap(({ nodes }) => nodes) };
    })
    .filter(({ nodes }) => nodes.length > 0);
  const nodes = new Set(changes.flatMap((change) => change.nodes));
  if (nodes.size === 0) return [];
  const named = changes.slice(0, 3).map(({ key }) => key);
  const more = changes.length - named.length;
  const keys = allOf([...named, ...(more > 0 ? [`${more} more`] : [])]);
  const message = `Applied to ${cluster.name}, this changes ${keys}, and Felix restarts on ${nodes.size} of ${cluster.nodes.length} nodes.`;
  return [diagnosis({ code: 'restart', severity: 'information', message, span: spec.key.span })];
}
