import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { registerCommand } from './registry.ts';

export interface RefreshServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Asks again what is shown: everything, one node, or what failed. */
export function registerRefresh({ connection, log }: RefreshServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.cluster.refresh', 'Refreshing', log, () => connection.refresh()),
    registerCommand('calicoBpf.node.refresh', 'Refreshing the node', log, (element) =>
      connection.refresh(element?.node),
    ),
    registerCommand('calicoBpf.element.retry', 'Trying again', log, async () => {
      // What failed is not remembered, so it is asked again wherever it is shown.
      if (connection.state.kind === 'failed')
        await withProgress('Opening the cluster', (signal) => connection.reopen(signal));
      else connection.showChanges();
    }),
  );
}
