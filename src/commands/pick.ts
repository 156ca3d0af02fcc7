import * as vscode from 'vscode';

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly value: T;
}

/**
 * Asks for one of several; `undefined` when the user dismisses the question, by Escape: a table that gets the focus
 * back between two questions would end the second. Searches descriptions, too.
 */
export async function pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const options = { title, matchOnDescription: true, ignoreFocusOut: true };
  const chosen = await vscode.window.showQuickPick([...choices], options);
  return chosen?.value;
}
