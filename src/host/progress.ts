import * as vscode from 'vscode';
import { toAbortSignal } from './cancellation.ts';

/** Tells how far a task is: in words, and by how many percent more. */
export type ReportProgress = (message: string, increment?: number) => void;

/** Runs a task that the user can cancel, with a notification while it takes more than a moment. */
export function withProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (progress, token) =>
    task(toAbortSignal(token), (message, increment = 0) => progress.report({ message, increment })),
  );
}
