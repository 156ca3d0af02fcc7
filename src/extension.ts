import * as vscode from 'vscode';
import { registerLanguageClient } from './client/register.ts';
import { registerConfigurationCommands, type ConfigurationServices } from './commands/configuration.ts';
import { registerCopy } from './commands/copy.ts';
import { registerShowInEffect } from './commands/inEffect.ts';
import { registerCopyRole } from './commands/copyRole.ts';
import { registerFilterNodes } from './commands/filterNodes.ts';
import { registerOpenCluster } from './commands/openCluster.ts';
import { registerOpenDump } from './commands/openDump.ts';
import { registerRefresh } from './commands/refresh.ts';
import { TraceCommands } from './commands/trace.ts';
import { registerSelectCluster } from './commands/selectCluster.ts';
import { registerShowLog } from './commands/showLog.ts';
import { MadeTexts } from './documents/madeTexts.ts';
import { registerObjects } from './documents/objects/register.ts';
import { registerTakeSnapshot } from './commands/takeSnapshot.ts';
import { registerDocuments } from './documents/register.ts';
import { readFrom } from './files.ts';
import { Connection, type ClusterSource } from './host/connection.ts';
import { registerKubeconfigWatch } from './host/kubeconfigWatch.ts';
import { LiveUpdates } from './host/liveUpdates.ts';
import { createLog, type Log } from './host/log.ts';
import { openSession } from './host/openSession.ts';
import { RememberedSources } from './host/remembered.ts';
import { registerStatusBar } from './host/statusBar.ts';
import { ClusterTree } from './views/cluster/provider.ts';
import { registerFindings } from './views/findings/register.ts';
import { registerLanguageModelTools } from './commands/languageModelTools.ts';
import { registerConfigurationView } from './views/configuration/register.ts';
import { registerTables } from './views/table/register.ts';
import type { Background } from './session/background.ts';
import { sumInThread } from './worker/send.ts';
import { startServerThread } from './worker/serverThread.ts';
import { startRecorderThread, startTableThread } from './worker/thread.ts';
import { registerClusterView } from './views/cluster/register.ts';

/** What must be done before the window closes. */
let end: (() => Promise<void>) | undefined;

/** VS Code waits for this for some seconds. */
export async function deactivate(): Promise<void> {
  await end?.();
}

export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  const programs = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const samplePath = vscode.Uri.joinPath(context.extensionUri, 'media', 'sample-snapshot').fsPath;
  const remembered = new RememberedSources({
    workspace: context.workspaceState,
    everywhere: context.globalState,
  });
  const { globalStorageUri: storage } = context;
  const { startTable, startRecorder, startServer, background } = threadsIn({ programs, storage, log });
  const open = (source: ClusterSource, signal: AbortSignal) =>
    openSession(source, { samplePath, log, background }, signal);
  const connection = new Connection({ openSession: open, findSource: () => remembered.find() });
  const updates = new LiveUpdates({ connection, log });
  const texts = new MadeTexts();
  const trace = new TraceCommands({ connection, log, storage, openSession: open, startRecorder });
  end = () => trace.end().then(() => connection.close());

  context.subscriptions.push(
    log,
    connection,
    connection.onDidChange(() => {
      if (connection.state.kind === 'open') remembered.remember(connection.state.source);
    }),
    updates,
    registerCluster({ connection, updates, log }),
    registerSelectCluster({ connection, remembered, log }),
    registerOpenCluster({ connection, remembered, log }),
    registerTakeSnapshot({ connection, log }),
    registerOpenDump({ connection, log }),
    registerFindings({ connection, log }),
    registerLanguageModelTools({ connection }),
    texts,
    registerConfiguration({ connection, texts, log }),
    trace,
    registerRefresh({ connection, log }),
    registerCopy({ log }),
    registerShowLog({ log }),
    registerDocuments({ connection, updates }),
    registerTables({
      connection,
      texts,
      openSnapshot: (path, signal) => open({ kind: 'snapshot', path }, signal),
      log,
      memory: context.globalState,
      pages: programs,
      startThread: startTable,
      readFrom,
      growing: trace.growing,
    }),
    registerLanguageClient({ connection, log, startServer }),
  );
  void trace.offerRestoration();
  // Set by `npm start`, which opens an editor to show this view.
  if (process.env['CALICO_EBPF_SHOW'] !== undefined) {
    void vscode.commands.executeCommand('calicoBpf.cluster.focus');
  }
}

interface LiveServices {
  readonly connection: Connection;
  readonly updates: LiveUpdates;
  readonly log: Log;
}

/** The open cluster: its tree, and what keeps it in sight and up to date. */
function registerCluster({ connection, updates, log }: LiveServices): vscode.Disposable {
  const tree = new ClusterTree(connection);
  return vscode.Disposable.from(
    tree,
    registerClusterView({ connection, tree, updates, log }),
    registerStatusBar(connection),
    registerKubeconfigWatch({ connection, log }),
    registerFilterNodes({ tree, log }),
    registerCopyRole({ connection, log }),
  );
}

/** FelixConfigurations: those of the open cluster, and what is done with them between an editor and it. */
function registerConfiguration(services: ConfigurationServices): vscode.Disposable {
  const { connection, log } = services;
  return vscode.Disposable.from(
    registerConfigurationView({ connection }),
    registerConfigurationCommands(services),
    registerShowInEffect({ connection, log }),
    registerObjects({ connection }),
  );
}

interface ThreadServices {
  /** Where the programs of the extension are. */
  readonly programs: vscode.Uri;
  /** Where it may keep what outlives it. */
  readonly storage: vscode.Uri;
  readonly log: Log;
}

/** The threads in which large dumps are read, traces recorded, and files checked. */
function threadsIn({ programs, storage, log }: ThreadServices) {
  const path = vscode.Uri.joinPath(programs, 'worker.cjs').fsPath;
  const startTable = () => startTableThread(path);
  const startRecorder = () => startRecorderThread(path);
  const background: Background = {
    summarize: (request, signal) => sumInThread(startTable, request, signal),
  };
  const startServer = async () => {
    const { startInHost } = await import('./language/start.ts');
    return startInHost(() =>
      startServerThread({
        path: vscode.Uri.joinPath(programs, 'server.cjs').fsPath,
        cachePath: vscode.Uri.joinPath(storage, 'compiled').fsPath,
        onFailure: (error) => log.error('The Calico language server ended:', String(error)),
      }),
    );
  };
  return { startTable, startRecorder, startServer, background };
}
