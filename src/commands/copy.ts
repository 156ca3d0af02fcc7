import * as vscode from 'vscode';
import type { Log } from '../host/log.ts';
import { nameOf, valueOf, type Element } from '../views/cluster/elements.ts';
import { registerCommand } from './registry.ts';

/** Copies what an element of the tree is called, or the raw value that stands beside its name. */
export function registerCopy({ log }: { readonly log: Log }): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.element.copyName', 'Copying the name', log, (element) =>
      copy(element, nameOf),
    ),
    registerCommand('calicoBpf.element.copyValue', 'Copying the value', log, (element) =>
      copy(element, valueOf),
    ),
  );
}

async function copy(element: { readonly kind: string } | undefined, what: (element: Element) => string) {
  // The tree hands over its own elements.
  if (element !== undefined) await vscode.env.clipboard.writeText(what(element as Element));
}
