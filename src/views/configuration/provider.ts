import * as vscode from 'vscode';
import { ifAnswered, isClusterError } from '../../cluster/cluster.ts';
import { nodesReached } from '../../core/felix/reach.ts';
import { field, type KubernetesObject } from '../../core/objects/object.ts';
import type { Connection } from '../../host/connection.ts';
import type { Session } from '../../session/session.ts';
import { idOf, type ConfigurationElement, type Element, type NodeElement } from './elements.ts';
import { toTreeItem } from './treeItems.ts';

/** The Configuration view's tree: what is set, and what is in effect on each node. */
export class ConfigurationTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly #disposal = new AbortController();
  readonly #parts: vscode.Disposable;
  readonly onDidChangeTreeData = this.#didChange.event;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#parts = connection.onDidChange(() => this.#didChange.fire());
  }

  dispose(): void {
    this.#disposal.abort();
    this.#parts.dispose();
    this.#didChange.dispose();
  }

  getTreeItem(element: Element): vscode.TreeItem {
    return toTreeItem(element);
  }

  async getChildren(parent?: Element): Promise<Element[]> {
    const { session } = this.#connection;
    if (session === undefined) return []; // The view is hidden then.
    try {
      return [...(await childrenOf(parent, session, this.#disposal.signal))];
    } catch (error) {
      if (!isClusterError(error)) throw error;
      const under = parent === undefined ? 'root' : idOf(parent);
      return [{ kind: 'remark', under, message: error.message, reason: error.reason }];
    }
  }
}

async function childrenOf(
  parent: Element | undefined,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  switch (parent?.kind) {
    case undefined:
      return roots(session, signal);
    case 'configuration':
      return Object.entries(parent.spec)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => ({ kind: 'key', ref: parent.ref, key, value }));
    case 'nodes':
      return parent.names.map((node) => ({ kind: 'configuredNode', node }));
    case 'configuredNode':
      return settingsOn(parent, session, signal);
    case 'key':
    case 'setting':
    case 'remark':
      return [];
  }
}

async function roots(session: Session, signal: AbortSignal): Promise<readonly Element[]> {
  const { listConfigurations } = await import('../../configuration/flows.ts');
  const [{ resource, objects }, nodes, probed] = await Promise.all([
    listConfigurations(session.cluster, signal),
    ifAnswered(session.cluster.list('nodes', signal)),
    session.cluster.probedNodes(signal),
  ]);
  const configurations = objects
    .toSorted((a, b) => rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((object): ConfigurationElement => ({
      kind: 'configuration',
      ref: { resource, name: object.metadata.name },
      nodes: nodes && nodesReached(object, nodes).length,
      spec: Object(field(object, 'spec') ?? {}) as Readonly<Record<string, unknown>>,
    }));
  const nothing = 'There is no FelixConfiguration: every key has its default.';
  return [
    ...(configurations.length === 0
      ? [{ kind: 'remark', under: 'root', message: nothing, reason: undefined } as const]
      : configurations),
    ...(probed.length === 0 ? [] : [{ kind: 'nodes', names: probed } as const]),
  ];
}

/** `default` comes first, those of single nodes last. */
function rank({ metadata: { name } }: KubernetesObject): number {
  if (name === 'default') return 0;
  return name.startsWith('node.') ? 2 : 1;
}

async function settingsOn(
  parent: NodeElement,
  session: Session,
  signal: AbortSignal,
): Promise<readonly Element[]> {
  const { effectiveSettings } = await import('../../configuration/flows.ts');
  const settings = await effectiveSettings(session, parent.node, signal);
  if (settings !== undefined && settings.length > 0) {
    return settings.map((setting) => ({ kind: 'setting', node: parent.node, setting }));
  }
  const message =
    settings === undefined
      ? 'Not known: Felix’s log here does not reach back to its start.'
      : 'Nothing is set here: every key has its default.';
  return [{ kind: 'remark', under: idOf(parent), message, reason: undefined }];
}
