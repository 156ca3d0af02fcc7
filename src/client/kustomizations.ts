import * as vscode from 'vscode';
import { isInteresting, kustomizationNames } from '../language/protocol.ts';
import type { KustomizationFile } from '../language/protocol.ts';

/** How far up from a patch its kustomization may be: `overlays/prod/patches/felix.yaml`. */
const levels = 3;

/** The kustomizations in the folder of a file and those around it that concern us; texts being edited as they are. */
export async function kustomizationsNear(uri: vscode.Uri): Promise<readonly KustomizationFile[]> {
  const found: KustomizationFile[] = [];
  let folder = vscode.Uri.joinPath(uri, '..');
  for (let level = 0; level < levels; level++) {
    for (const name of kustomizationNames) {
      const file = vscode.Uri.joinPath(folder, name);
      const text = await textOf(file);
      if (text !== undefined && isInteresting(text)) found.push({ uri: file.toString(), text });
    }
    const parent = vscode.Uri.joinPath(folder, '..');
    if (parent.path === folder.path) break;
    folder = parent;
  }
  return found;
}

async function textOf(file: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    // Most folders have none.
    return undefined;
  }
}
