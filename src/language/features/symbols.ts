import { SymbolKind } from 'vscode-languageserver';
import type { DocumentSymbol } from 'vscode-languageserver';
import type { PlacedPiece } from '../document.ts';
import type { OpenDocument } from '../openDocument.ts';
import { specOf } from '../targets.ts';
import type { Target } from '../targets.ts';
import { asMap, resolved, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode, PairNode } from '../yaml/node.ts';

/** The outline: each object with the keys that it sets. */
export function symbolsOf(document: OpenDocument): DocumentSymbol[] {
  return document.language.pieces.flatMap((placed) =>
    placed.piece.targets.flatMap((target) => {
      const map = objectOf(target);
      return map === undefined ? [] : [toSymbol(document, placed, map)];
    }),
  );
}

function objectOf(target: Target): MapNode | undefined {
  return 'map' in target ? target.map : undefined;
}

function toSymbol(document: OpenDocument, placed: PlacedPiece, map: MapNode): DocumentSymbol {
  const kind = map.pairs.find(({ key }) => key.text === 'kind') ?? map.pairs[0];
  const range = document.rangeOf(map.span, placed);
  return {
    name: textOf(asMap(valueOf(map, 'metadata')), 'name') ?? '(no name)',
    detail: textOf(map, 'kind') ?? '',
    kind: SymbolKind.Object,
    range,
    selectionRange: kind === undefined ? range : document.rangeOf(kind.span, placed),
    children: keysOf(map).map((pair) => keySymbol(document, placed, pair)),
  };
}

/** The keys of the spec, in the operator's object those below it too. */
function keysOf(map: MapNode): readonly PairNode[] {
  const spec = specOf(map) ?? asMap(valueOf(map, 'data'));
  return (asMap(valueOf(spec, 'calicoNetwork')) ?? spec)?.pairs ?? [];
}

function keySymbol(
  document: OpenDocument,
  placed: PlacedPiece,
  { key, value, span }: PairNode,
): DocumentSymbol {
  const inner = resolved(value);
  return {
    name: key.text === '' ? '(no key)' : key.text,
    detail: inner?.kind === 'scalar' ? inner.text : '',
    kind: SymbolKind.Property,
    range: document.rangeOf({ start: Math.min(span.start, key.span.start), end: span.end }, placed),
    selectionRange: document.rangeOf(key.span, placed),
  };
}
