import * as vscode from 'vscode';
import { documentSnippets } from '../core/felix/snippets.ts';
import { isInteresting } from '../language/protocol.ts';

/** Whole documents to begin with, in YAML files that the language server does not look at yet. */
export function registerDocumentSnippets(): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(
    { language: 'yaml' },
    {
      provideCompletionItems(document, position) {
        const before = document.lineAt(position).text.slice(0, position.character);
        if (!/^\w*$/.test(before) || isInteresting(document.getText())) return [];
        return documentSnippets.map(toItem);
      },
    },
  );
}

function toItem({
  prefix,
  title,
  description,
  body,
}: (typeof documentSnippets)[number]): vscode.CompletionItem {
  const item = new vscode.CompletionItem(title, vscode.CompletionItemKind.Snippet);
  item.insertText = new vscode.SnippetString(body);
  item.detail = description;
  item.filterText = `${prefix} ${title}`;
  item.sortText = `~${title}`;
  return item;
}
