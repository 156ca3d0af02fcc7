import type * as vscode from 'vscode';
import type { Log } from '../host/log.ts';
import { registerCommand } from './registry.ts';

export function registerShowLog({ log }: { readonly log: Log }): vscode.Disposable {
  return registerCommand('calicoBpf.log.show', 'Showing the log', log, () => log.show());
}
