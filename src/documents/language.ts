import * as vscode from 'vscode';
import { languageOf } from './dumpDocument.ts';
import type { DumpFiles } from './files.ts';
import { parseDumpUri } from './uri.ts';

/** Gives the documents of a cluster their language: that of the dump, or plain text for words that stand in for it. */
export function registerLanguage({ files }: { readonly files: DumpFiles }): vscode.Disposable {
  const assign = (document: vscode.TextDocument) => {
    const target = parseDumpUri(document.uri);
    const content = files.contentOf(document.uri);
    if (target === undefined || content === undefined) return;
    const language = (content.kind === 'dump' && languageOf(target.probe)) || 'plaintext';
    if (language !== document.languageId) void vscode.languages.setTextDocumentLanguage(document, language);
  };
  for (const document of vscode.workspace.textDocuments) assign(document);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(assign),
    vscode.workspace.onDidChangeTextDocument(({ document }) => assign(document)),
  );
}
