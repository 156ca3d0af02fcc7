import * as vscode from 'vscode';
import { ClusterError, type ObjectRef } from '../cluster/cluster.ts';
import type * as Flows from '../configuration/flows.ts';
import type { MadeTexts } from '../documents/madeTexts.ts';
import { parseObjectUri } from '../documents/objects/uri.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withSession } from './withSession.ts';
import { registerCommand } from './registry.ts';

export interface ConfigurationServices {
  readonly connection: Connection;
  readonly texts: MadeTexts;
  readonly log: Log;
}

/** What is done with FelixConfigurations between an editor and a cluster. */
export function registerConfigurationCommands(services: ConfigurationServices): vscode.Disposable {
  const { log } = services;
  return vscode.Disposable.from(
    registerCommand('calicoBpf.configuration.open', 'Opening the FelixConfiguration', log, async (given) => {
      await withFlows(services, ({ openConfiguration }, own) => openConfiguration(own, refOf(given)));
    }),
    registerCommand('calicoBpf.configuration.edit', 'Opening a copy to edit', log, async (given) => {
      const ref = refOf(given) ?? shownObject();
      await withFlows(services, ({ editConfiguration }, own) => editConfiguration(own, ref));
    }),
    registerCommand('calicoBpf.configuration.compare', 'Comparing with the cluster', log, async (uri) => {
      const document = await documentOf(uri);
      await withFlows(services, ({ compareWithCluster }, own) => compareWithCluster(own, document));
    }),
    registerCommand('calicoBpf.configuration.apply', 'Applying to the cluster', log, async (uri) => {
      const document = await documentOf(uri);
      await withFlows(services, ({ applyToCluster }, own) => applyToCluster(own, document));
    }),
  );
}

async function withFlows(
  { connection, texts, log }: ConfigurationServices,
  work: (flows: typeof Flows, services: Flows.FlowServices) => Promise<void>,
): Promise<void> {
  await withSession(connection, async (session) => {
    const flows = await import('../configuration/flows.ts');
    await work(flows, { session, texts, log, refresh: () => connection.refresh() });
  });
}

/** A menu hands over the element of the tree. */
function refOf(given: ObjectRef | { readonly ref: ObjectRef } | undefined): ObjectRef | undefined {
  return given !== undefined && 'ref' in given ? given.ref : given;
}

/** The object that the active editor shows, if it is one of the cluster's. */
function shownObject(): ObjectRef | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri && parseObjectUri(uri);
}

async function documentOf(uri: vscode.Uri | undefined): Promise<vscode.TextDocument> {
  const document =
    uri === undefined
      ? vscode.window.activeTextEditor?.document
      : await vscode.workspace.openTextDocument(uri);
  if (document === undefined) {
    throw new ClusterError('unsupported', 'No file is open: open one with a FelixConfiguration first.');
  }
  return document;
}
