import * as vscode from 'vscode';

const scheme = 'calico-bpf-compared';

/** The texts that are compared side by side: what they were when the comparison was asked for. */
export class ComparedTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #parts: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#parts = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  /** Keeps a text of YAML while it is shown, under a name that the editor shows. */
  add(name: string, text: string): vscode.Uri {
    this.#count += 1;
    const file = `${name.replaceAll('/', ' ')}.yaml`;
    const uri = vscode.Uri.from({ scheme, path: `/${file}`, query: String(this.#count) });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.#texts.get(uri.toString()) ?? '# This comparison was made in an earlier window: make it anew.\n'
    );
  }

  dispose(): void {
    this.#parts.dispose();
    this.#texts.clear();
  }
}
