import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import { DumpFiles } from './files.ts';
import { registerDumpHover } from './hover.ts';
import { registerLanguage } from './language.ts';
import { registerOutline } from './outline.ts';
import { registerProblems } from './problems.ts';
import { registerStatus } from './status.ts';
import { registerTraceLenses } from './traceLenses.ts';
import { scheme } from './uri.ts';

/** The read-only documents that show dumps, with their language features. */
export function registerDocuments({ connection }: { readonly connection: Connection }): vscode.Disposable {
  const files = new DumpFiles(connection);
  return vscode.Disposable.from(
    files,
    vscode.workspace.registerFileSystemProvider(scheme, files, { isReadonly: true, isCaseSensitive: true }),
    connection.onDidChange(() => files.refresh()),
    vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
      // A document that changes its language is reported as closed, and is not.
      if (isClosed) files.forget(uri);
    }),
    registerLanguage({ files }),
    registerProblems({ files }),
    registerStatus({ files }),
    registerOutline(),
    registerTraceLenses(),
    registerDumpHover({ connection }),
  );
}
