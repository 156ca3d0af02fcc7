import * as vscode from 'vscode';
import { registerLanguageClient } from './client/register.ts';
import { registerConfigurationCommands } from './commands/configuration.ts';
import { registerCopy } from './commands/copy.ts';
import { registerShowInEffect } from './commands/inEffect.ts';
import { registerOpenCluster } from './commands/openCluster.ts';
import { registerOpenDump } from './commands/openDump.ts';
import { registerRefresh } from './commands/refresh.ts';
import { registerSelectCluster } from './commands/selectCluster.ts';
import { registerShowLog } from './commands/showLog.ts';
import { ComparedTexts } from './documents/objects/compared.ts';
import { registerObjects } from './documents/objects/register.ts';
import { registerTakeSnapshot } from './commands/takeSnapshot.ts';
import { registerDocuments } from './documents/register.ts';
import { Connection } from './host/connection.ts';
import { createLog } from './host/log.ts';
import { openSession } from './host/openSession.ts';
import { RememberedSources } from './host/remembered.ts';
import { ClusterTree } from './views/cluster/provider.ts';
import { registerConfigurationView } from './views/configuration/register.ts';
import { registerClusterView } from './views/cluster/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const samplePath = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample-snapshot').fsPath;
  const remembered = new RememberedSources({
    workspace: context.workspaceState,
    everywhere: context.globalState,
  });
  const connection = new Connection({
    openSession: (source, signal) => openSession(source, { samplePath, log }, signal),
    findSource: () => remembered.find(),
  });
  const tree = new ClusterTree(connection);
  const compared = new ComparedTexts();

  context.subscriptions.push(
    log,
    connection,
    tree,
    connection.onDidChange(() => {
      if (connection.state.kind === 'open') remembered.remember(connection.state.source);
    }),
    registerClusterView({ connection, tree, log }),
    registerSelectCluster({ connection, remembered, log }),
    registerOpenCluster({ connection, remembered, log }),
    registerTakeSnapshot({ connection, log }),
    registerOpenDump({ connection, log }),
    compared,
    registerConfigurationView({ connection }),
    registerConfigurationCommands({ connection, compared, log }),
    registerShowInEffect({ connection, log }),
    registerObjects({ connection }),
    registerRefresh({ connection, log }),
    registerCopy({ log }),
    registerShowLog({ log }),
    registerDocuments({ connection }),
    registerLanguageClient({
      connection,
      log,
      serverPath: vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath,
    }),
  );
  // Set by `npm start`, which opens an editor to show this view.
  if (process.env['CALICO_EBPF_SHOW'] !== undefined) {
    void vscode.commands.executeCommand('calicoBpf.cluster.focus');
  }
}
