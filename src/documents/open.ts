import * as vscode from 'vscode';
import type { ProbeTarget, Session } from '../session/session.ts';
import { dumpUri } from './uri.ts';

/** Opens a dump as a read-only document, in preview. */
export async function openDump({
  session,
  ...target
}: ProbeTarget & { readonly session: Session }): Promise<void> {
  const { name, takenAt } = session.cluster.info;
  await vscode.window.showTextDocument(dumpUri(name, target, takenAt), { preview: true });
}
