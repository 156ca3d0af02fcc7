import * as vscode from 'vscode';
import { judgeBlank } from '../core/dump/blank.ts';
import { readDump } from '../core/dump/readers.ts';
import type { Problem } from '../core/text/problem.ts';
import { dumpLanguageOf, isAnalysed, probeOf } from './dumpDocument.ts';
import type { DumpFiles } from './files.ts';
import { scheme } from './uri.ts';

/** Shows what of a dump could not be read, and that it is cut off, as diagnostics. */
export function registerProblems({ files }: { readonly files: DumpFiles }): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('calico-bpf');
  const show = (document: vscode.TextDocument) => {
    if (dumpLanguageOf(document) === undefined) diagnostics.delete(document.uri);
    else diagnostics.set(document.uri, diagnosticsOf(document, files));
  };
  for (const document of vscode.workspace.textDocuments) show(document);
  return vscode.Disposable.from(
    diagnostics,
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidChangeTextDocument(({ document }) => show(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => diagnostics.delete(uri)),
  );
}

function diagnosticsOf(document: vscode.TextDocument, files: DumpFiles): readonly vscode.Diagnostic[] {
  const content = files.contentOf(document.uri);
  // The words that stand in for a dump are no dump.
  if (document.uri.scheme === scheme && content?.kind !== 'dump') return [];
  const problems = isAnalysed(document) ? problemsOf(probeOf(document), document.getText()) : [];
  const isCut = content?.kind === 'dump' && content.answer.truncated;
  return [
    ...problems.map((problem) => toDiagnostic(problem, document)),
    ...(isCut ? [toDiagnostic(cutOff(document), document)] : []),
  ];
}

function problemsOf(probe: string, text: string): readonly Problem[] {
  const blank = judgeBlank(probe, text);
  return blank === undefined ? (readDump(probe, text)?.problems ?? []) : [blank];
}

function cutOff(document: vscode.TextDocument): Problem {
  const end = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
  const message = 'The output was cut off here, by a limit or a lost connection: there was more.';
  return { code: 'truncated', span: { start: end, end }, message };
}

function toDiagnostic({ span, code, message }: Problem, document: vscode.TextDocument): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
  const { Information, Warning } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(range, message, code === 'empty' ? Information : Warning);
  diagnostic.source = 'Calico eBPF';
  diagnostic.code = code;
  return diagnostic;
}
