import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import type { ClusterTree } from '../views/cluster/provider.ts';
import { registerCommand } from './registry.ts';

export interface RefreshServices {
  readonly connection: Connection;
  readonly tree: ClusterTree;
  readonly log: Log;
}

/** Asks again what is shown: everything, or one node. */
export function registerRefresh({ connection, tree, log }: RefreshServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.cluster.refresh', 'Refreshing', log, () => {
      connection.session?.forget();
      tree.refresh();
    }),
    registerCommand('calicoBpf.node.refresh', 'Refreshing the node', log, (element) => {
      connection.session?.forget(element?.node);
      tree.refresh();
    }),
  );
}
