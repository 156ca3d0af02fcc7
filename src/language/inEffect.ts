import { fields } from '../core/felix/fields.ts';
import type { InEffect } from '../core/felix/inEffect.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import type { YamlValue } from '../core/felix/yamlValue.ts';
import { effectiveValues, nodesMeant, show } from './effective.ts';
import type { ClusterAnswer } from './protocol.ts';
import { specOf } from './targets.ts';
import { asMap, textOf, valueOf } from './yaml/node.ts';
import type { MapNode } from './yaml/node.ts';
import { readMap } from './yaml/value.ts';

/** How much of a written object is in effect on a cluster; `undefined` when it is for none of its nodes. */
export function inEffectOf(
  map: MapNode,
  cluster: ClusterAnswer,
  version: CalicoVersion,
): InEffect | undefined {
  const spec = specOf(map);
  if (spec === undefined) return undefined;
  const nodes = nodesFor(map, spec, cluster, version);
  if (nodes.length === 0) return undefined;
  // What is known of a whole cluster is worked out once.
  const scope = nodes.length === cluster.nodes.length ? cluster : { ...cluster, nodes };
  const keys = readMap(spec).value.entries.flatMap(({ key, value }) => {
    const field = key === 'nodeSelector' ? undefined : fields.get(key);
    const written = toText(value);
    if (field === undefined || written === undefined) return [];
    return [{ key, written, values: effectiveValues(field, scope, version) }];
  });
  return { cluster: cluster.name, nodes: nodes.length, keys };
}

/** The nodes that an object is for: one, some or all; all for a patch that does not say. */
function nodesFor(
  map: MapNode,
  spec: MapNode,
  cluster: ClusterAnswer,
  version: CalicoVersion,
): ClusterAnswer['nodes'] {
  const name = textOf(asMap(valueOf(map, 'metadata')), 'name');
  if (name === undefined) return cluster.nodes;
  const nodeSelector = textOf(spec, 'nodeSelector');
  const meant = new Set(nodesMeant({ name, spec: { nodeSelector } }, cluster, version));
  return cluster.nodes.filter((node) => meant.has(node.name));
}

/** A value as the cluster's objects show it; lists and mappings as JSON. */
function toText(value: YamlValue): string | undefined {
  const plain = toPlain(value);
  return plain === undefined ? undefined : show(plain);
}

function toPlain(value: YamlValue): unknown {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'int':
      return Number(value.value);
    case 'list':
      return value.items.map(toPlain);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, toPlain(entry.value)]));
    case 'string':
    case 'float':
    case 'bool':
      return value.value;
  }
}
