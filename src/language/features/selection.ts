import type { Position, SelectionRange } from 'vscode-languageserver';
import type { Span } from '../../core/text/problem.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { Stop } from '../yaml/trail.ts';
import { trailTo } from '../yaml/trail.ts';

/** What “expand selection” takes next: the value, its pair, the mapping around it, and so on. */
export function selectionRangesAt(document: OpenDocument, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionAt(document, position));
}

function selectionAt(document: OpenDocument, position: Position): SelectionRange {
  const found = document.pieceAt(position);
  const trail = found === undefined ? [] : trailTo(found.placed.piece.root, found.offset);
  let selection: SelectionRange | undefined;
  for (const span of trail.flatMap(spansOf)) {
    if (found === undefined) break;
    const range = document.rangeOf(span, found.placed);
    selection = selection === undefined ? { range } : { range, parent: selection };
  }
  return selection ?? { range: { start: position, end: position } };
}

/** From the outside in. */
function spansOf(stop: Stop): readonly Span[] {
  if (stop.kind === 'item') return [stop.node.span];
  const { map, pair, on } = stop;
  return [map.span, pair.span, on === 'key' ? pair.key.span : pair.value.span];
}
