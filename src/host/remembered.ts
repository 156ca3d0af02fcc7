import * as vscode from 'vscode';
import type { ClusterSource } from './connection.ts';

const sourceKey = 'calicoBpf.source';
const recentKey = 'calicoBpf.recentSnapshots';
const maxRecent = 8;

export interface Memories {
  readonly workspace: vscode.Memento;
  readonly everywhere: vscode.Memento;
}

/** Which cluster was open in this workspace, and which snapshots were opened lately. */
export class RememberedSources {
  readonly #memories: Memories;

  constructor(memories: Memories) {
    this.#memories = memories;
  }

  /** The paths of the snapshots that were opened last, the latest first. */
  get recent(): readonly string[] {
    return this.#memories.everywhere.get<readonly string[]>(recentKey, []);
  }

  remember(source: ClusterSource): void {
    void this.#memories.workspace.update(sourceKey, source);
    if (source.kind !== 'snapshot') return;
    const others = this.recent.filter((path) => path !== source.path);
    void this.#memories.everywhere.update(recentKey, [source.path, ...others].slice(0, maxRecent));
  }

  /** Forgets which cluster was open, so that the next window opens none. */
  forget(): void {
    void this.#memories.workspace.update(sourceKey, { kind: 'none' });
  }

  /** What to open when the view is first shown: what was open before, else a snapshot that lies in the workspace. */
  async find(): Promise<ClusterSource | undefined> {
    const last = this.#memories.workspace.get<ClusterSource | { readonly kind: 'none' }>(sourceKey);
    if (last !== undefined) return last.kind === 'none' ? undefined : last;
    const [found] = await vscode.workspace.findFiles('{snapshot.json,*/snapshot.json}', undefined, 1);
    return found === undefined
      ? undefined
      : { kind: 'snapshot', path: vscode.Uri.joinPath(found, '..').fsPath };
  }
}
