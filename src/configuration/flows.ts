/** What is done with FelixConfigurations between an editor and a cluster; loaded when it is first asked for. */
import * as vscode from 'vscode';
import { makeChange, planChange, type PlannedChange } from '../cluster/changes.ts';
import { ClusterError, ifAnswered, isLive, type LiveCluster, type ObjectRef } from '../cluster/cluster.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import type { MadeTexts } from '../documents/madeTexts.ts';
import { objectUri } from '../documents/objects/uri.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { readSetting } from '../host/settings.ts';
import type { Session } from '../session/session.ts';
import { listConfigurations, placeOf, readConfiguration } from './cluster.ts';
import {
  documentText,
  mirror,
  readConfigurations,
  toYaml,
  UnreadableText,
  type WrittenConfiguration,
} from './text.ts';
import { questionFor, refusalMessage } from './words.ts';

export { effectiveSettings } from './effective.ts';
export { listConfigurations, readConfiguration, toYaml };

export interface FlowServices {
  readonly session: Session;
  readonly texts: MadeTexts;
  readonly log: Log;
  /** Asks the cluster anew for what the views show. */
  readonly refresh: () => void;
}

/** Opens one of the cluster's FelixConfigurations, read-only; asks which when there are several. */
export async function openConfiguration(
  { session }: FlowServices,
  given: ObjectRef | undefined,
): Promise<void> {
  const ref = given ?? (await pickOnCluster(session));
  if (ref === undefined) return; // The user dismissed the question.
  await vscode.window.showTextDocument(uriOf(session, ref), { preview: true });
}

/** Opens a copy to edit, which knows the version that it was made from. */
export async function editConfiguration(
  { session }: FlowServices,
  given: ObjectRef | undefined,
): Promise<void> {
  const ref = given ?? (await pickOnCluster(session));
  if (ref === undefined) return; // The user dismissed the question.
  const object = await withProgress(`Reading ${ref.name}`, (signal) =>
    readConfiguration(session.cluster, ref, signal),
  );
  const content =
    object === undefined
      ? toYaml(emptyConfiguration(ref))
      : toYaml(object, { forEdit: isLive(session.cluster) });
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
}

/** Shows what differs between a file and the cluster. */
export async function compareWithCluster(
  services: FlowServices,
  document: vscode.TextDocument,
): Promise<void> {
  const { session, texts } = services;
  const text = document.getText();
  const written = await pickWritten(document, 'Compare which FelixConfiguration?');
  if (written === undefined) return; // The user dismissed the question.
  const { ref, object } = await withProgress(`Reading ${written.object.metadata.name}`, async (signal) => {
    const found = await placeOf(session.cluster, written.object, signal);
    return { ref: found, object: await readConfiguration(session.cluster, found, signal) };
  });
  const { name } = session.cluster.info;
  const own = documentText(text, written);
  const right =
    written.isWhole && own === text ? document.uri : texts.add(`${ref.name} in the file.yaml`, own);
  const left = texts.add(`${ref.name} on ${name}.yaml`, mirror(text, written, object));
  const state = object === undefined ? ' (not there)' : '';
  await vscode.commands.executeCommand('vscode.diff', left, right, `${ref.name}: ${name}${state} ↔ file`);
}

/** Applies the FelixConfigurations of a document, after showing what each would change. */
export async function applyToCluster(services: FlowServices, document: vscode.TextDocument): Promise<void> {
  const { cluster } = services.session;
  if (readSetting('calicoBpf.changes') === 'never') {
    throw new ClusterError(
      'unsupported',
      'Changes are switched off by the setting calicoBpf.changes. Nothing was changed.',
    );
  }
  if (!isLive(cluster)) {
    throw new ClusterError(
      'unsupported',
      `${cluster.info.name} is a recording, which cannot be changed. Select the cluster that the file is for.`,
    );
  }
  for (const written of await pickSeveral(document)) {
    const wantsMore = await applyOne(services, cluster, written.object);
    if (!wantsMore) return;
  }
}

/** Plans, asks and makes one change; whether to go on with the next one. */
async function applyOne(
  { session, texts, log, refresh }: FlowServices,
  cluster: LiveCluster,
  object: KubernetesObject,
): Promise<boolean> {
  const { name } = object.metadata;
  const { planning, nodes } = await withProgress(`Trying FelixConfiguration ${name}`, async (signal) => {
    const ref = await placeOf(cluster, object, signal);
    const planned = await planChange(cluster, ref, { ...object, apiVersion: apiVersionOf(ref) }, signal);
    return { planning: planned, nodes: await ifAnswered(session.cluster.list('nodes', signal)) };
  });
  switch (planning.kind) {
    case 'same':
      void vscode.window.showInformationMessage(
        `FelixConfiguration ${name} is so on ${cluster.info.name} already.`,
      );
      return true;
    case 'outdated':
      throw new ClusterError('failed', planning.message);
    case 'refused':
      throw new ClusterError('failed', refusalMessage(name, planning.message, planning.causes));
    case 'planned': {
      const { change } = planning;
      await showDifferences(change, cluster.info.name, texts);
      const { title, detail } = questionFor(change, cluster.info.name, nodes);
      const apply = 'Apply';
      if ((await vscode.window.showWarningMessage(title, { modal: true, detail }, apply)) !== apply)
        return false;
      await makeAndTell(cluster, change, log);
      refresh();
      return true;
    }
  }
}

async function makeAndTell(cluster: LiveCluster, change: PlannedChange, log: Log): Promise<void> {
  const { ref, changes } = change;
  // Not to be cancelled: once it is sent, it is made or not.
  const outcome = await makeChange(cluster, change, new AbortController().signal);
  switch (outcome.kind) {
    case 'made': {
      const keys = changes.map(({ key }) => key).join(', ') || 'labels or annotations';
      log.info(`${cluster.info.name}: FelixConfiguration ${ref.name} changed (${keys}).`);
      void vscode.window.showInformationMessage(
        `FelixConfiguration ${ref.name} is changed on ${cluster.info.name}.`,
      );
      return;
    }
    case 'outdated':
      throw new ClusterError('failed', outcome.message);
    case 'refused':
      throw new ClusterError('failed', refusalMessage(ref.name, outcome.message, outcome.causes));
  }
}

async function showDifferences(change: PlannedChange, cluster: string, texts: MadeTexts): Promise<void> {
  const { before, after, ref } = change;
  const left = texts.add(`${ref.name} on ${cluster}.yaml`, before === undefined ? '' : toYaml(before));
  const right = texts.add(`${ref.name} as it would be.yaml`, toYaml(after));
  await vscode.commands.executeCommand('vscode.diff', left, right, `Apply ${ref.name} to ${cluster}`, {
    preview: true,
  });
}

/** The version of Calico's API in each of its groups. */
function apiVersionOf({ resource }: ObjectRef): string {
  return resource.endsWith('.crd.projectcalico.org') ? 'crd.projectcalico.org/v1' : 'projectcalico.org/v3';
}

function emptyConfiguration(ref: ObjectRef): KubernetesObject {
  return {
    apiVersion: apiVersionOf(ref),
    kind: 'FelixConfiguration',
    metadata: { name: ref.name },
    spec: {},
  };
}

function uriOf({ cluster }: Session, ref: ObjectRef): vscode.Uri {
  return objectUri(cluster.info.name, ref, cluster.info.takenAt);
}

async function pickOnCluster({ cluster }: Session): Promise<ObjectRef | undefined> {
  const { resource, objects } = await withProgress('Reading the FelixConfigurations', (signal) =>
    listConfigurations(cluster, signal),
  );
  const [first] = objects;
  if (first === undefined) {
    throw new ClusterError(
      'not-recorded',
      `${cluster.info.name} has no FelixConfiguration: every key has its default.`,
    );
  }
  if (objects.length === 1) return { resource, name: first.metadata.name };
  const names = objects.map(({ metadata }) => metadata.name);
  const name = await vscode.window.showQuickPick(names, {
    title: `FelixConfiguration of ${cluster.info.name}`,
  });
  return name === undefined ? undefined : { resource, name };
}

function writtenIn(document: vscode.TextDocument): readonly WrittenConfiguration[] {
  try {
    const written = readConfigurations(document.getText());
    if (written.length > 0) return written;
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    throw new ClusterError('unreadable', `${nameOf(document)} cannot be read. ${error.message}`, {
      cause: error,
    });
  }
  throw new ClusterError('unsupported', `${nameOf(document)} holds no FelixConfiguration with a name.`);
}

function nameOf({ uri }: vscode.TextDocument): string {
  return uri.path.split('/').at(-1) ?? uri.path;
}

type Choice = vscode.QuickPickItem & { readonly written: WrittenConfiguration };

function choicesOf(document: vscode.TextDocument): readonly Choice[] {
  return writtenIn(document).map((written) => ({
    label: written.object.metadata.name,
    description: written.object.apiVersion ?? '',
    written,
  }));
}

async function pickWritten(
  document: vscode.TextDocument,
  title: string,
): Promise<WrittenConfiguration | undefined> {
  const choices = choicesOf(document);
  if (choices.length === 1) return choices[0]?.written;
  return (await vscode.window.showQuickPick([...choices], { title }))?.written;
}

async function pickSeveral(document: vscode.TextDocument): Promise<readonly WrittenConfiguration[]> {
  const choices = choicesOf(document).map((choice) => ({ ...choice, picked: true }));
  if (choices.length === 1) return choices.map(({ written }) => written);
  const options = { title: 'Apply which FelixConfigurations?', canPickMany: true } as const;
  return ((await vscode.window.showQuickPick(choices, options)) ?? []).map(({ written }) => written);
}
