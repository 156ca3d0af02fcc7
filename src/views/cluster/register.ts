import * as vscode from 'vscode';
import type { Connection } from '../../host/connection.ts';
import { setContext } from '../../host/context.ts';
import { showFailure } from '../../host/failures.ts';
import { nameSelections, nodeSelections, type LiveUpdates } from '../../host/liveUpdates.ts';
import type { Log } from '../../host/log.ts';
import { nameCluster } from '../../host/viewTitle.ts';
import type { GroupId } from './elements.ts';
import type { ClusterTree } from './provider.ts';

export interface ClusterViewServices {
  readonly connection: Connection;
  readonly tree: ClusterTree;
  readonly updates: LiveUpdates;
  readonly log: Log;
}

/** The view *Cluster*. When it is first shown, it opens what was open before; while it is shown, it is kept up to date. */
export function registerClusterView({
  connection,
  tree,
  updates,
  log,
}: ClusterViewServices): vscode.Disposable {
  const view = vscode.window.createTreeView('calicoBpf.cluster', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const nodes = updates.needWhile(nodeSelections);
  const names = updates.needWhile(nameSelections);
  /** Whether anything is expanded that shows pods by their names. */
  let showsNames = false;
  const follow = () => {
    nodes.set(view.visible);
    names.set(view.visible && showsNames);
    if (!view.visible) return;
    connection.restore().catch((error: unknown) => showFailure(error, 'Opening the last cluster', log));
  };
  const showState = () => {
    view.message = messageOf(connection, tree);
    setContext('calicoBpf.isAsking', tree.progress !== undefined);
    setContext('calicoBpf.hasFilter', tree.filter !== '');
  };
  follow();
  return vscode.Disposable.from(
    view,
    nodes,
    names,
    view.onDidChangeVisibility(follow),
    view.onDidExpandElement(({ element }) => {
      showsNames ||= element.kind === 'group' && namedGroups.has(element.group);
      follow();
    }),
    nameCluster(view, connection),
    tree.onDidChangeProgress(showState),
    connection.onDidChange(() => {
      showState();
      tree.refresh();
    }),
  );
}

const namedGroups: ReadonlySet<GroupId> = new Set<GroupId>(['interfaces', 'policies']);

/** What stands above the tree: that something is opened, was lost, is being asked, or is not shown. */
function messageOf({ state, outage }: Connection, { progress, filter }: ClusterTree): string {
  if (state.kind === 'opening') return 'Opening …';
  if (state.kind !== 'open') return '';
  const lost = outage && `Not connected since ${outage.since.toLocaleTimeString()}: ${outage.message}`;
  const asking = progress && `${progress.done} of ${progress.of} nodes have answered …`;
  const filtered = filter === '' ? undefined : `Only nodes that match “${filter}” are shown.`;
  return [lost, asking, filtered].filter((line) => line !== undefined).join('\n');
}
