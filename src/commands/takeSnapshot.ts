import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress, type ReportProgress } from '../host/progress.ts';
import type { Session } from '../session/session.ts';
import { runCommand } from './ids.ts';
import { registerCommand } from './registry.ts';

export interface TakeSnapshotServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Records the open cluster into an archive, and offers to open it. */
export function registerTakeSnapshot({ connection, log }: TakeSnapshotServices): vscode.Disposable {
  return registerCommand('calicoBpf.snapshot.take', 'Taking the snapshot', log, () =>
    connection.withSession(async (session) => {
      const extent = await pickExtent(session);
      const path = extent && (await pickPath(session.cluster.info.name));
      if (extent === undefined || path === undefined) return; // The user dismissed a question.
      const title = `Taking a snapshot of ${session.cluster.info.name}`;
      const taken = await withProgress(title, (signal, report) =>
        save(session, { ...extent, path }, report, signal),
      );
      for (const { what, why } of taken.incomplete) log.warn(`Snapshot: ${what}: ${why}`);
      void offerToOpen(taken);
    }),
  );
}

interface Extent {
  readonly nodes: readonly string[];
  readonly redacts: boolean;
}

type Choice = vscode.QuickPickItem & { readonly node?: string };

const redactChoice: Choice = {
  label: '$(eye-closed) Replace names and addresses',
  description: 'of nodes, namespaces, pods and services; labels, selectors and policy names stay',
};

/** The nodes to ask, and whether somebody may read it who shall not learn whose it is. */
async function pickExtent(session: Session): Promise<Extent | undefined> {
  const nodes = await withProgress('Finding the nodes', (signal) => session.nodeList(signal));
  const separator = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const choices: readonly Choice[] = [
    separator('For somebody else'),
    redactChoice,
    separator('Nodes'),
    ...nodes.map(({ name, zone, pool }) => ({
      label: name,
      description: [zone, pool].filter((each) => each !== undefined).join(' · '),
      node: name,
      picked: true,
    })),
  ];
  const chosen = await vscode.window.showQuickPick(choices, {
    title: `Take Snapshot of ${session.cluster.info.name}`,
    placeHolder: 'Which nodes? Secrets are never recorded.',
    canPickMany: true,
    matchOnDescription: true,
  });
  if (chosen === undefined) return undefined;
  return {
    nodes: chosen.flatMap(({ node }) => node ?? []),
    redacts: chosen.some(({ label }) => label === redactChoice.label),
  };
}

async function pickPath(cluster: string): Promise<string | undefined> {
  const time = new Date().toISOString().slice(0, 16).replace(':', '');
  const name = `${cluster.replace(/[^A-Za-z0-9._-]/g, '_')}-${time}.tar.gz`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: 'Save Snapshot',
    saveLabel: 'Save Snapshot',
    // `gz` keeps VS Code's own dialog from adding a second `.tar.gz`: it looks at what follows the last dot.
    filters: { 'Snapshot archive': ['tar.gz', 'tgz', 'gz'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  return uri?.fsPath;
}

async function save(
  session: Session,
  extent: Extent & { readonly path: string },
  report: ReportProgress,
  signal: AbortSignal,
) {
  const { saveSnapshot } = await import('../backend.ts');
  return saveSnapshot(
    session.cluster,
    {
      ...extent,
      whenStopped: 'discard',
      report: (progress) => {
        if (progress.kind === 'objects') report(`${progress.objects} objects`);
        else report(`${progress.done} of ${progress.of} nodes, ${progress.node}`, 100 / progress.of);
      },
    },
    signal,
  );
}

interface Taken {
  readonly path: string;
  readonly nodes: number;
  readonly incomplete: readonly unknown[];
}

async function offerToOpen({ path, nodes, incomplete }: Taken): Promise<void> {
  const missing = incomplete.length === 0 ? '' : ` What is missing is listed in it (${incomplete.length}).`;
  const open = 'Open Snapshot';
  const choice = await vscode.window.showInformationMessage(
    `The snapshot of ${nodes === 1 ? '1 node' : `${nodes} nodes`} is in ${path}.${missing}`,
    open,
  );
  if (choice === open) await runCommand('calicoBpf.cluster.openSnapshot', path);
}
