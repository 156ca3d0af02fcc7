import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import { DumpContents } from './contents.ts';
import { registerDumpHover } from './hover.ts';
import { registerOutline } from './outline.ts';
import { registerProblems } from './problems.ts';
import { scheme } from './uri.ts';

/** The read-only documents that show dumps, with their language features. */
export function registerDocuments({ connection }: { readonly connection: Connection }): vscode.Disposable {
  const contents = new DumpContents(connection);
  return vscode.Disposable.from(
    contents,
    vscode.workspace.registerTextDocumentContentProvider(scheme, contents),
    connection.onDidChange(() => contents.refresh()),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => contents.forget(uri)),
    registerOutline(),
    registerDumpHover({ connection }),
    registerProblems(),
  );
}
