import * as vscode from 'vscode';
import { ClusterError } from '../cluster/cluster.ts';
import { isAsWritten, nodesAsWritten, type InEffect, type KeyInEffect } from '../core/felix/inEffect.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { runCommand } from './ids.ts';
import { registerCommand } from './registry.ts';

/** The code lens of a FelixConfiguration leads here: on which nodes which value is in effect, and where it comes from. */
export function registerShowInEffect({
  connection,
  log,
}: {
  readonly connection: Connection;
  readonly log: Log;
}): vscode.Disposable {
  return registerCommand(
    'calicoBpf.configuration.showInEffect',
    'Showing what is in effect',
    log,
    async (given) => {
      const inEffect = given ?? (await shownByLens());
      const title = `In effect on ${inEffect.cluster}: values by node and where they come from`;
      const choice = await vscode.window.showQuickPick(choicesOf(inEffect), {
        title,
        matchOnDescription: true,
        matchOnDetail: true,
      });
      if (choice === undefined) return; // The user only looked.
      await showOrigin(choice.configuration, connection);
    },
  );
}

/** The code lens of the file in front knows what is meant. */
async function shownByLens(): Promise<InEffect> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const lenses =
    uri && (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri));
  const lens = lenses?.find(({ command }) => command?.command === 'calicoBpf.configuration.showInEffect');
  if (lens === undefined) {
    const message = 'The file in front holds no FelixConfiguration that is for a node of the open cluster.';
    throw new ClusterError('unsupported', message);
  }
  // The language server made it.
  return lens.command?.arguments?.[0] as InEffect;
}

interface Choice extends vscode.QuickPickItem {
  readonly configuration?: string | undefined;
}

/** Every key with its values; those that are not as written come first. */
function choicesOf(inEffect: InEffect): readonly Choice[] {
  const differs = (key: KeyInEffect) => nodesAsWritten(key) < inEffect.nodes;
  const sorted = inEffect.keys.toSorted((a, b) => Number(differs(b)) - Number(differs(a)));
  return sorted.flatMap((key) => [
    { label: `${key.key}: ${key.written}`, kind: vscode.QuickPickItemKind.Separator },
    ...key.values.map((value) => ({
      label: `$(${isAsWritten(key, value) ? 'pass' : 'warning'}) ${value.value}`,
      description: `${value.nodes.length} of ${inEffect.nodes} nodes: ${value.nodes.join(', ')}`,
      detail: `${key.key} comes from ${value.origin}`,
      configuration: value.configuration,
    })),
  ]);
}

/** The object that a value comes from; for what no object says, the view with all that is set on each node. */
export async function showOrigin(configuration: string | undefined, { session }: Connection): Promise<void> {
  if (configuration === undefined || session === undefined) {
    await vscode.commands.executeCommand('calicoBpf.configuration.focus');
    return;
  }
  const { listConfigurations } = await import('../configuration/flows.ts');
  const { resource } = await withProgress('Reading the FelixConfigurations', (signal) =>
    listConfigurations(session.cluster, signal),
  );
  await runCommand('calicoBpf.configuration.open', { resource, name: configuration });
}
