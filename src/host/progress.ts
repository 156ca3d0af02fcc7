import * as vscode from 'vscode';
import { toAbortSignal } from './cancellation.ts';

/** Runs a task that the user can cancel, with a notification while it takes more than a moment. */
export function withProgress<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => task(toAbortSignal(token)));
}
