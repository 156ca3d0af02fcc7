import * as vscode from 'vscode';
import { isInteresting } from '../language/protocol.ts';
import type { PatchAimed, VersionInUse, VersionOrigin } from '../language/protocol.ts';
import { isYamlLike, writesInteresting } from './selector.ts';

const origins: Readonly<Record<VersionOrigin, string>> = {
  setting: 'from the setting calicoBpf.calicoVersion',
  cluster: 'that of the open cluster',
  newest: 'the newest one known; no cluster is open and the setting names none',
};

/** The Calico version that the file in front is judged by, in the status bar. */
export class VersionItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('calicoBpf.version', vscode.StatusBarAlignment.Right);
  readonly #listener = vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
    vscode.workspace.onDidChangeTextDocument((change) => {
      if (writesInteresting(change)) this.#update();
    }),
  );
  /** The JSON patches that concern us though their text does not say so. */
  readonly #patches = new Set<string>();
  #used: VersionInUse | undefined;

  constructor() {
    this.#item.name = 'Calico Version';
    this.#item.command = {
      title: 'Choose the Calico version',
      command: 'workbench.action.openSettings',
      arguments: ['calicoBpf.calicoVersion'],
    };
  }

  show(used: VersionInUse): void {
    this.#used = used;
    this.#item.text = `Calico ${used.version}`;
    this.#item.tooltip = `Files are checked for Calico ${used.version}: ${origins[used.origin]}.`;
    this.#update();
  }

  note({ uri, isOurs }: PatchAimed): void {
    const key = vscode.Uri.parse(uri).toString();
    if (isOurs) this.#patches.add(key);
    else this.#patches.delete(key);
    this.#update();
  }

  dispose(): void {
    this.#listener.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const isOurs =
      document !== undefined &&
      isYamlLike(document) &&
      (isInteresting(document.getText()) || this.#patches.has(document.uri.toString()));
    if (isOurs && this.#used !== undefined) this.#item.show();
    else this.#item.hide();
  }
}
