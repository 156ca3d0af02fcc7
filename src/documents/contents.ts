import * as vscode from 'vscode';
import { isClusterError } from '../cluster/cluster.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { Connection } from '../host/connection.ts';
import type { Session } from '../session/session.ts';
import { parseDumpUri } from './uri.ts';

/** VS Code gives no document above 50 MB to extensions. */
const maxDocumentLength = 50_000_000;

/** What a dump's document shows: what the tool printed, verbatim, or why there is nothing to show. */
export class DumpContents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<vscode.Uri>();
  readonly #shown = new Set<string>();
  readonly onDidChange = this.#didChange.event;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    this.#shown.add(uri.toString());
    const target = parseDumpUri(uri);
    if (target === undefined) return `${uri.toString()} is not the address of a dump.\n`;
    const { session } = this.#connection;
    if (session?.cluster.info.name !== target.cluster) {
      return `This dump of ${target.node} belongs to the cluster ${target.cluster}, which is not open.\nOpen it in the Cluster view; the dump then appears here.\n`;
    }
    try {
      return shown(await session.text(target, toAbortSignal(token)));
    } catch (error) {
      if (!isClusterError(error)) throw error;
      return `${error.message}\n`;
    }
  }

  /** Reads the open documents again: another cluster is open, or it was asked for. */
  refresh(): void {
    for (const uri of this.#shown) this.#didChange.fire(vscode.Uri.parse(uri, true));
  }

  forget(uri: vscode.Uri): void {
    this.#shown.delete(uri.toString());
  }

  dispose(): void {
    this.#didChange.dispose();
  }
}

function shown({ text }: Awaited<ReturnType<Session['text']>>): string {
  if (text.length > maxDocumentLength) {
    const size = Math.round(text.length / 1e6);
    return `This dump has ${size} MB, more than VS Code opens as a document (50 MB).\nRead it with: calico-ebpf parse\n`;
  }
  return text;
}
