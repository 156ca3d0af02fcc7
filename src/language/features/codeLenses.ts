import type { CodeLens } from 'vscode-languageserver';
import { nodesAsWritten } from '../../core/felix/inEffect.ts';
import type { InEffect } from '../../core/felix/inEffect.ts';
import { inEffectOf } from '../inEffect.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { Surroundings } from '../surroundings.ts';
import { pairOf } from '../yaml/node.ts';

/** Above each spec: how much of it is in effect on the open cluster; a click shows where. */
export function codeLensesOf(
  document: OpenDocument,
  surroundings: Surroundings,
  command: string | undefined,
): CodeLens[] {
  const { cluster } = surroundings;
  if (cluster === undefined) return [];
  return document.language.pieces.flatMap((placed) =>
    placed.piece.targets.flatMap((target) => {
      const spec = target.kind === 'felix' ? pairOf(target.map, 'spec') : undefined;
      const inEffect =
        target.kind === 'felix' ? inEffectOf(target.map, cluster, surroundings.version) : undefined;
      if (spec === undefined || inEffect === undefined) return [];
      const shown = { title: titleOf(inEffect), command: command ?? '', arguments: [inEffect] };
      return [{ range: document.rangeOf(spec.key.span, placed), command: shown }];
    }),
  );
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
