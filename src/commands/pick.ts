import * as vscode from 'vscode';

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly value: T;
}

/** Asks for one of several; `undefined` when the user dismisses the question. Searches descriptions, too. */
export async function pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const chosen = await vscode.window.showQuickPick([...choices], { title, matchOnDescription: true });
  return chosen?.value;
}
