import type {
  CancellationToken,
  Connection,
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  InitializeParams,
  TextDocuments,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { createMessageConnection } from 'vscode-languageserver/node';
import type { MessageConnection } from 'vscode-languageserver/node';
import { clusterChanged, isPatchLike } from './protocol.ts';
import type { LanguageServer } from './transports.ts';
import { mayHaveLists } from './yaml/lists.ts';
import { piecesOf } from './yaml/pieces.ts';

/** What is read in one go in the client's own thread, in characters: about 250 lines, a few milliseconds. */
const longestPiece = 8 * 1024;
/** So much is looked through there with each key press. */
const longestText = 512 * 1024;

const networkItems = /(?:^ *- \d+(?:\.\d+){3}(?:\/\d+)?\r?\n)+/gm;

/** Whether reading a text takes so long that nobody should wait for it. */
export function isLong(text: string): boolean {
  if (text.length <= longestPiece) return false;
  if (text.length > longestText || isPatchLike(text)) return true;
  return piecesOf(text).some((piece) => lengthToRead(piece.text) > longestPiece);
}

/** How much of a text is no long list of networks: these are read in steps, quickly, and after an edit not again. */
function lengthToRead(text: string): number {
  const isRead = text.length > longestPiece && !text.includes('{{') && mayHaveLists(text);
  return isRead ? text.replaceAll(networkItems, '').length : text.length;
}

/**
 * The open documents that another server reads; it runs while there are any. What it says and asks goes to the client
 * as if this server had said it.
 */
export class LongDocuments {
  readonly #client: Connection;
  readonly #startServer: () => LanguageServer;
  readonly #uris = new Set<string>();
  #initialize: InitializeParams | undefined;
  #running: { readonly server: LanguageServer; readonly connection: MessageConnection } | undefined;

  constructor(client: Connection, startServer: () => LanguageServer) {
    this.#client = client;
    this.#startServer = startServer;
  }

  /** What the other server is told at its start. */
  set initialize(params: InitializeParams) {
    this.#initialize = params;
  }

  has(uri: string): boolean {
    return this.#uris.has(uri);
  }

  open(params: DidOpenTextDocumentParams): void {
    this.#uris.add(params.textDocument.uri);
    this.#tell('textDocument/didOpen', params);
  }

  change(params: DidChangeTextDocumentParams): void {
    this.#tell('textDocument/didChange', params);
  }

  close(params: DidCloseTextDocumentParams): void {
    this.#uris.delete(params.textDocument.uri);
    if (this.#uris.size > 0) this.#tell('textDocument/didClose', params);
    else this.dispose();
  }

  /** Asks the other server what the client asked here. */
  ask<T>(method: string, params: object, token: CancellationToken): Promise<T> {
    return this.#connection.sendRequest<T>(method, params, token);
  }

  /** Has them judged again: the cluster, or a setting, changed. */
  refresh(): void {
    if (this.#running !== undefined) this.#tell(clusterChanged, {});
  }

  dispose(): void {
    this.#running?.connection.dispose();
    this.#running?.server.dispose();
    this.#running = undefined;
  }

  get #connection(): MessageConnection {
    this.#running ??= this.#start();
    return this.#running.connection;
  }

  #start() {
    const server = this.#startServer();
    const connection = createMessageConnection(server.reader, server.writer);
    connection.onRequest((method, params, token) => this.#client.sendRequest(method, params, token));
    connection.onNotification((method, params) => this.#client.sendNotification(method, params));
    connection.listen();
    // It answers in order, so that nobody has to wait for this.
    void connection.sendRequest('initialize', this.#initialize);
    void connection.sendNotification('initialized', {});
    return { server, connection };
  }

  #tell(method: string, params: object): void {
    void this.#connection.sendNotification(method, params);
  }
}

/** Where documents come from. */
type DocumentConnection = Parameters<TextDocuments<TextDocument>['listen']>[0];

/** The opening, changing and closing of documents, but for the changes of those that another server reads. */
export function withoutChangesOf(long: LongDocuments, client: Connection): DocumentConnection {
  return {
    onDidOpenTextDocument: (handler) => client.onDidOpenTextDocument(handler),
    onDidChangeTextDocument: (change) =>
      client.onDidChangeTextDocument((params) =>
        long.has(params.textDocument.uri) ? long.change(params) : change(params),
      ),
    onDidCloseTextDocument: (close) =>
      client.onDidCloseTextDocument((params) => {
        if (long.has(params.textDocument.uri)) long.close(params);
        return close(params);
      }),
    onWillSaveTextDocument: (handler) => client.onWillSaveTextDocument(handler),
    onWillSaveTextDocumentWaitUntil: (handler) => client.onWillSaveTextDocumentWaitUntil(handler),
    onDidSaveTextDocument: (handler) => client.onDidSaveTextDocument(handler),
  };
}
