/** The plain value types of the `vscode` API, as far as tests need them. */

export class Disposable {
  readonly #run: () => unknown;

  constructor(run: () => unknown) {
    this.#run = run;
  }

  static from(...parts: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => parts.forEach((part) => part.dispose()));
  }

  dispose(): void {
    this.#run();
  }
}

interface UriParts {
  readonly scheme: string;
  readonly path: string;
  readonly query?: string;
  readonly fragment?: string;
}

export class Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;

  constructor({ scheme, path, query = '', fragment = '' }: UriParts) {
    this.scheme = scheme;
    this.path = path;
    this.query = query;
    this.fragment = fragment;
  }

  with(change: Partial<UriParts>): Uri {
    const { scheme, path, query, fragment } = this;
    return new Uri({ scheme, path, query, fragment, ...change });
  }

  static from(parts: UriParts): Uri {
    return new Uri(parts);
  }

  static file(path: string): Uri {
    return new Uri({ scheme: 'file', path });
  }

  static parse(text: string): Uri {
    const [, scheme = '', path = '', query = ''] = /^([\w-]+):([^?]*)(?:\?(.*))?$/.exec(text) ?? [];
    return new Uri({ scheme, path: decodeURIComponent(path), query: decodeURIComponent(query) });
  }

  static joinPath(base: Uri, ...names: readonly string[]): Uri {
    const path = new URL(`file://${[base.path, ...names].join('/')}`).pathname.replace(/(.)\/$/, '$1');
    return new Uri({ scheme: base.scheme, path });
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    const path = this.path.split('/').map(encodeURIComponent).join('/');
    const query = this.query === '' ? '' : `?${encodeURIComponent(this.query)}`;
    return `${this.scheme}:${path}${query}${this.fragment === '' ? '' : `#${this.fragment}`}`;
  }
}

export class RelativePattern {
  readonly baseUri: Uri;
  readonly pattern: string;

  constructor(baseUri: Uri, pattern: string) {
    this.baseUri = baseUri;
    this.pattern = pattern;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;

  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;

  constructor(...ends: readonly [Position, Position] | readonly [number, number, number, number]) {
    const [start, end] =
      ends.length === 2 ? ends : [new Position(ends[0], ends[1]), new Position(ends[2], ends[3])];
    this.start = start;
    this.end = end;
  }
}

export class Diagnostic {
  readonly range: Range;
  readonly message: string;
  readonly severity: number;

  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export class DocumentSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: number;
  readonly range: Range;
  readonly selectionRange: Range;
  children: readonly DocumentSymbol[] = [];

  constructor(...parts: readonly [string, string, number, Range, Range]) {
    [this.name, this.detail, this.kind, this.range, this.selectionRange] = parts;
  }
}

export class FoldingRange {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }
}

export class MarkdownString {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

export class Hover {
  readonly contents: readonly MarkdownString[];
  readonly range: Range;

  constructor(contents: readonly MarkdownString[], range: Range) {
    this.contents = contents;
    this.range = range;
  }
}

export class CodeLens {
  readonly range: Range;
  readonly command: { readonly title: string; readonly command: string };

  constructor(range: Range, command: { readonly title: string; readonly command: string }) {
    this.range = range;
    this.command = command;
  }
}

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;

  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class TreeItem {
  readonly label: string;
  collapsibleState: number;

  constructor(label: string, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class FileSystemError extends Error {
  static NoPermissions(uri: Uri): FileSystemError {
    return new FileSystemError(`No permission to change ${uri.toString()}`);
  }

  static FileNotFound(uri: Uri): FileSystemError {
    return new FileSystemError(`There is no ${uri.toString()}`);
  }
}

export class CancellationError extends Error {
  override readonly name = 'Canceled';
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
export const FileType = { Unknown: 0, File: 1, Directory: 2 };
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };
export const LanguageStatusSeverity = { Information: 0, Warning: 1, Error: 2 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const SymbolKind = { Module: 1, Namespace: 2, Class: 4, Method: 5, Interface: 10, Array: 17 };

export class DocumentLink {
  readonly range: Range;
  readonly target: Uri;

  constructor(range: Range, target: Uri) {
    this.range = range;
    this.target = target;
  }
}

export class LanguageModelTextPart {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

export class LanguageModelToolResult {
  readonly content: readonly LanguageModelTextPart[];

  constructor(content: readonly LanguageModelTextPart[]) {
    this.content = content;
  }
}
