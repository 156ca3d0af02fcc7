/** A language server that knows nothing: what it takes is what any server of this library takes. */
import { createConnection, ProposedFeatures, TextDocumentSyncKind } from 'vscode-languageserver/node';

const connection = createConnection(ProposedFeatures.all);
connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    hoverProvider: true,
    completionProvider: {},
  },
}));
connection.onDidOpenTextDocument(({ textDocument: { uri, version } }) => sayNothing(uri, version));
connection.onDidChangeTextDocument(({ textDocument: { uri, version } }) => sayNothing(uri, version));
connection.onHover(() => null);
connection.onCompletion(() => null);
connection.listen();

function sayNothing(uri: string, version: number): void {
  void connection.sendDiagnostics({ uri, version, diagnostics: [] });
}
