import * as vscode from 'vscode';
import type { ContextChoice } from '../cluster/cluster.ts';
import type { Connection } from './connection.ts';
import { showFailure } from './failures.ts';
import type { Log } from './log.ts';
import { readSetting } from './settings.ts';

/** How long a file rests before it is read: programs write it in several steps. */
const settleMs = 500;

/** What a changed kubeconfig means for the context that is open. */
export type ContextChange =
  | { readonly kind: 'gone' | 'moved'; readonly context: string }
  | { readonly kind: 'switched'; readonly to: string };

/** Only what leads elsewhere counts: tokens are renewed all the time, and read when they are needed. */
export function findChange(
  before: readonly ContextChoice[],
  now: readonly ContextChoice[],
  context: string,
): ContextChange | undefined {
  const [was, is] = [before, now].map((choices) => choices.find(({ name }) => name === context));
  if (is === undefined) return was === undefined ? undefined : { kind: 'gone', context };
  if (was !== undefined && wayOf(was) !== wayOf(is)) return { kind: 'moved', context };
  const [from, to] = [before, now].map((choices) => choices.find(({ isCurrent }) => isCurrent)?.name);
  if (to === undefined || from === to || to === context) return undefined;
  return { kind: 'switched', to };
}

function wayOf({ server, cluster, user }: ContextChoice): string {
  return [server, cluster, user].join(' ');
}

/** While a live cluster is open, notices that the kubeconfig leads elsewhere, and offers to go there. */
export function registerKubeconfigWatch({
  connection,
  log,
}: {
  readonly connection: Connection;
  readonly log: Log;
}): vscode.Disposable {
  let watched: { readonly context: string; readonly stop: vscode.Disposable } | undefined;
  const follow = () => {
    const { state } = connection;
    const context = state.kind === 'open' && state.source.kind === 'live' ? state.source.context : undefined;
    if (context === watched?.context) return;
    watched?.stop.dispose();
    watched = context === undefined ? undefined : { context, stop: watchFiles(context, connection, log) };
  };
  return vscode.Disposable.from(connection.onDidChange(follow), { dispose: () => watched?.stop.dispose() });
}

function watchFiles(context: string, connection: Connection, log: Log): vscode.Disposable {
  let parts: readonly vscode.Disposable[] = [];
  let isDisposed = false;
  let timer: NodeJS.Timeout | undefined;
  const start = async () => {
    const { kubeconfigFiles } = await import('../liveBackend.ts');
    if (isDisposed) return;
    let before = await readContexts(log);
    const check = async () => {
      const now = await readContexts(log);
      const change = before && now && findChange(before, now, context);
      before = now ?? before;
      if (change === undefined || isDisposed) return;
      offer(change, connection).catch((error: unknown) => showFailure(error, 'Opening the cluster', log));
    };
    parts = kubeconfigFiles(kubeconfigPath()).flatMap((file) => {
      const uri = vscode.Uri.file(file);
      const pattern = new vscode.RelativePattern(
        vscode.Uri.joinPath(uri, '..'),
        uri.path.split('/').at(-1) ?? '',
      );
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const soon = () => {
        clearTimeout(timer);
        timer = setTimeout(() => void check(), settleMs);
      };
      return [watcher, watcher.onDidChange(soon), watcher.onDidCreate(soon), watcher.onDidDelete(soon)];
    });
  };
  void start();
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
    for (const part of parts) part.dispose();
  });
}

function kubeconfigPath(): string | undefined {
  const path = readSetting('calicoBpf.kubeconfig');
  return path === '' ? undefined : path;
}

/** `undefined` while the file is being written, or is none. */
async function readContexts(log: Log): Promise<readonly ContextChoice[] | undefined> {
  const { listContexts } = await import('../liveBackend.ts');
  try {
    return listContexts(kubeconfigPath());
  } catch (error) {
    log.info(`The kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function offer(change: ContextChange, connection: Connection): Promise<void> {
  const { signal } = new AbortController();
  switch (change.kind) {
    case 'gone': {
      const message = `The kubeconfig no longer has the context “${change.context}”.`;
      const choice = await vscode.window.showWarningMessage(message, selectCluster);
      if (choice === selectCluster) await vscode.commands.executeCommand('calicoBpf.cluster.select');
      return;
    }
    case 'moved': {
      const reconnect = 'Reconnect';
      const message = `The kubeconfig has changed: “${change.context}” leads elsewhere now.`;
      const choice = await vscode.window.showInformationMessage(message, reconnect);
      if (choice === reconnect) await connection.reopen(signal);
      return;
    }
    case 'switched': {
      const open = `Open “${change.to}”`;
      const message = `The current context of the kubeconfig is now “${change.to}”.`;
      const choice = await vscode.window.showInformationMessage(message, open);
      if (choice === open) await connection.open({ kind: 'live', context: change.to }, signal);
    }
  }
}

const selectCluster = 'Select Cluster…';
