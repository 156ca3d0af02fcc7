import { isInteresting } from '../protocol.ts';

/**
 * A part of a text that is parsed by itself: a YAML document, or one item of a `kind: List`. An edit then costs
 * the parsing of one piece, however long the text is.
 */
export interface Piece {
  /** Where it begins in the whole text. */
  readonly start: number;
  /** Of the same length as in the whole text; the dash of a list item is blanked. */
  readonly text: string;
  /** Whether it is the text of a patch inside another document, which names only what it changes. */
  readonly isPatch?: boolean;
}

/** The pieces of a text that can concern us, in order. */
export function piecesOf(text: string): readonly Piece[] {
  if (!isInteresting(text)) return [];
  return documentsOf(text)
    .filter(({ text }) => isInteresting(text))
    .flatMap((document) => [...itemsOf(document), ...embeddedIn(document)]);
}

/** Cuts at document markers, which YAML knows by their place at the start of a line alone. */
export function documentsOf(text: string, markers = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (const marker of text.matchAll(markers)) {
    pieces.push({ start, text: text.slice(start, marker.index) });
    start = marker.index + marker[0].length;
  }
  pieces.push({ start, text: text.slice(start) });
  return pieces.map(withoutDirectives);
}

/** Blanks `%YAML` and `%TAG` lines: kubectl reads YAML 1.1 whatever they say. */
function withoutDirectives({ start, text }: Piece): Piece {
  return text.includes('%')
    ? { start, text: text.replaceAll(/^%(YAML|TAG)\b.*$/gm, (line) => ' '.repeat(line.length)) }
    : { start, text };
}

/**
 * The items of a `kind: List` in block style, each as a document of its own; else the document as it is. An
 * anchor may be used in another item, and a template may span items: then the list stays whole.
 */
function itemsOf(document: Piece): readonly Piece[] {
  const { start, text } = document;
  const header = /^items:[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)- /m.exec(text);
  if (header === null || !/^kind:[ \t]*["']?\w*List\b/m.test(text) || /[&*]\w|\{\{/.test(text))
    return [document];
  const indent = header[1] ?? '';
  const from = header.index + header[0].length - indent.length - 2;
  const end = endOfList(text, from, indent);
  const starts = [...text.slice(from, end).matchAll(new RegExp(`^${indent}- `, 'gm'))].map(
    ({ index }) => from + index,
  );
  return starts
    .map((at, index) => {
      const item = text.slice(at, starts[index + 1] ?? end);
      return { start: start + at, text: `${indent}  ${item.slice(indent.length + 2)}` };
    })
    .filter(({ text }) => isInteresting(text));
}

/** Where the list stops: at the first line that stands further left or, at the same place, is no item. */
function endOfList(text: string, from: number, indent: string): number {
  const outside = new RegExp(`^(?! *(?:#|\\r?$))(?!${indent}(?:- | |-$))`, 'gm');
  outside.lastIndex = from;
  return outside.exec(text)?.index ?? text.length;
}

/**
 * Documents in block scalars: patches in a kustomization, manifests in a ConfigMap. Their lines all stand further
 * right by the same indentation, so they can be read where they are.
 */
function embeddedIn({ start, text }: Piece): readonly Piece[] {
  if (!/[|>]/.test(text) || !/(?::|^[ -]*-) *[|>]/m.test(text)) return [];
  return [...text.matchAll(/^((?: |- )*)(?:([\w.-]+):[ \t]*|(?<=- ))[|>][-+\d]*[ \t]*\r?\n/gm)].flatMap(
    ([header, lead = '', key], index, all) => {
      const from = (all[index]?.index ?? 0) + header.length;
      // The text of a list item stands right of its dash, that of a key right of the key.
      const column = key === undefined ? lead.lastIndexOf('-') : lead.length;
      const outside = new RegExp(`^(?! *\\r?$| {${column + 1}})`, 'gm');
      outside.lastIndex = from;
      const body = text.slice(from, outside.exec(text)?.index ?? text.length);
      const isPatch = key === 'patch' || (key === undefined && /^ *patchesStrategicMerge:/m.test(text));
      return manifestsIn(body).map((piece) => ({ ...piece, start: start + from + piece.start, isPatch }));
    },
  );
}

/** The documents of a block scalar: those that its shell commands hold as here-documents, else all of it. */
function manifestsIn(body: string): readonly Piece[] {
  if (!isInteresting(body)) return [];
  const here = [...body.matchAll(/<<-?[ \t]*(["']?)(\w+)\1[^\n]*\n([^]*?)^[ \t]*\2[ \t]*\r?$/gm)].map(
    (match) => ({
      start: match.index + match[0].indexOf('\n') + 1,
      text: match[3] ?? '',
    }),
  );
  const whole = here.length === 0 ? [{ start: 0, text: body }] : here;
  return whole
    .flatMap(({ start, text }) => documentsOf(text, /^ *---(?=\s|$)/gm).map((each) => moved(each, start)))
    .filter(({ text }) => isInteresting(text) && /^ *["']?kind["']?:/m.test(text));
}

function moved(piece: Piece, by: number): Piece {
  return { ...piece, start: piece.start + by };
}
