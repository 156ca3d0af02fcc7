import { CodeActionKind } from 'vscode-languageserver';
import type { CodeAction, CodeActionParams, Diagnostic, Range, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnosePiece } from '../diagnose.ts';
import type { DiagnoseContext } from '../diagnose.ts';
import type { Change, Correction } from '../diagnosis.ts';
import type { PlacedPiece } from '../document.ts';
import type { OpenDocument } from '../openDocument.ts';

export const fixAllKind = `${CodeActionKind.SourceFixAll}.calicoBpf`;

interface Placed {
  readonly correction: Correction;
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  readonly placed: PlacedPiece;
}

/** Quick fixes for what is wrong in a range, and one action that corrects the whole file. */
export function codeActionsIn(
  document: OpenDocument,
  params: CodeActionParams,
  context: DiagnoseContext,
): CodeAction[] {
  const wanted = (kind: string) => params.context.only?.some((only) => isWithin(kind, only)) ?? true;
  const all = correctionsOf(document, context);
  const here = all.filter(({ range }) => overlaps(range, params.range));
  const fixes = wanted(CodeActionKind.QuickFix)
    ? here.map((each) => quickFix(document, each, params.context.diagnostics))
    : [];
  return all.length > 0 && wanted(fixAllKind) ? [...fixes, fixAll(document, context)] : fixes;
}

function isWithin(kind: string, only: string): boolean {
  return kind === only || kind.startsWith(`${only}.`);
}

function correctionsOf(document: OpenDocument, context: DiagnoseContext): readonly Placed[] {
  return document.language.pieces.flatMap((placed) =>
    diagnosePiece(placed.piece, context).flatMap(({ correction, code, message, span }) =>
      correction === undefined
        ? []
        : [{ correction, code, message, placed, range: document.rangeOf(span, placed) }],
    ),
  );
}

function quickFix(document: OpenDocument, fix: Placed, shown: readonly Diagnostic[]): CodeAction {
  const { correction, code, message, placed } = fix;
  return {
    title: correction.title,
    kind: CodeActionKind.QuickFix,
    isPreferred: true,
    diagnostics: shown.filter((each) => each.code === code && each.message === message),
    edit: { changes: { [document.positions.uri]: toEdits(document, placed, correction.changes) } },
  };
}

function fixAll(document: OpenDocument, context: DiagnoseContext): CodeAction {
  return {
    title: 'Fix all Calico problems that have one right answer',
    kind: fixAllKind,
    edit: { changes: { [document.positions.uri]: editsForAll(document, context) } },
  };
}

/** A key that is renamed, or a value that is quoted, may then be wrong in another way: a few rounds find that, too. */
const maxRounds = 5;

function editsForAll(document: OpenDocument, context: DiagnoseContext): TextEdit[] {
  const { positions } = document;
  const first = editsOf(document, context);
  let fixed = TextDocument.applyEdits(positions, first);
  for (let round = 1; round < maxRounds; round++) {
    const next = document.withText(fixed);
    const edits = editsOf(next, context);
    if (edits.length === 0) return round === 1 ? first : [changed(positions, fixed)];
    fixed = TextDocument.applyEdits(next.positions, edits);
  }
  return [changed(positions, fixed)];
}

function editsOf(document: OpenDocument, context: DiagnoseContext): TextEdit[] {
  const fixes = correctionsOf(document, context).map(({ correction, placed }) =>
    toEdits(document, placed, correction.changes),
  );
  return withoutOverlaps(document, fixes);
}

/** One edit from the first difference to the last. */
function changed(positions: TextDocument, text: string): TextEdit {
  const before = positions.getText();
  const shorter = Math.min(before.length, text.length);
  let head = 0;
  while (head < shorter && before[head] === text[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === text.at(-1 - tail)) tail++;
  const range = { start: positions.positionAt(head), end: positions.positionAt(before.length - tail) };
  return { range, newText: text.slice(head, text.length - tail) };
}

function toEdits(document: OpenDocument, placed: PlacedPiece, changes: readonly Change[]): TextEdit[] {
  return changes.map(({ span, text }) => ({ range: document.rangeOf(span, placed), newText: text }));
}

/**
 * Two fixes of one place would undo each other: the first wins, the other is offered again afterwards. A fix is done
 * as a whole or not at all.
 */
function withoutOverlaps({ positions }: OpenDocument, fixes: readonly TextEdit[][]): TextEdit[] {
  const sorted = fixes
    .flatMap((fix) => fix.map((edit) => ({ fix, edit, start: positions.offsetAt(edit.range.start) })))
    .toSorted((a, b) => a.start - b.start);
  const late = new Set<TextEdit[]>();
  let end = -1;
  for (const { fix, edit, start } of sorted) {
    if (start <= end) late.add(fix);
    else end = positions.offsetAt(edit.range.end);
  }
  return sorted.filter(({ fix }) => !late.has(fix)).map(({ edit }) => edit);
}

function overlaps(a: Range, b: Range): boolean {
  return isBefore(a.start, b.end) && isBefore(b.start, a.end);
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}
