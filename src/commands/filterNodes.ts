import * as vscode from 'vscode';
import type { Log } from '../host/log.ts';
import { registerCommand } from './registry.ts';

export interface FilterNodesServices {
  readonly tree: { filter: string; stopAsking(): void };
  readonly log: Log;
}

/** Which nodes of a large cluster are shown, and asked. */
export function registerFilterNodes({ tree, log }: FilterNodesServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.nodes.filter', 'Filtering the nodes', log, async () => {
      const words = await vscode.window.showInputBox({
        title: 'Filter Nodes',
        prompt:
          'Words that must stand in a node’s name, zone, pool, version, kernel or address; -word for those that must not.',
        placeHolder: 'gpu -v3.31',
        value: tree.filter,
      });
      if (words !== undefined) tree.filter = words;
    }),
    registerCommand('calicoBpf.nodes.showAll', 'Showing all nodes', log, () => {
      tree.filter = '';
    }),
    registerCommand('calicoBpf.nodes.stopAsking', 'Stopping', log, () => tree.stopAsking()),
  );
}
