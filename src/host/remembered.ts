import * as vscode from 'vscode';
import type { ClusterSource } from './connection.ts';

const key = 'calicoBpf.source';

/** Keeps which cluster was open in this workspace, for the next window. */
export function rememberSource(memory: vscode.Memento, source: ClusterSource | undefined): void {
  void memory.update(key, source);
}

/** What to open when the view is first shown: what was open before, else a snapshot that lies in the workspace. */
export async function findSource(memory: vscode.Memento): Promise<ClusterSource | undefined> {
  const remembered = memory.get<ClusterSource>(key);
  if (remembered !== undefined) return remembered;
  const [found] = await vscode.workspace.findFiles('{snapshot.json,*/snapshot.json}', undefined, 1);
  return found === undefined
    ? undefined
    : { kind: 'snapshot', path: vscode.Uri.joinPath(found, '..').fsPath };
}
