import * as vscode from 'vscode';
import type { Connection } from '../../host/connection.ts';
import { setContext } from '../../host/context.ts';
import { ObjectFiles } from './files.ts';

/** The cluster's objects as documents, and the context key by which menus know a FelixConfiguration. */
export function registerObjects({ connection }: { readonly connection: Connection }): vscode.Disposable {
  const show = () => {
    const document = vscode.window.activeTextEditor?.document;
    setContext('calicoBpf.isFelixConfiguration', document !== undefined && isConfiguration(document));
  };
  show();
  return vscode.Disposable.from(
    new ObjectFiles(connection),
    vscode.window.onDidChangeActiveTextEditor(show),
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidSaveTextDocument(show),
  );
}

const languages: ReadonlySet<string> = new Set(['yaml', 'kubernetes', 'json', 'jsonc']);

function isConfiguration(document: vscode.TextDocument): boolean {
  return languages.has(document.languageId) && document.getText().includes('FelixConfiguration');
}
