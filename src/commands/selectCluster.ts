import * as vscode from 'vscode';
import type { ClusterSource, Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import type { RememberedSources } from '../host/remembered.ts';
import { readSetting } from '../host/settings.ts';
import { runCommand } from './ids.ts';
import { registerCommand } from './registry.ts';

export interface SelectClusterServices {
  readonly connection: Connection;
  readonly remembered: RememberedSources;
  readonly log: Log;
}

type Choice = vscode.QuickPickItem & { readonly source?: ClusterSource; readonly asksForSnapshot?: true };

/** Chooses the cluster that the views show: a context of the kubeconfig, a snapshot, or the sample. */
export function registerSelectCluster({
  connection,
  remembered,
  log,
}: SelectClusterServices): vscode.Disposable {
  return registerCommand('calicoBpf.cluster.select', 'Selecting the cluster', log, async () => {
    const choices = [...(await contextChoices()), ...snapshotChoices(remembered.recent)];
    const chosen = await vscode.window.showQuickPick(choices, {
      title: 'Select Cluster',
      placeHolder: 'A context of your kubeconfig, a snapshot, or the sample',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (chosen?.asksForSnapshot === true) await runCommand('calicoBpf.cluster.openSnapshot');
    const source = chosen?.source;
    if (source === undefined) return; // The user dismissed the question, or goes on in another.
    await vscode.commands.executeCommand('calicoBpf.cluster.focus');
    await withProgress(`Opening ${chosen?.label ?? ''}`, (signal) => connection.open(source, signal));
  });
}

/** The contexts, the current one first. */
async function contextChoices(): Promise<readonly Choice[]> {
  const { listContexts } = await import('../liveBackend.ts');
  const path = readSetting('calicoBpf.kubeconfig');
  const contexts = listContexts(path === '' ? undefined : path);
  const separator = { label: 'Contexts', kind: vscode.QuickPickItemKind.Separator };
  if (contexts.length === 0) return [];
  const items = contexts
    .toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
    .map(({ name, server, user, isCurrent }) => ({
      label: name,
      iconPath: new vscode.ThemeIcon('plug'),
      description: isCurrent ? 'current context' : '',
      detail: `${server} as ${user}`,
      source: { kind: 'live', context: name } as const,
    }));
  return [separator, ...items];
}

function snapshotChoices(recent: readonly string[]): readonly Choice[] {
  return [
    { label: 'Snapshots', kind: vscode.QuickPickItemKind.Separator },
    ...recent.map((path) => ({
      label: path.split(/[\\/]/).at(-1) ?? path,
      iconPath: new vscode.ThemeIcon('archive'),
      description: path,
      source: { kind: 'snapshot', path } as const,
    })),
    { label: 'Open Snapshot…', iconPath: new vscode.ThemeIcon('folder-opened'), asksForSnapshot: true },
    {
      label: 'Sample cluster',
      iconPath: new vscode.ThemeIcon('beaker'),
      description: 'comes with the extension',
      source: { kind: 'sample' },
    },
  ];
}
