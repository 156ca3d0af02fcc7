import * as vscode from 'vscode';

/** The context keys that `when` clauses of the manifest read. */
export interface ContextKeys {
  'calicoBpf.hasCluster': boolean;
  'calicoBpf.isOpening': boolean;
  /** Whether the active table is a comparison. */
  'calicoBpf.isComparison': boolean;
  'calicoBpf.isTracing': boolean;
  /** Nodes have been asked, and not all have answered. */
  'calicoBpf.isAsking': boolean;
  'calicoBpf.hasFilter': boolean;
  'calicoBpf.isLive': boolean;
  /** Whether the checks have run on the open cluster. */
  'calicoBpf.isDiagnosed': boolean;
  /** Whether the active editor shows a FelixConfiguration. */
  'calicoBpf.isFelixConfiguration': boolean;
}

export function setContext<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
