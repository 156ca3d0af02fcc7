import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { registerCommand } from './registry.ts';

export interface RefreshServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Asks again what is shown: everything, or one node. */
export function registerRefresh({ connection, log }: RefreshServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.cluster.refresh', 'Refreshing', log, () => connection.refresh()),
    registerCommand('calicoBpf.node.refresh', 'Refreshing the node', log, (element) =>
      connection.refresh(element?.node),
    ),
  );
}
