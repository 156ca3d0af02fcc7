import * as vscode from 'vscode';

const scheme = 'calico-bpf-text';

/** Texts that are made for the moment, as read-only documents: what is compared side by side, as it was when that was asked for. */
export class MadeTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #parts: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#parts = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  /** Keeps a text while it is shown, under a name that the editor shows; its ending tells the language. */
  add(name: string, text: string): vscode.Uri {
    const path = `/${name.replaceAll('/', ' ')}`;
    const uri = vscode.Uri.from({ scheme, path, query: String(this.#count++) });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '# This was made in an earlier window: make it anew.\n';
  }

  dispose(): void {
    this.#parts.dispose();
    this.#texts.clear();
  }
}
