/** A language server that knows nothing: what it takes is what any server of this library takes. */
import { MessagePort, workerData } from 'node:worker_threads';
import {
  createConnection,
  PortMessageReader,
  PortMessageWriter,
  ProposedFeatures,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';

const port: unknown = workerData;
const connection =
  port instanceof MessagePort
    ? createConnection(ProposedFeatures.all, new PortMessageReader(port), new PortMessageWriter(port))
    : createConnection(ProposedFeatures.all);
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
