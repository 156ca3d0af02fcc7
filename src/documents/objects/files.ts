import * as vscode from 'vscode';
import { isClusterError } from '../../cluster/cluster.ts';
import type { Connection } from '../../host/connection.ts';
import { ReadOnlyFiles } from '../readOnlyFiles.ts';
import { objectScheme, parseObjectUri, type ObjectTarget } from './uri.ts';

/** Objects of the cluster as read-only YAML files of the scheme `calico-bpf-object`. */
export class ObjectFiles extends ReadOnlyFiles {
  readonly #connection: Connection;
  readonly #disposal = new AbortController();
  readonly #parts: vscode.Disposable;
  readonly #shown = new Set<string>();

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
    const isReadonly = new vscode.MarkdownString(
      'This is the object as the cluster has it. [Edit a Copy](command:calicoBpf.configuration.edit)',
    );
    isReadonly.isTrusted = { enabledCommands: ['calicoBpf.configuration.edit'] };
    this.#parts = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(objectScheme, this, { isReadonly, isCaseSensitive: true }),
      vscode.workspace.onDidCloseTextDocument(
        ({ uri, isClosed }) => isClosed && this.#shown.delete(uri.toString()),
      ),
      connection.onDidChange(() => this.refresh()),
    );
  }

  /** Reads the open objects again. */
  refresh(): void {
    this.announceChange([...this.#shown]);
  }

  override dispose(): void {
    this.#disposal.abort();
    this.#parts.dispose();
    super.dispose();
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const type = parseObjectUri(uri) === undefined ? vscode.FileType.Directory : vscode.FileType.File;
    return { type, ctime: 0, mtime: this.version, size: 1 };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const target = parseObjectUri(uri);
    if (target === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    this.#shown.add(uri.toString());
    return new TextEncoder().encode(await this.#textOf(target));
  }

  /** The object as YAML, or as comments why it cannot be shown. */
  async #textOf(target: ObjectTarget): Promise<string> {
    if (this.#connection.session === undefined) await this.#connection.restore();
    const { session } = this.#connection;
    const { name, takenAt } = session?.cluster.info ?? {};
    if (session === undefined || name !== target.cluster || (takenAt?.toISOString() ?? '') !== target.time) {
      return remark(
        `This is ${target.name} of the cluster ${target.cluster}, which is not the one that is open.`,
      );
    }
    try {
      const { readConfiguration, toYaml } = await import('../../configuration/flows.ts');
      const object = await readConfiguration(session.cluster, target, this.#disposal.signal);
      return object === undefined ? remark(`${target.name} is not there (any more).`) : toYaml(object);
    } catch (error) {
      if (!isClusterError(error)) throw error;
      return remark(error.message);
    }
  }
}

function remark(text: string): string {
  return `${text.replaceAll(/^/gm, '# ')}\n`;
}
