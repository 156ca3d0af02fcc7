import { readFileSync } from 'node:fs';
import type { Diagnostic } from 'vscode-languageserver';
import { start, type Started } from './connect.ts';
import { schemaFile, type Server } from './servers.ts';

/** What the other server checks YAML files by. */
const settings: Readonly<Record<string, unknown>> = {
  yaml: { schemas: { [schemaFile()]: '*.yaml' }, validate: true },
};

const uri = 'file:///bench/felix.yaml';

/** A language server with one document, driven as an editor drives it. */
export class DrivenServer {
  readonly #started: Started;
  readonly #contributes: boolean;
  #version = 1;
  #published: (found: readonly Diagnostic[]) => void = () => undefined;

  static async start(server: Server): Promise<DrivenServer> {
    return new DrivenServer(server, await start(server));
  }

  private constructor({ schemaOf }: Server, started: Started) {
    this.#started = started;
    this.#started.connection.onRequest(
      'workspace/configuration',
      ({ items }: { items: { section?: string }[] }) =>
        items.map(({ section }) => settings[section ?? ''] ?? null),
    );
    this.#started.connection.onRequest('client/registerCapability', () => null);
    this.#started.connection.onRequest('calicoBpf/cluster', () => null);
    this.#started.connection.onRequest('custom/schema/request', (of: string) => schemaOf?.(of)?.uri ?? null);
    this.#started.connection.onRequest('custom/schema/content', () => schemaOf?.(uri)?.content ?? null);
    this.#contributes = schemaOf !== undefined;
    this.#started.connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ diagnostics }: { diagnostics: Diagnostic[] }) => this.#published(diagnostics),
    );
    this.#started.connection.listen();
  }

  async initialize(initializationOptions: object = {}): Promise<void> {
    await this.#started.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: 'file:///bench',
      initializationOptions,
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: {
          publishDiagnostics: { versionSupport: true },
          completion: {
            completionItem: {
              snippetSupport: true,
              resolveSupport: { properties: ['documentation', 'detail', 'additionalTextEdits'] },
            },
            completionList: { itemDefaults: ['editRange'] },
          },
        },
      },
    });
    await this.#started.connection.sendNotification('initialized', {});
    if (this.#contributes)
      await this.#started.connection.sendNotification('yaml/registerCustomSchemaRequest');
    await this.#started.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: settings,
    });
  }

  open(text: string): Promise<readonly Diagnostic[]> {
    return this.#awaitDiagnostics('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: this.#version, text },
    });
  }

  /** Replaces a line, and waits for what the server has to say of it. */
  edit(line: number, text: string): Promise<readonly Diagnostic[]> {
    this.#version++;
    return this.#awaitDiagnostics('textDocument/didChange', {
      textDocument: { uri, version: this.#version },
      contentChanges: [{ range: { start: { line, character: 0 }, end: { line, character: 1000 } }, text }],
    });
  }

  /** Replaces the whole text. */
  replace(text: string): Promise<readonly Diagnostic[]> {
    this.#version++;
    return this.#awaitDiagnostics('textDocument/didChange', {
      textDocument: { uri, version: this.#version },
      contentChanges: [{ text }],
    });
  }

  request(method: string, params: object): Promise<unknown> {
    return this.#started.connection.sendRequest(method, { textDocument: { uri }, ...params });
  }

  /** What its process takes, if it has one of its own. */
  residentMegabytes(): number {
    const { processId } = this.#started;
    if (processId === undefined) return 0;
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    const { connection, ended } = this.#started;
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    await ended;
    connection.dispose();
  }

  #awaitDiagnostics(method: string, params: object): Promise<readonly Diagnostic[]> {
    return new Promise((resolve, reject) => {
      this.#published = resolve;
      this.#started.connection.sendNotification(method, params).catch(reject);
    });
  }
}
