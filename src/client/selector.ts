import type * as vscode from 'vscode';
import { isInteresting, isPatchLike } from '../language/protocol.ts';

/** YAML by the names that extensions give it, and JSON. Compose files are YAML too, and never Calico's. */
const languages = ['yaml', 'helm', 'kubernetes', 'json', 'jsonc'];

/** Where texts are that one edits, and objects of a cluster. Not the old side of a comparison. */
const schemes = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'calico-bpf', 'calico-bpf-object'];

export const documentSelector = languages.flatMap((language) =>
  schemes.map((scheme) => ({ language, scheme })),
);

export function isYamlLike({ languageId, uri }: vscode.TextDocument): boolean {
  return languages.includes(languageId) && schemes.includes(uri.scheme);
}

function mayConcern(text: string): boolean {
  return isInteresting(text) || isPatchLike(text);
}

/** Whether a change writes something that concerns us; looks at the changed lines alone. */
export function writesInteresting({ document, contentChanges }: vscode.TextDocumentChangeEvent): boolean {
  if (!isYamlLike(document)) return false;
  const lineNear = (line: number) => document.lineAt(Math.min(line, document.lineCount - 1)).text;
  return contentChanges.some(({ range, text }) => mayConcern(text) || mayConcern(lineNear(range.start.line)));
}
