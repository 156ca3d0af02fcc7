import * as vscode from 'vscode';
import type { Log } from '../host/log.ts';
import { nameOf, type Element } from '../views/cluster/elements.ts';
import { registerCommand } from './registry.ts';

/** Copies what an element of the tree is called. */
export function registerCopyName({ log }: { readonly log: Log }): vscode.Disposable {
  return registerCommand('calicoBpf.element.copyName', 'Copying the name', log, async (element) => {
    // The tree hands over its own elements.
    if (element !== undefined) await vscode.env.clipboard.writeText(nameOf(element as Element));
  });
}
