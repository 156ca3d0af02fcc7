import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import { readContent, type Content } from './content.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';
import { parseDumpUri } from './uri.ts';

interface Loaded {
  readonly content: Content;
  readonly bytes: Uint8Array;
}

/**
 * Dumps as read-only files of the scheme `calico-bpf`. They are files, not the content of a
 * `TextDocumentContentProvider`, because VS Code brings only files back when a window is opened again.
 */
export class DumpFiles extends ReadOnlyFiles {
  readonly #connection: Connection;
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #contents = new Map<string, Content>();
  readonly #disposal = new AbortController();

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  /** What a document shows, once it was read. */
  contentOf(uri: vscode.Uri): Content | undefined {
    return this.#contents.get(uri.toString());
  }

  /** Reads the open documents again: another cluster is open, or is asked anew. */
  refresh(): void {
    const changed = [...this.#loaded.keys()];
    this.#loaded.clear();
    this.announceChange(changed);
  }

  forget(uri: vscode.Uri): void {
    this.#loaded.delete(uri.toString());
    this.#contents.delete(uri.toString());
  }

  override dispose(): void {
    this.#disposal.abort();
    super.dispose();
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (parseDumpUri(uri) === undefined)
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const { bytes } = await this.#load(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: this.version, size: bytes.length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { bytes } = await this.#load(uri);
    return bytes;
  }

  #load(uri: vscode.Uri): Promise<Loaded> {
    const key = uri.toString();
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const loading = this.#read(uri);
    this.#loaded.set(key, loading);
    // What failed is read again next time.
    loading.catch(() => this.#loaded.get(key) === loading && this.#loaded.delete(key));
    return loading;
  }

  async #read(uri: vscode.Uri): Promise<Loaded> {
    const target = parseDumpUri(uri);
    if (target === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const content = await readContent(target, this.#connection, this.#disposal.signal);
    this.#contents.set(uri.toString(), content);
    return { content, bytes: new TextEncoder().encode(content.text) };
  }
}
