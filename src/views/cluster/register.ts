import * as vscode from 'vscode';
import type { Connection } from '../../host/connection.ts';
import { formatAge } from '../../host/age.ts';
import type { ClusterTree } from './provider.ts';

export interface ClusterViewServices {
  readonly connection: Connection;
  readonly tree: ClusterTree;
  /** Called when the view is shown for the first time. */
  readonly onFirstShown: () => void;
}

/** The view *Cluster*. */
export function registerClusterView({
  connection,
  tree,
  onFirstShown,
}: ClusterViewServices): vscode.Disposable {
  const view = vscode.window.createTreeView('calicoBpf.cluster', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const describe = () => {
    const { state } = connection;
    view.message = state.kind === 'opening' ? 'Opening …' : '';
    view.description = state.kind === 'open' ? describeCluster(state.session.cluster.info) : '';
  };
  let isFirst = true;
  const whenShown = () => {
    if (!view.visible || !isFirst) return;
    isFirst = false;
    onFirstShown();
  };
  const changes = connection.onDidChange(() => {
    describe();
    tree.refresh();
  });
  whenShown();
  return vscode.Disposable.from(view, changes, view.onDidChangeVisibility(whenShown));
}

function describeCluster({
  name,
  takenAt,
}: {
  readonly name: string;
  readonly takenAt: Date | undefined;
}): string {
  return takenAt === undefined ? name : `${name}, ${formatAge(takenAt, new Date())}`;
}
