import type { CodeLens } from 'vscode-languageserver';
import { fields } from '../../core/felix/fields.ts';
import { nodesAsWritten } from '../../core/felix/inEffect.ts';
import type { InEffect } from '../../core/felix/inEffect.ts';
import { effectiveValues, nodesMeant, show } from '../effective.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { ClusterAnswer } from '../protocol.ts';
import type { Surroundings } from '../surroundings.ts';
import { specOf } from '../targets.ts';
import { asMap, pairOf, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode } from '../yaml/node.ts';
import { readMap } from '../yaml/value.ts';
import type { YamlValue } from '../../core/felix/yamlValue.ts';

/** Above each spec: how much of it is in effect on the open cluster; a click shows where. */
export function codeLensesOf(
  document: OpenDocument,
  surroundings: Surroundings,
  command: string | undefined,
): CodeLens[] {
  const { cluster } = surroundings;
  if (cluster === undefined || cluster.nodes.length === 0) return [];
  return document.language.pieces.flatMap((placed) =>
    placed.piece.targets.flatMap((target) => {
      const spec = target.kind === 'felix' ? pairOf(target.map, 'spec') : undefined;
      const map = target.kind === 'felix' ? specOf(target.map) : undefined;
      if (target.kind !== 'felix' || spec === undefined || map === undefined) return [];
      const scope = scopeOf(target.map, map, cluster, surroundings);
      if (scope.nodes.length === 0) return [];
      const inEffect = inEffectOn(scope, map, surroundings);
      const shown = { title: titleOf(inEffect), command: command ?? '', arguments: [inEffect] };
      return [{ range: document.rangeOf(spec.key.span, placed), command: shown }];
    }),
  );
}

/** The nodes that an object is for: one, some or all; all for a patch that does not say. */
function scopeOf(
  map: MapNode,
  spec: MapNode,
  cluster: ClusterAnswer,
  { version }: Surroundings,
): ClusterAnswer {
  const name = textOf(asMap(valueOf(map, 'metadata')), 'name');
  if (name === undefined) return cluster;
  const nodeSelector = textOf(spec, 'nodeSelector');
  const meant = new Set(nodesMeant({ name, spec: { nodeSelector } }, cluster, version));
  return { ...cluster, nodes: cluster.nodes.filter((node) => meant.has(node.name)) };
}

function inEffectOn(cluster: ClusterAnswer, spec: MapNode, { version }: Surroundings): InEffect {
  const keys = readMap(spec).value.entries.flatMap(({ key, value }) => {
    const field = key === 'nodeSelector' ? undefined : fields.get(key);
    const written = toText(value);
    if (field === undefined || written === undefined) return [];
    return [{ key, written, values: effectiveValues(field, cluster, version) }];
  });
  return { cluster: cluster.name, nodes: cluster.nodes.length, keys };
}

function titleOf({ cluster, nodes: total, keys }: InEffect): string {
  if (keys.length === 0) return `${cluster}: nothing to compare`;
  const differing = keys
    .map((key) => ({ key: key.key, nodes: nodesAsWritten(key) }))
    .filter(({ nodes }) => nodes < total);
  if (differing.length === 0) return `In effect on ${total} of ${total} nodes of ${cluster}`;
  const shown = differing
    .slice(0, 3)
    .map(({ key, nodes }) => `${key} on ${nodes}`)
    .join(', ');
  const more = differing.length > 3 ? ` and ${differing.length - 3} more` : '';
  return `Not all in effect on ${cluster}: ${shown} of ${total} nodes${more}`;
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
