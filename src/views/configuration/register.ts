import * as vscode from 'vscode';
import type { Connection } from '../../host/connection.ts';
import { nameCluster } from '../../host/viewTitle.ts';
import { ConfigurationTree } from './provider.ts';

/** The view *Configuration*. */
export function registerConfigurationView({
  connection,
}: {
  readonly connection: Connection;
}): vscode.Disposable {
  const tree = new ConfigurationTree(connection);
  const view = vscode.window.createTreeView('calicoBpf.configuration', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  return vscode.Disposable.from(tree, view, nameCluster(view, connection));
}
