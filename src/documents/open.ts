import * as vscode from 'vscode';
import type { ProbeTarget, Session } from '../session/session.ts';
import { dumpUri } from './uri.ts';

/** The id of the editor that shows dumps as tables. */
export const tableViewType = 'calicoBpf.table';

type Dump = ProbeTarget & { readonly session: Session };

/** Opens a dump as a read-only document, in preview. */
export async function openDump(dump: Dump): Promise<void> {
  await openAsText(uriOf(dump));
}

/** Opens a dump as a table. */
export async function openDumpAsTable(dump: Dump): Promise<void> {
  await openAsTable(uriOf(dump));
}

export async function openAsText(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(uri, { preview: true });
}

export async function openAsTable(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, tableViewType);
}

/** Shows a line of a dump's text, beside what is shown of it already. */
export async function openLine(uri: vscode.Uri, line: number): Promise<void> {
  const selection = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(uri, { selection, preview: true });
}

function uriOf({ session, ...target }: Dump): vscode.Uri {
  const { name, takenAt } = session.cluster.info;
  return dumpUri(name, target, takenAt);
}
