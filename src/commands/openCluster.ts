import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { registerCommand } from './registry.ts';

export interface OpenClusterServices {
  readonly connection: Connection;
  readonly log: Log;
  /** Forgets which cluster was open, so that the next window opens none. */
  readonly forget: () => void;
}

/** The commands that choose which cluster the views show. */
export function registerOpenCluster({ connection, log, forget }: OpenClusterServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.cluster.openSample', 'Opening the sample cluster', log, async () => {
      await withProgress('Opening the sample cluster', (signal) =>
        connection.open({ kind: 'sample' }, signal),
      );
      await showClusterView();
    }),
    registerCommand('calicoBpf.cluster.openSnapshot', 'Opening the snapshot', log, async (given) => {
      const path = given ?? (await pickSnapshot());
      if (path === undefined) return; // The user dismissed the dialog.
      await withProgress(`Opening ${path}`, (signal) => connection.open({ kind: 'snapshot', path }, signal));
      await showClusterView();
    }),
    registerCommand('calicoBpf.cluster.close', 'Closing the cluster', log, async () => {
      forget();
      await connection.close();
    }),
  );
}

function showClusterView(): Thenable<unknown> {
  return vscode.commands.executeCommand('calicoBpf.cluster.focus');
}

/** Asks for a folder or an archive. One dialog cannot offer both on every system, so that is asked first. */
async function pickSnapshot(): Promise<string | undefined> {
  const folder = { label: '$(folder) Folder…', detail: 'A folder that holds snapshot.json' };
  const archive = { label: '$(file-zip) Archive…', detail: 'The same folder packed as .tar.gz' };
  const kind = await vscode.window.showQuickPick([folder, archive], { title: 'Open Snapshot' });
  if (kind === undefined) return undefined;
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: 'Open Snapshot',
      openLabel: 'Open Snapshot',
      canSelectFiles: kind === archive,
      canSelectFolders: kind === folder,
      ...(kind === archive ? { filters: { 'Snapshot archive': ['tar.gz', 'tgz', 'gz'] } } : {}),
    })) ?? [];
  return uri?.fsPath;
}
