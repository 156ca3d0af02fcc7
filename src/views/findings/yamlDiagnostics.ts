import * as vscode from 'vscode';
import { findInYaml } from '../../core/diagnose/inYaml.ts';
import type { Finding, Severity } from '../../core/diagnose/finding.ts';
import type { Findings } from './findings.ts';

const severities: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** Shows a finding in the open YAML file that holds the object that causes it, too. */
export function registerYamlDiagnostics({ findings }: { readonly findings: Findings }): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('calicoBpf.findings');
  const show = (document: vscode.TextDocument): void => {
    if (document.languageId !== 'yaml') return;
    const found = findings.state.kind === 'done' ? findInYaml(document.getText(), findings.findings) : [];
    collection.set(
      document.uri,
      found.map(({ finding, line }) => toDiagnostic(finding, wordsOf(document.lineAt(line)))),
    );
  };
  const showAll = (): void => vscode.workspace.textDocuments.forEach(show);
  return vscode.Disposable.from(
    collection,
    findings.onDidChange(showAll),
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidChangeTextDocument(({ document }) => show(document)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => collection.delete(uri)),
  );
}

/** A line without its indentation. */
function wordsOf({ range, firstNonWhitespaceCharacterIndex }: vscode.TextLine): vscode.Range {
  return new vscode.Range(
    range.start.line,
    firstNonWhitespaceCharacterIndex,
    range.end.line,
    range.end.character,
  );
}

function toDiagnostic({ title, severity, check, fix }: Finding, range: vscode.Range): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, `${title} ${fix.text}`, severities[severity]);
  diagnostic.source = 'Calico eBPF: Diagnose';
  diagnostic.code = check;
  return diagnostic;
}
