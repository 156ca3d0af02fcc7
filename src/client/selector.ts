import type * as vscode from 'vscode';

/** YAML by the names that extensions give it, and JSON. Compose files are YAML too, and never Calico's. */
const languages = ['yaml', 'helm', 'kubernetes', 'json', 'jsonc'];

/** Where texts are that one edits, and objects of a cluster. Not the old side of a comparison. */
const schemes = ['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'calico-bpf'];

export const documentSelector = languages.flatMap((language) =>
  schemes.map((scheme) => ({ language, scheme })),
);

export function isYamlLike({ languageId, uri }: vscode.TextDocument): boolean {
  return languages.includes(languageId) && schemes.includes(uri.scheme);
}
