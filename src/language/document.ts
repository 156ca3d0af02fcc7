import { finish } from '../core/steps.ts';
import type { Steps } from '../core/steps.ts';
import { aimedPatchesIn, bodyOf } from './kustomize.ts';
import { targetsOf } from './targets.ts';
import type { PatchAim, Target } from './targets.ts';
import { composeInSteps, nothingRead } from './yaml/compose.ts';
import type { ListMemory } from './yaml/compose.ts';
import type { SyntaxProblem } from './yaml/problems.ts';
import type { Node } from './yaml/node.ts';
import { ownCopy } from './yaml/ownCopy.ts';
import { documentsOf, piecesOf } from './yaml/pieces.ts';
import type { Piece } from './yaml/pieces.ts';

/** What was read from the text of a piece; its spans count from the start of the piece. */
export interface ParsedPiece {
  readonly text: string;
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
  readonly targets: readonly Target[];
  /** Whether templates left things out. */
  readonly partial: boolean;
  readonly isPatch: boolean;
  /** What the text is aimed at, if it is a JSON patch. */
  readonly aim: PatchAim | undefined;
  /** How its long lists were read. */
  readonly memory: ListMemory;
}

/** A piece at its place in the document. */
export interface PlacedPiece {
  readonly start: number;
  readonly piece: ParsedPiece;
}

/** A text with the pieces of it that concern us, in the order of their beginnings. */
export interface LanguageDocument {
  readonly uri: string;
  readonly text: string;
  readonly pieces: readonly PlacedPiece[];
}

/** How a text is read. */
export interface ReadOptions {
  /** The same document before an edit: pieces that it had are taken from there, so an edit costs one piece. */
  readonly before?: LanguageDocument | undefined;
  /** What another file aims it at, if it is a JSON patch. */
  readonly aim?: PatchAim | undefined;
}

/** Reads a document, or a patch that another file aims at a FelixConfiguration. */
export function readDocument(uri: string, source: string, options: ReadOptions = {}): LanguageDocument {
  return finish(readInSteps(uri, source, options));
}

/** The same, a piece in each step, or a part of its long lists. */
export function* readInSteps(
  uri: string,
  source: string,
  { before, aim }: ReadOptions,
): Steps<LanguageDocument> {
  // A line may end with a carriage return alone, as on an old Macintosh.
  const text =
    source.includes('\r') && /\r(?!\n)/.test(source) ? source.replaceAll(/\r(?!\n)/g, '\n') : source;
  const memory = memoryOf(before?.pieces ?? []);
  const known = new Map(before?.pieces.map(({ piece }) => [piece.text, piece]));
  const place: Placing = function* (cut, aim) {
    const { start, text, isPatch = false } = cut;
    const same = known.get(text);
    const isSame = same?.isPatch === isPatch && same.aim?.name === aim?.name && !same.aim === !aim;
    const piece = isSame ? same : yield* parsePiece({ text, isPatch, aim }, memory);
    known.set(piece.text, piece);
    return { start, piece };
  };
  const pieces: PlacedPiece[] = [];
  for (const cut of aim === undefined ? piecesOf(text) : documentsOf(text)) {
    const placed = yield* place(cut, aim);
    pieces.push(placed);
    if (aim === undefined) pieces.push(...(yield* patchesIn(placed, place)));
    yield;
  }
  pieces.sort((one, other) => one.start - other.start);
  return { uri, text, pieces };
}

/** Reads a piece, unless it is known, for where it stands. */
type Placing = (cut: Piece, aim: PatchAim | undefined) => Steps<PlacedPiece>;

/** The JSON patches in a piece that are aimed at a FelixConfiguration. */
function* patchesIn({ start, piece: { text, root } }: PlacedPiece, place: Placing): Steps<PlacedPiece[]> {
  const found: PlacedPiece[] = [];
  for (const patch of /\bpatches/.test(text) ? aimedPatchesIn(root) : []) {
    const body = patch.kind === 'inline' ? bodyOf(text, patch.text) : undefined;
    if (body === undefined) continue;
    const cut = { start: start + body.start, text: text.slice(body.start, body.end) };
    const placed = yield* place(cut, { name: patch.name });
    if (placed.piece.targets.some(({ kind }) => kind === 'patch')) found.push(placed);
  }
  return found;
}

function* parsePiece(
  cut: Pick<ParsedPiece, 'text' | 'isPatch' | 'aim'>,
  before: ListMemory,
): Steps<ParsedPiece> {
  const own = { ...cut, text: ownCopy(cut.text) };
  const { root, problems, partial, memory } = yield* composeInSteps(own.text, before);
  return { ...own, root, problems, partial, memory, targets: targetsOf(root, own) };
}

/** What is remembered of all long lists of a document, of which there is seldom more than one. */
function memoryOf(pieces: readonly PlacedPiece[]): ListMemory {
  const [first = nothingRead, ...others] = new Set(
    pieces.flatMap(({ piece: { memory } }) => (memory === nothingRead ? [] : [memory])),
  );
  if (others.length === 0) return first;
  const all = [first, ...others];
  return {
    followers: new Map(all.flatMap(({ followers }) => [...followers])),
    parts: new Map(all.flatMap(({ parts }) => [...parts])),
  };
}

/** The piece that an offset is in; the inner one where one holds another. */
export function pieceAt({ pieces }: LanguageDocument, offset: number): PlacedPiece | undefined {
  let [index, end] = [0, pieces.length];
  while (index < end) {
    const middle = (index + end) >> 1;
    if ((pieces[middle]?.start ?? offset) <= offset) index = middle + 1;
    else end = middle;
  }
  // The last that begins before it, or one that holds that one.
  while (index > 0) {
    const placed = pieces[--index];
    if (placed !== undefined && offset <= placed.start + placed.piece.text.length) return placed;
  }
  return undefined;
}
