import * as vscode from 'vscode';
import { sectionsOf, type Section } from '../core/dump/sections.ts';
import { dumpLanguageOf, dumpSelector, isAnalysed } from './dumpDocument.ts';

/** Outline and folding of dumps: NAT frontends, IP sets, counter tables, policy tiers. */
export function registerOutline(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerDocumentSymbolProvider(dumpSelector, {
      provideDocumentSymbols: (document) => sections(document).map((section) => toSymbol(section, document)),
    }),
    vscode.languages.registerFoldingRangeProvider(dumpSelector, {
      provideFoldingRanges: (document) =>
        sections(document).flatMap((section) => toFoldingRanges(section, document)),
    }),
  );
}

function sections(document: vscode.TextDocument): readonly Section[] {
  const language = dumpLanguageOf(document);
  return language === undefined || !isAnalysed(document) ? [] : sectionsOf(language, document.getText());
}

const symbolKinds: { readonly [kind in Section['kind']]: vscode.SymbolKind } = {
  frontend: vscode.SymbolKind.Interface,
  'ip-set': vscode.SymbolKind.Array,
  interface: vscode.SymbolKind.Module,
  hook: vscode.SymbolKind.Module,
  tier: vscode.SymbolKind.Namespace,
  policy: vscode.SymbolKind.Class,
  rule: vscode.SymbolKind.Method,
  packet: vscode.SymbolKind.Event,
  connect: vscode.SymbolKind.Function,
};

function toSymbol(section: Section, document: vscode.TextDocument): vscode.DocumentSymbol {
  const range = toRange(section, document);
  const { range: firstLine } = document.lineAt(range.start.line);
  const name = section.name === '' ? section.kind : section.name;
  const symbol = new vscode.DocumentSymbol(name, section.detail, symbolKinds[section.kind], range, firstLine);
  symbol.children = section.children.map((child) => toSymbol(child, document));
  return symbol;
}

function toFoldingRanges(section: Section, document: vscode.TextDocument): readonly vscode.FoldingRange[] {
  const { start, end } = toRange(section, document);
  const own = end.line > start.line ? [new vscode.FoldingRange(start.line, end.line)] : [];
  return [...own, ...section.children.flatMap((child) => toFoldingRanges(child, document))];
}

function toRange({ span }: Section, document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}
