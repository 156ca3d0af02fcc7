import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import { nameSelections, type LiveUpdates } from '../host/liveUpdates.ts';
import { DumpFiles } from './files.ts';
import { registerDumpHover } from './hover.ts';
import { registerLanguage } from './language.ts';
import { registerOutline } from './outline.ts';
import { registerProblems } from './problems.ts';
import { registerStatus } from './status.ts';
import { registerTraceLenses } from './traceLenses.ts';
import { scheme } from './uri.ts';

export interface DocumentServices {
  readonly connection: Connection;
  readonly updates: LiveUpdates;
}

/** The read-only documents that show dumps, with their language features. */
export function registerDocuments({ connection, updates }: DocumentServices): vscode.Disposable {
  const files = new DumpFiles(connection);
  const names = updates.needWhile(nameSelections);
  const follow = () => names.set(isDumpInSight());
  const refresh = refreshOnly(connection, files);
  follow();
  return vscode.Disposable.from(
    files,
    vscode.workspace.registerFileSystemProvider(scheme, files, { isReadonly: true, isCaseSensitive: true }),
    names,
    vscode.window.tabGroups.onDidChangeTabs(follow),
    vscode.window.tabGroups.onDidChangeTabGroups(follow),
    connection.onDidChange(refresh),
    vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
      // A document that changes its language is reported as closed, and is not.
      if (isClosed) files.forget(uri);
    }),
    registerLanguage({ files }),
    registerProblems({ files }),
    registerStatus({ files }),
    registerOutline(),
    registerTraceLenses(),
    registerDumpHover({ connection }),
  );
}

/** Whether a dump is in front in any group of editors, as text or as a table. */
function isDumpInSight(): boolean {
  return vscode.window.tabGroups.all.some(({ activeTab }) => {
    const input = activeTab?.input;
    const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
    return isFile && input.uri.scheme === scheme;
  });
}

/** A dump is of the time at which it was asked for: that the cluster changed is no reason to read it again. */
function refreshOnly(connection: Connection, files: DumpFiles): () => void {
  let seen = { session: connection.session, refreshes: connection.refreshes };
  return () => {
    const { session, refreshes } = connection;
    if (session === seen.session && refreshes === seen.refreshes) return;
    seen = { session, refreshes };
    files.refresh();
  };
}
