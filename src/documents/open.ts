import * as vscode from 'vscode';
import { isClusterError } from '../cluster/cluster.ts';
import { hasTable } from '../core/table/readTable.ts';
import type { ProbeTarget, Session } from '../session/session.ts';
import { dumpUri } from './uri.ts';

/** The id of the editor that shows dumps as tables. */
export const tableViewType = 'calicoBpf.table';

type Dump = ProbeTarget & { readonly session: Session };

/** VS Code colours no text above 20 MB, and gives extensions none above 50 MB. */
const maxTextSize = 20_000_000;

/** Opens a dump as a read-only document, in preview; one that is too long for that as a table, and says so. */
export async function openDump(dump: Dump): Promise<void> {
  const size = await sizeOf(dump);
  if (size <= maxTextSize || !hasTable(dump.probe)) return openAsText(uriOf(dump));
  await openDumpAsTable(dump);
  const megabytes = Math.round(size / 1e6).toLocaleString('en');
  void vscode.window.showInformationMessage(
    `${dump.probe} of ${dump.node} has ${megabytes} MB, too much for VS Code to colour and check as text: it is shown as a table.`,
  );
}

/** The size of a dump in bytes; 0 where it cannot be had, which its document then tells. */
async function sizeOf({ session, ...target }: Dump): Promise<number> {
  try {
    return (await session.output(target, new AbortController().signal)).output.length;
  } catch (error) {
    if (isClusterError(error)) return 0;
    throw error;
  }
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
