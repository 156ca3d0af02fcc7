import type * as vscode from 'vscode';
import { dumpLanguages, mapKinds, traceNameOf, type DumpLanguage } from '../core/probes.ts';
import { parseDumpUri } from './uri.ts';

/** The language of what a probe prints; `undefined` for what has none of ours. */
export function languageOf(probe: string): DumpLanguage | undefined {
  if (probe.endsWith('.json')) return undefined;
  if (probe.startsWith('policy.dump.')) return 'calico-bpf-policy';
  if (traceNameOf(probe) !== undefined) return 'calico-bpf-trace';
  return mapKinds.find((kind) => probe === kind.probe || probe.startsWith(`${kind.probe}.`))?.language;
}

/** All documents of ours, for language features: those of a cluster, and files that were given our languages. */
export const dumpSelector: vscode.DocumentSelector = dumpLanguages.map((language) => ({ language }));

/** The language of a document, if it is one of ours. */
export function dumpLanguageOf(document: vscode.TextDocument): DumpLanguage | undefined {
  return dumpLanguages.find((language) => language === document.languageId);
}

/** The probe that a document's text comes from: by its address, or by the name of the file. */
export function probeOf({ uri }: vscode.TextDocument): string {
  return parseDumpUri(uri)?.probe ?? (uri.path.split('/').at(-1) ?? '').replace(/\.(?:out|txt|log)$/, '');
}

/** The node that a document's dump was made on; `undefined` for a file of the user's. */
export function nodeOf(document: vscode.TextDocument): string | undefined {
  return parseDumpUri(document.uri)?.node;
}

/** Above this length a dump gets neither outline nor diagnostics, which would hold up the editor. */
export const maxAnalysedLength = 5_000_000;

/** An output channel changes many times a second, and is then read anew each time. */
const maxAnalysedChannel = 300_000;

/** Whether a dump is short enough for what reads all of it. */
export function isAnalysed(document: vscode.TextDocument): boolean {
  const end = document.lineAt(document.lineCount - 1).range.end;
  const most = document.uri.scheme === 'output' ? maxAnalysedChannel : maxAnalysedLength;
  return document.offsetAt(end) <= most;
}
