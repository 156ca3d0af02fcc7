/**
 * A small fake of the `vscode` API, so that views and commands are tested on plain Node. A test imports this file
 * first and what it tests by `import()`, because `vscode` can be found only once this file ran. The fake grows only
 * by need.
 */
import { readFile, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { EventEmitter } from './vscodeEvents.ts';
import * as values from './vscodeValues.ts';

interface QuickPickItem {
  readonly label: string;
  readonly description?: string;
}

/** What a test says and sees in place of the user. */
export const editor = {
  /** The labels, or beginnings of labels, to choose in the next quick picks; an empty one dismisses. */
  picks: [] as string[],
  /** The quick picks that were shown. */
  asked: [] as { readonly title: string; readonly items: readonly QuickPickItem[] }[],
  /** The paths that the next open dialogs answer. */
  dialogs: [] as string[],
  errors: [] as string[],
  /** Messages that are no errors. */
  messages: [] as string[],
  /** What the next input boxes answer. */
  inputs: [] as string[],
  /** The button, or beginning of it, to choose in the next message. */
  answers: [] as string[],
  /** The item of the status bar. */
  statusItem: {
    text: '',
    isShown: false,
    show() {
      this.isShown = true;
    },
    hide() {
      this.isShown = false;
    },
    dispose() {},
  },
  clipboard: '',
  context: new Map<string, unknown>(),
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  /** Commands of VS Code itself that were run. */
  ran: [] as string[],
  shown: [] as values.Uri[],
  /** What was opened with an editor of a kind. */
  openedWith: [] as (readonly [viewType: string, uri: values.Uri])[],
  /** Files that `findFiles` finds. */
  files: [] as values.Uri[],
  settings: new Map<string, unknown>(),
  /** Language features, by kind. */
  providers: new Map<string, unknown>(),
  diagnostics: new Map<string, readonly values.Diagnostic[]>(),
  documents: [] as unknown[],
  /** Other extensions, by id. */
  extensions: new Map<string, unknown>(),
  /** The editor in front. */
  active: undefined as unknown,
  /** What lines were marked with. */
  decorations: [] as unknown[],
  didOpenDocument: new EventEmitter<unknown>(),
  didCloseDocument: new EventEmitter<unknown>(),
};

const nothing = new values.Disposable(() => undefined);
const never = () => nothing;

function keep(kind: string) {
  return (_selector: unknown, provider: unknown) => {
    editor.providers.set(kind, provider);
    return nothing;
  };
}

const commands = {
  registerCommand(id: string, run: (...args: unknown[]) => unknown) {
    editor.commands.set(id, run);
    return new values.Disposable(() => editor.commands.delete(id));
  },
  async executeCommand(id: string, ...args: unknown[]): Promise<unknown> {
    if (id === 'setContext') return void editor.context.set(String(args[0]), args[1]);
    if (id === 'vscode.openWith')
      return void editor.openedWith.push([String(args[1]), args[0] as values.Uri]);
    if (id === 'vscode.open') return void editor.shown.push(args[0] as values.Uri);
    const run = editor.commands.get(id);
    if (run === undefined) editor.ran.push(id);
    return run?.(...args);
  },
};

const window = {
  tabGroups: { all: [], onDidChangeTabs: never, onDidChangeTabGroups: never },
  createOutputChannel: () => ({
    info() {},
    warn() {},
    error() {},
    append() {},
    replace() {},
    clear() {},
    show: () => void editor.ran.push('log'),
    dispose() {},
  }),
  createTreeView: (id: string, options: { readonly treeDataProvider: unknown }) => {
    editor.providers.set(id, options.treeDataProvider);
    return { visible: false, onDidChangeVisibility: never, onDidExpandElement: never, dispose() {} };
  },
  registerCustomEditorProvider: keep('customEditor'),
  createStatusBarItem: () => editor.statusItem,
  registerFileDecorationProvider: (provider: unknown) => {
    editor.providers.set('decorations', provider);
    return nothing;
  },
  async showQuickPick(
    items: readonly QuickPickItem[],
    options: { readonly title: string; readonly canPickMany?: boolean },
  ) {
    editor.asked.push({ title: options.title, items });
    const wanted = editor.picks.shift();
    if (options.canPickMany === true) {
      // Labels, joined by a bar, of all that are chosen.
      const labels = wanted?.split('|');
      return labels && items.filter(({ label }) => labels.some((each) => label.includes(each)));
    }
    return wanted === undefined || wanted === ''
      ? undefined
      : items.find(({ label }) => label.startsWith(wanted));
  },
  async showOpenDialog() {
    const path = editor.dialogs.shift();
    return path === undefined ? undefined : [values.Uri.file(path)];
  },
  async showInputBox() {
    return editor.inputs.shift();
  },
  async showWarningMessage(message: string, ...buttons: readonly unknown[]) {
    return window.showInformationMessage(message, ...buttons);
  },
  async showSaveDialog() {
    const path = editor.dialogs.shift();
    return path === undefined ? undefined : values.Uri.file(path);
  },
  /** Options may stand before the buttons. */
  async showInformationMessage(message: string, ...buttons: readonly unknown[]) {
    editor.messages.push(message);
    const wanted = editor.answers.shift();
    const labels = buttons.filter((button) => typeof button === 'string');
    return wanted === undefined ? undefined : labels.find((button) => button.startsWith(wanted));
  },
  async showErrorMessage(message: string) {
    editor.errors.push(message);
    return undefined;
  },
  async showTextDocument(uri: values.Uri) {
    editor.shown.push(uri);
    return {
      setDecorations: ({ options }: { readonly options: unknown }) => editor.decorations.push(options),
    };
  },
  createTextEditorDecorationType: (options: unknown) => ({ options, dispose() {} }),
  withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) =>
    task({ report() {} }, { isCancellationRequested: false, onCancellationRequested: never }),
  get activeTextEditor() {
    return editor.active;
  },
  onDidChangeActiveTextEditor: never,
};

const workspace = {
  get textDocuments() {
    return editor.documents;
  },
  getConfiguration: (section?: string) => ({
    get: (key: string, fallback?: unknown) =>
      editor.settings.get(section === undefined ? key : `${section}.${key}`) ?? fallback,
  }),
  findFiles: async () => editor.files,
  fs: {
    stat: async ({ fsPath }: values.Uri) => ({ size: (await stat(fsPath)).size }),
    readDirectory: async () => {
      throw new Error('There is no such folder.');
    },
  },
  registerFileSystemProvider: keep('files'),
  createFileSystemWatcher: () => ({
    onDidChange: never,
    onDidCreate: never,
    onDidDelete: never,
    dispose() {},
  }),
  async openTextDocument(options: unknown) {
    // A document of a file has its place, and its language only later.
    if (options instanceof values.Uri && options.scheme === 'file') {
      if ((await readFile(options.fsPath)).subarray(0, 512).includes(0))
        throw new Error('File seems to be binary and cannot be opened as text');
      return { uri: options, languageId: 'plaintext' };
    }
    editor.documents.push(options);
    return options;
  },
  registerTextDocumentContentProvider: keep('texts'),
  onDidSaveTextDocument: never,
  onDidOpenTextDocument: editor.didOpenDocument.event,
  onDidCloseTextDocument: editor.didCloseDocument.event,
  onDidChangeTextDocument: never,
  onDidChangeConfiguration: never,
};

const languages = {
  createDiagnosticCollection: () => ({
    set: (uri: values.Uri, found: readonly values.Diagnostic[]) =>
      editor.diagnostics.set(uri.toString(), found),
    delete: (uri: values.Uri) => editor.diagnostics.delete(uri.toString()),
    dispose() {},
  }),
  createLanguageStatusItem: () => ({ dispose() {} }),
  registerCodeLensProvider: keep('lenses'),
  registerCompletionItemProvider: keep('completion'),
  registerDocumentSymbolProvider: keep('symbols'),
  registerFoldingRangeProvider: keep('folding'),
  registerHoverProvider: keep('hover'),
  registerDocumentLinkProvider: keep('links'),
  async setTextDocumentLanguage(document: { languageId: string }, language: string) {
    document.languageId = language;
    return document;
  },
};

const lm = {
  registerTool(name: string, tool: unknown) {
    editor.providers.set(name, tool);
    return nothing;
  },
};

const extensions = { getExtension: (id: string) => editor.extensions.get(id), onDidChange: never };

const env = { clipboard: { writeText: async (text: string) => void (editor.clipboard = text) } };

const fake = { ...values, EventEmitter, commands, window, workspace, languages, lm, extensions, env };
const globalName = 'fakeOfVscode';
Object.assign(globalThis, { [globalName]: fake });

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: 'fake:vscode', shortCircuit: true } : next(specifier, context),
  load(url, context, next) {
    if (url !== 'fake:vscode') return next(url, context);
    const names = Object.keys(fake);
    const source = names.map((name) => `export const ${name} = globalThis.${globalName}.${name};`).join('\n');
    return { format: 'module', source, shortCircuit: true };
  },
});
