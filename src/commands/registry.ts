import * as vscode from 'vscode';
import { showFailure } from '../host/failures.ts';
import type { Log } from '../host/log.ts';
import type { CommandId, Commands } from './ids.ts';

/** Registers a command; what it throws is shown here and nowhere else. */
export function registerCommand<Id extends CommandId>(
  id: Id,
  doing: string,
  log: Log,
  run: (...args: Parameters<Commands[Id]>) => unknown,
): vscode.Disposable {
  // VS Code hands over arguments untyped; `Commands` says what the callers pass.
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      await run(...(args as Parameters<Commands[Id]>));
    } catch (error) {
      void showFailure(error, doing, log);
    }
  });
}
