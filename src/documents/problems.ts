import * as vscode from 'vscode';
import { readDump } from '../core/dump/readers.ts';
import type { Problem } from '../core/text/problem.ts';
import { languageOf } from './dumpDocument.ts';
import { parseDumpUri, scheme } from './uri.ts';

/** Gives dumps their language, and shows what of them could not be read as diagnostics. */
export function registerProblems(): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('calico-bpf');
  const show = (document: vscode.TextDocument) => {
    if (document.uri.scheme !== scheme) return;
    void setLanguage(document);
    diagnostics.set(
      document.uri,
      problemsOf(document).map((problem) => toDiagnostic(problem, document)),
    );
  };
  for (const document of vscode.workspace.textDocuments) show(document);
  return vscode.Disposable.from(
    diagnostics,
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidChangeTextDocument(({ document }) => show(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => diagnostics.delete(uri)),
  );
}

async function setLanguage(document: vscode.TextDocument): Promise<void> {
  const target = parseDumpUri(document.uri);
  const language = target && languageOf(target.probe);
  if (language !== undefined && language !== document.languageId) {
    await vscode.languages.setTextDocumentLanguage(document, language);
  }
}

function problemsOf(document: vscode.TextDocument): readonly Problem[] {
  const target = parseDumpUri(document.uri);
  return (target && readDump(target.probe, document.getText())?.problems) ?? [];
}

function toDiagnostic({ span, code, message }: Problem, document: vscode.TextDocument): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = 'Calico eBPF';
  diagnostic.code = code;
  return diagnostic;
}
