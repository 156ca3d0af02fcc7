import { targetsOf } from './targets.ts';
import type { Target } from './targets.ts';
import { compose } from './yaml/compose.ts';
import type { SyntaxProblem } from './yaml/problems.ts';
import type { Node } from './yaml/node.ts';
import { piecesOf } from './yaml/pieces.ts';

/** What was read from the text of a piece; its spans count from the start of the piece. */
export interface ParsedPiece {
  readonly text: string;
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
  readonly targets: readonly Target[];
  /** Whether templates left things out. */
  readonly partial: boolean;
  readonly isPatch: boolean;
}

/** A piece at its place in the document. */
export interface PlacedPiece {
  readonly start: number;
  readonly piece: ParsedPiece;
}

/** A text with the pieces of it that concern us. */
export interface LanguageDocument {
  readonly uri: string;
  readonly text: string;
  readonly pieces: readonly PlacedPiece[];
}

/** Reads a document. Pieces that the text had before are taken from there, so an edit costs one piece. */
export function readDocument(uri: string, text: string, before?: LanguageDocument): LanguageDocument {
  const known = new Map(before?.pieces.map(({ piece }) => [piece.text, piece]));
  const pieces = piecesOf(text).map(({ start, text, isPatch = false }) => {
    const same = known.get(text);
    const piece = same?.isPatch === isPatch ? same : parsePiece(text, isPatch);
    known.set(text, piece);
    return { start, piece };
  });
  return { uri, text, pieces };
}

function parsePiece(text: string, isPatch: boolean): ParsedPiece {
  const { root, problems, partial } = compose(text);
  return { text, root, problems, partial, isPatch, targets: targetsOf(root) };
}

/** The piece that an offset is in; the inner one where one holds another. */
export function pieceAt(document: LanguageDocument, offset: number): PlacedPiece | undefined {
  return document.pieces.findLast(
    ({ start, piece }) => offset >= start && offset <= start + piece.text.length,
  );
}
