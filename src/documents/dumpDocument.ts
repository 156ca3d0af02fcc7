import type * as vscode from 'vscode';
import { dumpLanguages, mapKinds, type DumpLanguage } from '../core/probes.ts';
import { parseDumpUri } from './uri.ts';

/** The language of what a probe prints; `undefined` for what has none of ours. */
export function languageOf(probe: string): DumpLanguage | undefined {
  if (probe.startsWith('policy.dump.')) return 'calico-bpf-policy';
  return mapKinds.find((kind) => probe === kind.probe || probe.startsWith(`${kind.probe}.`))?.language;
}

/** All documents of ours, for language features. */
export const dumpSelector: vscode.DocumentSelector = dumpLanguages.map((language) => ({ language }));

/** The language of a document, if it is one of ours. */
export function dumpLanguageOf(document: vscode.TextDocument): DumpLanguage | undefined {
  return dumpLanguages.find((language) => language === document.languageId);
}

/** The node that a document's dump was made on; `undefined` for a file of the user's. */
export function nodeOf(document: vscode.TextDocument): string | undefined {
  return parseDumpUri(document.uri)?.node;
}
