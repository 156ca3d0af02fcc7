import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Diagnostic } from 'vscode-languageserver';
import type { MessageConnection } from 'vscode-languageserver/node';
import { schemaFile } from './servers.ts';

const uri = 'file:///bench/felix.yaml';

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** For the other server: the schema that an extension beside it gives a file. */
  readonly schemaOf?: (uri: string) => { readonly uri: string; readonly content: string } | undefined;
}

/** A language server in a process of its own, with one document. */
export class ServerProcess {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #connection: MessageConnection;
  /** For the other server: what it checks YAML files by. */
  readonly #settings: Readonly<Record<string, unknown>> = {
    yaml: { schemas: { [schemaFile()]: '*.yaml' }, validate: true },
  };
  readonly #contributes: boolean;
  #version = 1;
  #published: (found: readonly Diagnostic[]) => void = () => undefined;

  constructor(path: string, { schemaOf, env = {} }: ServerOptions = {}) {
    this.#process = spawn(process.execPath, [path, '--stdio'], {
      env: { ...process.env, ...env },
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#process.stdout),
      new StreamMessageWriter(this.#process.stdin),
    );
    this.#connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => this.#settings[section ?? ''] ?? null),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('calicoBpf/cluster', () => null);
    this.#connection.onRequest('custom/schema/request', (of: string) => schemaOf?.(of)?.uri ?? null);
    this.#connection.onRequest('custom/schema/content', () => schemaOf?.(uri)?.content ?? null);
    this.#contributes = schemaOf !== undefined;
    this.#connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ diagnostics }: { diagnostics: Diagnostic[] }) => this.#published(diagnostics),
    );
    this.#connection.listen();
  }

  async initialize(initializationOptions: object = {}): Promise<void> {
    await this.#connection.sendRequest('initialize', {
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
    await this.#connection.sendNotification('initialized', {});
    if (this.#contributes) await this.#connection.sendNotification('yaml/registerCustomSchemaRequest');
    await this.#connection.sendNotification('workspace/didChangeConfiguration', { settings: this.#settings });
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
    return this.#connection.sendRequest(method, { textDocument: { uri }, ...params });
  }

  residentMegabytes(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    await ended;
    this.#connection.dispose();
  }

  #awaitDiagnostics(method: string, params: object): Promise<readonly Diagnostic[]> {
    return new Promise((resolve, reject) => {
      this.#published = resolve;
      this.#connection.sendNotification(method, params).catch(reject);
    });
  }
}
