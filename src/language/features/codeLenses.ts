import type { CodeLens } from 'vscode-languageserver';
import { fields } from '../../core/felix/fields.ts';
import { effectiveValues, show } from '../effective.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { ClusterAnswer } from '../protocol.ts';
import type { Surroundings } from '../surroundings.ts';
import { specOf } from '../targets.ts';
import { asMap, pairOf, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode } from '../yaml/node.ts';
import { readMap } from '../yaml/value.ts';
import type { YamlValue } from '../../core/felix/yamlValue.ts';

/** Above each spec: how much of it is in effect on the open cluster. */
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
      const scope = scopeOf(target.map, cluster);
      if (scope.nodes.length === 0) return [];
      const title = titleOf(map, scope, surroundings);
      return [{ range: document.rangeOf(spec.key.span, placed), command: { title, command: command ?? '' } }];
    }),
  );
}

/** The nodes that an object is for: one, or all. */
function scopeOf(map: MapNode, cluster: ClusterAnswer): ClusterAnswer {
  const name = textOf(asMap(valueOf(map, 'metadata')), 'name') ?? '';
  if (!name.startsWith('node.')) return cluster;
  return { ...cluster, nodes: cluster.nodes.filter((node) => `node.${node.name}` === name) };
}

function titleOf(spec: MapNode, cluster: ClusterAnswer, { version }: Surroundings): string {
  const total = cluster.nodes.length;
  const differing: string[] = [];
  let checked = 0;
  for (const { key, value } of readMap(spec).value.entries) {
    const field = fields.get(key);
    const written = toText(value);
    if (field === undefined || written === undefined) continue;
    checked++;
    const values = effectiveValues(field, cluster, version);
    const inEffect = values.filter((each) => each.value.toLowerCase() === written.toLowerCase());
    const nodes = inEffect.reduce((sum, each) => sum + each.nodes.length, 0);
    if (nodes < total) differing.push(`${key} on ${nodes}`);
  }
  if (checked === 0) return `${cluster.name}: nothing to compare`;
  if (differing.length === 0) return `In effect on ${total} of ${total} nodes of ${cluster.name}`;
  const shown = differing.slice(0, 3).join(', ');
  const more = differing.length > 3 ? ` and ${differing.length - 3} more` : '';
  return `Not all in effect on ${cluster.name}: ${shown} of ${total} nodes${more}`;
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
