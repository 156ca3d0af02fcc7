import * as vscode from 'vscode';
import { asLive, type LiveCluster, type LiveFeature } from '../cluster/cluster.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { pick } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface CopyRoleServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Writes the role with the least privilege for what the user wants, for whoever may give it. */
export function registerCopyRole({ connection, log }: CopyRoleServices): vscode.Disposable {
  return registerCommand('calicoBpf.role.copy', 'Writing the role', log, () =>
    connection.withSession(async ({ cluster }) => {
      const live = asLive(cluster);
      const features = live && (await pickFeatures(live));
      if (live === undefined || features === undefined || features.length === 0) return;
      const target = await pick('Role for Calico eBPF', [
        { label: '$(copy) Copy to Clipboard', value: 'clipboard' as const },
        { label: '$(go-to-file) Open as Document', value: 'document' as const },
      ]);
      if (target === undefined) return; // The user dismissed the question.
      const yaml = await withProgress('Writing the role', (signal) => live.roleYaml(features, signal));
      await hand(yaml, target);
    }),
  );
}

type Choice = vscode.QuickPickItem & { readonly feature: LiveFeature };

const titles: { readonly [feature in LiveFeature]: string } = {
  browse: 'Browse nodes, pods, services and policies',
  dumps: 'Read dumps of nodes',
  traces: 'Trace packets',
  changes: 'Change FelixConfigurations',
  debugPods: 'Trace from a debug pod, where calico-node cannot',
};

/** What is missing is chosen already; where nothing is, all that is read. */
async function pickFeatures(cluster: LiveCluster): Promise<readonly LiveFeature[] | undefined> {
  const access = await withProgress('Checking the permissions', (signal) => cluster.checkAccess(signal));
  // Who may make privileged pods may do anything on the nodes: that is never suggested.
  const isComplete = access.every(({ feature, missing }) => feature === 'debugPods' || missing.length === 0);
  const choices: readonly Choice[] = access.map(({ feature, missing }) => ({
    label: titles[feature],
    description: missing.length === 0 ? 'allowed' : 'not allowed',
    detail: missing
      .map(({ verbs, resource, namespace }) => `${verbs.join(', ')} ${resource}${within(namespace)}`)
      .join('; '),
    picked: isComplete
      ? feature === 'browse' || feature === 'dumps'
      : feature !== 'debugPods' && missing.length > 0,
    feature,
  }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: 'Copy Role',
    placeHolder: 'What shall it allow?',
    canPickMany: true,
  });
  return chosen?.map(({ feature }) => feature);
}

function within(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` in ${namespace}`;
}

async function hand(yaml: string, target: 'clipboard' | 'document'): Promise<void> {
  if (target === 'document') {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: yaml });
    await vscode.window.showTextDocument(document);
    return;
  }
  await vscode.env.clipboard.writeText(yaml);
  void vscode.window.showInformationMessage('The role is on the clipboard. Bind it to who shall have it.');
}
