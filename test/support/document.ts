import type * as vscode from 'vscode';
import { LineIndex } from '../../src/core/text/lineIndex.ts';
import { Position, Range, type Uri } from './vscodeValues.ts';

/** A text document as far as the language features of dumps read one. */
export function fakeDocument(uri: Uri, text: string, languageId = 'plaintext'): vscode.TextDocument {
  const lines = text.split('\n');
  const index = new LineIndex(text);
  const startOf = (line: number) => lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
  const document = {
    uri,
    languageId,
    isClosed: false,
    lineCount: lines.length,
    getText: () => text,
    lineAt: (line: number) => ({
      text: lines[line] ?? '',
      range: new Range(line, 0, line, lines[line]?.length ?? 0),
      firstNonWhitespaceCharacterIndex: (lines[line] ?? '').search(/\S|$/),
    }),
    offsetAt: ({ line, character }: Position) => startOf(line) + character,
    positionAt(offset: number) {
      const { line, column } = index.positionAt(offset);
      return new Position(line, column);
    },
  };
  // Only what the features read is there.
  return document as unknown as vscode.TextDocument;
}
