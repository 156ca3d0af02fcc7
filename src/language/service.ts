import type {
  CancellationToken,
  CodeActionParams,
  CompletionParams,
  Connection,
  HoverParams,
  InitializeParams,
  InitializeResult,
  SelectionRangeParams,
  TextDocumentIdentifier,
} from 'vscode-languageserver';
import { CodeActionKind, TextDocumentSyncKind } from 'vscode-languageserver';
import { codeActionsIn, fixAllKind } from './features/codeActions.ts';
import { codeLensesOf } from './features/codeLenses.ts';
import { completionsAt, nothing, resolveCompletion } from './features/completion.ts';
import { foldingRangesOf } from './features/folding.ts';
import { hoverAt } from './features/hover.ts';
import { linksOf } from './features/links.ts';
import { selectionRangesAt } from './features/selection.ts';
import { symbolsOf } from './features/symbols.ts';
import type { OpenDocument } from './openDocument.ts';
import { clusterChanged } from './protocol.ts';
import type { InitializationOptions } from './protocol.ts';
import type { LanguageServer } from './transports.ts';
import { Workspace } from './workspace.ts';

/**
 * Binds the requests of LSP to the features, over any connection. `startOther` starts a server for documents that take
 * long to read; without it this one reads them all. What is returned ends that server.
 */
export function serve(connection: Connection, startOther?: () => LanguageServer): () => void {
  const workspace = new Workspace(connection, startOther);
  const refresh = () => {
    workspace.refresh().catch((error: unknown) => workspace.log('Refresh', error));
  };
  connection.onInitialize((params) => initialize(workspace, params));
  connection.onInitialized(refresh);
  connection.onDidChangeConfiguration(refresh);
  connection.onNotification(clusterChanged, refresh);
  bindPlaces(connection, workspace);
  bindDocuments(connection, workspace);
  connection.listen();
  const dispose = () => workspace.long?.dispose();
  connection.onExit(dispose);
  return dispose;
}

/** What is asked about a place. */
function bindPlaces(connection: Connection, workspace: Workspace): void {
  connection.onHover(
    answering<HoverParams>(workspace)('textDocument/hover', undefined, (document, { position }) =>
      hoverAt(document, position, workspace.surroundings),
    ),
  );
  connection.onCompletion(
    answering<CompletionParams>(workspace)('textDocument/completion', nothing, (document, params) =>
      completionsAt(document, params, workspace.surroundings, {
        sharesRange: workspace.sharesRange,
        resolvesDocumentation: workspace.resolvesDocumentation,
        suggestCommand: workspace.options.suggestCommand,
      }),
    ),
  );
  connection.onCompletionResolve((item) => resolveCompletion(item, workspace.surroundings));
  connection.onSelectionRanges(
    answering<SelectionRangeParams>(workspace)('textDocument/selectionRange', [], (document, { positions }) =>
      selectionRangesAt(document, positions),
    ),
  );
}

/** What is asked about a document. */
function bindDocuments(connection: Connection, workspace: Workspace): void {
  connection.onCodeAction(
    answering<CodeActionParams>(workspace)('textDocument/codeAction', [], (document, params) =>
      codeActionsIn(document, params, workspace.contextFor(document)),
    ),
  );
  const answer = answering<{ textDocument: TextDocumentIdentifier }>(workspace);
  connection.onDocumentSymbol(answer('textDocument/documentSymbol', [], symbolsOf));
  connection.onFoldingRanges(answer('textDocument/foldingRange', undefined, foldingRangesOf));
  connection.onDocumentLinks(answer('textDocument/documentLink', [], linksOf));
  connection.onCodeLens(
    answer('textDocument/codeLens', [], (document) =>
      codeLensesOf(document, workspace.surroundings, workspace.options.showEffectiveCommand),
    ),
  );
}

/**
 * Looks up the document, or has the other server answer; a cancelled request is not begun, and a failure of ours is
 * logged and answered as nothing.
 */
function answering<P extends { textDocument: TextDocumentIdentifier }>(workspace: Workspace) {
  return <T>(method: string, nothing: T, handler: (document: OpenDocument, params: P) => T) =>
    (params: P, token: CancellationToken): T | Promise<T> => {
      const { uri } = params.textDocument;
      if (workspace.long?.has(uri)) return workspace.long.ask(method, params, token);
      const document = workspace.find(uri);
      if (document === undefined || token.isCancellationRequested) return nothing;
      try {
        return handler(document, params);
      } catch (error) {
        workspace.log(method, error);
        return nothing;
      }
    };
}

function initialize(workspace: Workspace, params: InitializeParams): InitializeResult {
  // Sent by our own client; another one sends nothing, or what does no harm.
  const options = (params.initializationOptions ?? {}) as InitializationOptions;
  workspace.options = options;
  if (workspace.long !== undefined) workspace.long.initialize = params;
  workspace.canConfigure = params.capabilities.workspace?.configuration ?? false;
  workspace.refreshesLenses = params.capabilities.workspace?.codeLens?.refreshSupport ?? false;
  const completion = params.capabilities.textDocument?.completion;
  workspace.sharesRange = completion?.completionList?.itemDefaults?.includes('editRange') ?? false;
  const resolved = completion?.completionItem?.resolveSupport?.properties ?? [];
  workspace.resolvesDocumentation = resolved.includes('documentation');
  const alone = options.besideYamlServer !== true;
  return {
    serverInfo: { name: 'Calico eBPF' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      completionProvider: { resolveProvider: true, triggerCharacters: [' ', '"'] },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
      documentSymbolProvider: alone,
      foldingRangeProvider: alone,
      selectionRangeProvider: true,
      documentLinkProvider: {},
      codeLensProvider: {},
    },
  };
}
