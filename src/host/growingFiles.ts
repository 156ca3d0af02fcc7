import * as vscode from 'vscode';

/** A file that is being written has more now, or all that it will have. */
export interface Growth {
  readonly path: string;
  readonly isOver: boolean;
}

/** The files that traces of this window are writing. */
export class GrowingFiles implements vscode.Disposable {
  readonly #paths = new Set<string>();
  readonly #grown = new vscode.EventEmitter<Growth>();
  readonly onDidGrow = this.#grown.event;

  /** The one that was begun last. */
  get latest(): string | undefined {
    return [...this.#paths].at(-1);
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  begin(path: string): void {
    this.#paths.add(path);
  }

  grow(path: string): void {
    this.#grown.fire({ path, isOver: false });
  }

  end(path: string): void {
    this.#paths.delete(path);
    this.#grown.fire({ path, isOver: true });
  }

  dispose(): void {
    this.#grown.dispose();
  }
}
