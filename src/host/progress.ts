import * as vscode from 'vscode';

/** Tells how far a task is: in words, and by how many percent more. */
export type ReportProgress = (message: string, increment?: number) => void;

/** What takes no longer needs no notification. */
const momentMs = 600;

/** Runs a task that the user can cancel, with a notification once it takes more than a moment. */
export async function withProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  let show: ((message: string, increment: number) => void) | undefined;
  let last: { message: string; percent: number } | undefined;
  const work = task(cancelled.signal, (message, increment = 0) => {
    last = { message, percent: (last?.percent ?? 0) + increment };
    show?.(message, increment);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, moment()])) return work;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => cancelled.abort());
    show = (message, increment) => progress.report({ message, increment });
    if (last !== undefined) show(last.message, last.percent);
    return work;
  });
}

function moment(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), momentMs));
}
