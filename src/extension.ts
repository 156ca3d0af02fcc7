import * as vscode from 'vscode';
import { registerCopyName } from './commands/copyName.ts';
import { registerOpenCluster } from './commands/openCluster.ts';
import { registerOpenDump } from './commands/openDump.ts';
import { registerRefresh } from './commands/refresh.ts';
import { registerShowLog } from './commands/showLog.ts';
import { registerDocuments } from './documents/register.ts';
import { isCancellation } from './host/cancellation.ts';
import { Connection, type OpenSession } from './host/connection.ts';
import { createLog } from './host/log.ts';
import { findSource, rememberSource } from './host/remembered.ts';
import { ClusterTree } from './views/cluster/provider.ts';
import { registerClusterView } from './views/cluster/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const samplePath = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample-snapshot').fsPath;
  // The backends are a bundle of their own, loaded when the first cluster is opened.
  const openSession: OpenSession = async (source, signal) => {
    const { openSnapshotSession } = await import('./backend.ts');
    return openSnapshotSession(
      source.kind === 'sample' ? samplePath : source.path,
      { kind: source.kind, log },
      signal,
    );
  };
  const connection = new Connection(openSession);
  const tree = new ClusterTree(connection);

  const restore = async (): Promise<void> => {
    const source = await findSource(context.workspaceState);
    if (source === undefined || connection.state.kind !== 'none') return;
    await connection.open(source, new AbortController().signal);
  };
  const onFirstShown = () =>
    void restore().catch((error: unknown) => {
      // The view shows why; the log keeps it.
      if (!isCancellation(error)) log.warn(String(error));
    });

  context.subscriptions.push(
    log,
    connection,
    tree,
    connection.onDidChange(() => {
      const { state } = connection;
      if (state.kind === 'open') rememberSource(context.workspaceState, state.source);
    }),
    registerClusterView({ connection, tree, onFirstShown }),
    registerOpenCluster({ connection, log, forget: () => rememberSource(context.workspaceState, undefined) }),
    registerOpenDump({ connection, log }),
    registerRefresh({ connection, tree, log }),
    registerCopyName({ log }),
    registerShowLog({ log }),
    registerDocuments({ connection }),
  );
  if (process.env['CALICO_EBPF_SHOW'] !== undefined)
    void vscode.commands.executeCommand('calicoBpf.cluster.focus');
}
