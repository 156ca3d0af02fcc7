import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import { readContent, type Content } from './content.ts';
import { parseDumpUri } from './uri.ts';

interface Loaded {
  readonly content: Content;
  readonly bytes: Uint8Array;
}

/**
 * Dumps as read-only files of the scheme `calico-bpf`. They are files, not the content of a
 * `TextDocumentContentProvider`, because VS Code brings only files back when a window is opened again.
 */
export class DumpFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #contents = new Map<string, Content>();
  readonly #disposal = new AbortController();
  readonly onDidChangeFile = this.#didChange.event;
  /** Grows with every refresh, so that VS Code sees that files may have changed. */
  #version = 1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What a document shows, once it was read. */
  contentOf(uri: vscode.Uri): Content | undefined {
    return this.#contents.get(uri.toString());
  }

  /** Reads the open documents again: another cluster is open, or is asked anew. */
  refresh(): void {
    this.#version++;
    const changed = [...this.#loaded.keys()].map((uri) => vscode.Uri.parse(uri, true));
    this.#loaded.clear();
    this.#didChange.fire(changed.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  forget(uri: vscode.Uri): void {
    this.#loaded.delete(uri.toString());
    this.#contents.delete(uri.toString());
  }

  dispose(): void {
    this.#disposal.abort();
    this.#didChange.dispose();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (parseDumpUri(uri) === undefined)
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const { bytes } = await this.#load(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#version, size: bytes.length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { bytes } = await this.#load(uri);
    return bytes;
  }

  readDirectory(): [string, vscode.FileType][] {
    return []; // The Cluster view lists what there is.
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
