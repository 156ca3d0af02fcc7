import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type {
  InitializationOptions,
  KustomizationsParams,
  PatchAimed,
  VersionInUse,
} from '../language/protocol.ts';
import {
  clusterChanged,
  clusterRequest,
  kustomizationsRequest,
  patchAimed,
  versionInUse,
} from '../language/protocol.ts';
import { answerFor } from './clusterAnswer.ts';
import { kustomizationsNear } from './kustomizations.ts';
import type { LanguageClientServices } from './register.ts';
import { documentSelector } from './selector.ts';
import { serverEnvironment } from './serverProcess.ts';
import { VersionItem } from './versionItem.ts';
import { isYamlChecked } from './yamlExtension.ts';

export interface RunningClient {
  dispose(): Promise<void>;
}

/** Starts the language server; a crash starts it again, up to four times in three minutes. */
export async function startClient({
  connection,
  log,
  programs,
  storage,
}: LanguageClientServices): Promise<RunningClient> {
  const item = new VersionItem();
  const client = new LanguageClient(
    'calicoBpf',
    'Calico eBPF language server',
    serverOptions(programs, storage),
    {
      documentSelector,
      outputChannel: log,
      initializationOptions: initializationOptions(),
      synchronize: { configurationSection: 'calicoBpf' },
      connectionOptions: { maxRestartCount: 4 },
    },
  );
  const parts = [
    item,
    client.onRequest(clusterRequest, (_, token: vscode.CancellationToken) =>
      answerFor(connection.session, token),
    ),
    client.onRequest(kustomizationsRequest, ({ uri }: KustomizationsParams) =>
      kustomizationsNear(vscode.Uri.parse(uri)),
    ),
    client.onNotification(patchAimed, (patch: PatchAimed) => item.note(patch)),
    client.onNotification(versionInUse, (used: VersionInUse) => item.show(used)),
    connection.onDidChange(() => {
      if (client.isRunning()) void client.sendNotification(clusterChanged);
    }),
  ];
  await client.start();
  return {
    async dispose() {
      for (const part of parts) part.dispose();
      await client.dispose();
    },
  };
}

function serverOptions(programs: vscode.Uri, storage: vscode.Uri) {
  const module = vscode.Uri.joinPath(programs, 'server.cjs').fsPath;
  const options = { env: serverEnvironment(vscode.Uri.joinPath(storage, 'compiled').fsPath) };
  return {
    run: { module, transport: TransportKind.ipc, options },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
}

function initializationOptions(): InitializationOptions {
  return {
    besideYamlServer: isYamlChecked(),
    suggestCommand: 'editor.action.triggerSuggest',
    showEffectiveCommand: 'calicoBpf.configuration.showInEffect',
  };
}
