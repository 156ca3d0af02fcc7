import * as vscode from 'vscode';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { formatAge } from '../../host/age.ts';
import type { Connection } from '../../host/connection.ts';
import { showFailure } from '../../host/failures.ts';
import type { Log } from '../../host/log.ts';
import type { ClusterTree } from './provider.ts';

export interface ClusterViewServices {
  readonly connection: Connection;
  readonly tree: ClusterTree;
  readonly log: Log;
}

/** The view *Cluster*. When it is first shown, it opens what was open before. */
export function registerClusterView({ connection, tree, log }: ClusterViewServices): vscode.Disposable {
  const view = vscode.window.createTreeView('calicoBpf.cluster', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const whenShown = () => {
    if (!view.visible) return;
    connection.restore().catch((error: unknown) => showFailure(error, 'Opening the last cluster', log));
  };
  whenShown();
  return vscode.Disposable.from(
    view,
    view.onDidChangeVisibility(whenShown),
    connection.onDidChange(() => {
      const { state } = connection;
      view.message = state.kind === 'opening' ? 'Opening …' : '';
      view.description = state.kind === 'open' ? describe(state.session.cluster.info) : '';
      tree.refresh();
    }),
  );
}

function describe({ name, takenAt }: ClusterInfo): string {
  return takenAt === undefined ? name : `${name}, ${formatAge(takenAt, new Date())}`;
}
