import * as vscode from 'vscode';

/** Files that are only read, and that are found elsewhere than in a list of files: in a tree of ours. */
export abstract class ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly #didChange = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#didChange.event;
  #version = 1;

  /** Grows with every change, so that VS Code sees that files may have changed. */
  protected get version(): number {
    return this.#version;
  }

  protected announceChange(uris: readonly string[]): void {
    this.#version++;
    const type = vscode.FileChangeType.Changed;
    this.#didChange.fire(uris.map((uri) => ({ type, uri: vscode.Uri.parse(uri, true) })));
  }

  dispose(): void {
    this.#didChange.dispose();
  }

  abstract stat(uri: vscode.Uri): vscode.FileStat | Promise<vscode.FileStat>;

  abstract readFile(uri: vscode.Uri): Promise<Uint8Array>;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
