import type * as vscode from 'vscode';
import type { ClusterInfo } from '../cluster/cluster.ts';
import { formatAge } from './age.ts';
import type { Connection } from './connection.ts';

/** Lets the title of a view say which cluster it shows, for as long as it is not disposed. */
export function nameCluster(
  view: { description?: string | undefined },
  connection: Connection,
): vscode.Disposable {
  const update = () => {
    const { session } = connection;
    view.description = session === undefined ? '' : describeCluster(session.cluster.info, new Date());
  };
  update();
  return connection.onDidChange(update);
}

/** `shop`, or `shop, 2 hours ago` of a recording. */
export function describeCluster({ name, takenAt }: ClusterInfo, now: Date): string {
  return takenAt === undefined ? name : `${name}, ${formatAge(takenAt, now)}`;
}
