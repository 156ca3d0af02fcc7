import type { Connection, InitializeParams, InitializeResult } from 'vscode-languageserver';
import { TextDocumentSyncKind } from 'vscode-languageserver';
import { clusterChanged } from './protocol.ts';
import type { InitializationOptions } from './protocol.ts';
import { Workspace } from './workspace.ts';

/** Binds the requests of LSP to the features, over any connection. */
export function serve(connection: Connection): void {
  const workspace = new Workspace(connection);
  const refresh = () => {
    workspace.refresh().catch((error: unknown) => workspace.log('Refresh', error));
  };
  connection.onInitialize((params) => initialize(workspace, params));
  connection.onInitialized(refresh);
  connection.onDidChangeConfiguration(refresh);
  connection.onNotification(clusterChanged, refresh);
  connection.listen();
}

function initialize(workspace: Workspace, params: InitializeParams): InitializeResult {
  // Sent by our own client; another one sends nothing, or what does no harm.
  workspace.options = (params.initializationOptions ?? {}) as InitializationOptions;
  workspace.canConfigure = params.capabilities.workspace?.configuration ?? false;
  return {
    serverInfo: { name: 'Calico eBPF' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    },
  };
}
