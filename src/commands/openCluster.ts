import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import type { RememberedSources } from '../host/remembered.ts';
import { pick } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface OpenClusterServices {
  readonly connection: Connection;
  readonly remembered: RememberedSources;
  readonly log: Log;
}

/** The commands that choose which cluster the views show. */
export function registerOpenCluster({ connection, remembered, log }: OpenClusterServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.cluster.openSample', 'Opening the sample cluster', log, async () => {
      await showClusterView();
      await withProgress('Opening the sample cluster', (signal) =>
        connection.open({ kind: 'sample' }, signal),
      );
    }),
    registerCommand('calicoBpf.cluster.openSnapshot', 'Opening the snapshot', log, async (given) => {
      const path = given ?? (await pickSnapshot(remembered.recent));
      if (path === undefined) return; // The user dismissed a question.
      await showClusterView();
      await withProgress(`Opening ${path}`, (signal) => connection.open({ kind: 'snapshot', path }, signal));
    }),
    registerCommand('calicoBpf.cluster.close', 'Closing the cluster', log, async () => {
      remembered.forget();
      await connection.close();
    }),
  );
}

function showClusterView(): Thenable<unknown> {
  return vscode.commands.executeCommand('calicoBpf.cluster.focus');
}

/** Asks for a snapshot, a folder or an archive; `undefined` when the question is dismissed. */
export function pickSnapshotPath(): Promise<string | undefined> {
  return pickSnapshot([]);
}

/** Asks for a folder or an archive: one dialog cannot offer both on every system. */
async function pickSnapshot(recent: readonly string[]): Promise<string | undefined> {
  const chosen = await pick<string>('Open Snapshot', [
    { label: '$(folder) Folder…', description: 'a folder that holds snapshot.json', value: 'folder' },
    { label: '$(file-zip) Archive…', description: 'the same folder packed as .tar.gz', value: 'archive' },
    ...recent.map((path) => ({ label: `$(history) ${baseName(path)}`, description: path, value: path })),
  ]);
  if (chosen !== 'folder' && chosen !== 'archive') return chosen;
  const [uri] = (await vscode.window.showOpenDialog(dialogs[chosen])) ?? [];
  return uri?.fsPath;
}

const dialogs: { readonly [kind in 'folder' | 'archive']: vscode.OpenDialogOptions } = {
  folder: { title: 'Open Snapshot Folder', openLabel: 'Open Snapshot', canSelectFolders: true },
  archive: {
    title: 'Open Snapshot Archive',
    openLabel: 'Open Snapshot',
    filters: { 'Snapshot archive': ['gz', 'tgz'] },
  },
};

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
