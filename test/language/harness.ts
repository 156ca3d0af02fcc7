import { PassThrough } from 'node:stream';
import { createConnection } from 'vscode-languageserver/node';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver';
import { serve } from '../../src/language/service.ts';
import { clusterRequest, kustomizationsRequest, versionInUse } from '../../src/language/protocol.ts';
import type {
  ClusterAnswer,
  InitializationOptions,
  KustomizationFile,
  VersionInUse,
} from '../../src/language/protocol.ts';

export interface Client {
  /** Opens a text and waits for what is wrong in it. */
  open(text: string, uri?: string): Promise<readonly Diagnostic[]>;
  /** Opens a patch and waits for what is wrong in it, once it is known what it is aimed at. */
  openAimed(text: string, uri: string): Promise<readonly Diagnostic[]>;
  /** Replaces the whole text. */
  change(text: string, uri?: string): Promise<readonly Diagnostic[]>;
  /** Applies one edit, as an editor does. */
  edit(change: Edit, uri?: string): Promise<readonly Diagnostic[]>;
  /** Closes the document and waits for its diagnostics to be taken back. */
  close(uri?: string): Promise<readonly Diagnostic[]>;
  request<T>(method: string, params: object): Promise<T>;
  notify(method: string, params?: object): Promise<void>;
  readonly versions: readonly VersionInUse[];
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

export interface Edit {
  readonly line: number;
  readonly character: number;
  readonly remove?: number;
  readonly insert?: string;
}

export interface ClientOptions extends InitializationOptions {
  readonly cluster?: ClusterAnswer;
  /** The kustomizations near every file. */
  readonly kustomizations?: readonly KustomizationFile[];
}

export const defaultUri = 'file:///felix.yaml';

/** A client and the whole server, over two streams. */
export async function startServer({
  cluster,
  kustomizations = [],
  ...initializationOptions
}: ClientOptions = {}): Promise<Client> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  serve(createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)));
  const connection = createMessageConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  const versions: VersionInUse[] = [];
  const errors: string[] = [];
  const published = new Map<string, (found: readonly Diagnostic[]) => void>();
  let version = 1;

  connection.onRequest(clusterRequest, () => cluster ?? null);
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    errors.push(message);
  });
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    // An older version's diagnostics may still be on their way.
    if (params.version === undefined || params.version === version)
      published.get(params.uri)?.(params.diagnostics);
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions,
  });
  const ready = new Promise<void>((resolve) => {
    connection.onNotification(versionInUse, (used: VersionInUse) => {
      versions.push(used);
      resolve();
    });
  });
  await connection.sendNotification('initialized', {});
  await ready;

  const sendAndWait = (uri: string, method: string, params: object) =>
    new Promise<readonly Diagnostic[]>((resolve) => {
      published.set(uri, resolve);
      void connection.sendNotification(method, params);
    });
  const change = (uri: string, contentChanges: object[]) => {
    version++;
    return sendAndWait(uri, 'textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  };
  return {
    versions,
    errors,
    open: (text, uri = defaultUri) =>
      sendAndWait(uri, 'textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version, text },
      }),
    // Its first diagnostics are those of a text that concerns nobody; an edit comes after the answer.
    openAimed: async (text, uri) => {
      const asked = new Promise<void>((resolve) => {
        connection.onRequest(kustomizationsRequest, () => {
          setImmediate(resolve);
          return kustomizations;
        });
      });
      await sendAndWait(uri, 'textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version, text },
      });
      await asked;
      return change(uri, [{ text }]);
    },
    change: (text, uri = defaultUri) => change(uri, [{ text }]),
    edit: ({ line, character, remove = 0, insert = '' }, uri = defaultUri) =>
      change(uri, [
        {
          range: { start: { line, character }, end: { line, character: character + remove } },
          text: insert,
        },
      ]),
    close: (uri = defaultUri) => sendAndWait(uri, 'textDocument/didClose', { textDocument: { uri } }),
    request: (method, params) => connection.sendRequest(method, params),
    notify: (method, params = {}) => connection.sendNotification(method, params),
    stop: async () => {
      await connection.sendRequest('shutdown');
      connection.dispose();
      toServer.destroy();
      toClient.destroy();
    },
  };
}
