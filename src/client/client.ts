import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
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
import type { LanguageServer } from '../language/transports.ts';
import { answerFor } from './clusterAnswer.ts';
import { kustomizationsNear } from './kustomizations.ts';
import type { LanguageClientServices } from './register.ts';
import { documentSelector } from './selector.ts';
import { VersionItem } from './versionItem.ts';
import { isYamlChecked } from './yamlExtension.ts';

export interface RunningClient {
  dispose(): Promise<void>;
}

/** Starts the language server; when it ends it is started again, up to four times in three minutes. */
export async function startClient({
  connection,
  log,
  startServer,
}: LanguageClientServices): Promise<RunningClient> {
  const item = new VersionItem();
  let server: LanguageServer | undefined;
  const connect = async () => {
    server = await startServer();
    return server;
  };
  const client = new LanguageClient(
    'calicoBpf',
    // The library speaks of “the … server”.
    'Calico eBPF language',
    connect,
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
      // One that does not answer any more cannot be asked to end.
      await client.dispose().finally(() => server?.dispose());
    },
  };
}

function initializationOptions(): InitializationOptions {
  return {
    besideYamlServer: isYamlChecked(),
    suggestCommand: 'editor.action.triggerSuggest',
    showEffectiveCommand: 'calicoBpf.configuration.showInEffect',
  };
}
