import * as vscode from 'vscode';
import { isClusterError } from '../cluster/cluster.ts';
import { isCancellation } from './cancellation.ts';
import type { Log } from './log.ts';

/** What to tell of an error: a failure of the world in its own words, a bug as such. */
export function failureMessage(error: unknown, doing: string): string {
  if (isClusterError(error)) return error.message;
  return `${doing} failed unexpectedly. The log has the details.`;
}

/** What is shown at the moment: one cause is told once. */
const shown = new Set<string>();

/** Shows what went wrong with a command, once; a cancelled one is silent. */
export async function showFailure(error: unknown, doing: string, log: Log): Promise<void> {
  if (isCancellation(error)) return;
  if (isClusterError(error)) log.warn(`${doing}: ${error.message}`);
  else log.error(`${doing}:`, error instanceof Error ? error : String(error));
  const message = failureMessage(error, doing);
  if (shown.has(message)) return;
  shown.add(message);
  const showLog = 'Show Log';
  try {
    const choice = await vscode.window.showErrorMessage(message, showLog);
    if (choice === showLog) log.show();
  } finally {
    shown.delete(message);
  }
}
