import type { FoldingRange } from 'vscode-languageserver';
import { linesOf } from '../../core/text/lines.ts';
import type { OpenDocument } from '../openDocument.ts';

interface Open {
  readonly line: number;
  readonly indent: number;
}

/** Deeper lines fold under a line further left, and each document of a file under its marker. */
export function foldingRangesOf({ positions, language }: OpenDocument): FoldingRange[] | undefined {
  if (language.pieces.length === 0) return undefined;
  const text = positions.getText();
  const ranges: FoldingRange[] = [];
  const open: Open[] = [];
  let line = 0;
  let lastFilled = 0;
  const close = (indent: number) => {
    for (let top = open.at(-1); top !== undefined && top.indent >= indent; top = open.at(-1)) {
      open.pop();
      if (lastFilled > top.line) ranges.push({ startLine: top.line, endLine: lastFilled });
    }
  };
  for (const { start, end } of linesOf(text)) {
    const indent = indentOf(text, start, end);
    if (indent !== undefined) {
      close(indent);
      open.push({ line, indent });
      lastFilled = line;
    }
    line++;
  }
  close(-1);
  return ranges.toSorted((a, b) => a.startLine - b.startLine);
}

/** Document markers stand left of everything; a list item stands one deeper than the key above it may stand. */
function indentOf(text: string, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && text[at] === ' ') at++;
  if (at === end) return undefined;
  if (text.startsWith('---', start)) return -1;
  return (at - start) * 2 + (text.startsWith('- ', at) ? 1 : 0);
}
