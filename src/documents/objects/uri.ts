import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/cluster.ts';

export const objectScheme = 'calico-bpf-object';

/** What an object's document is of. */
export interface ObjectTarget extends ObjectRef {
  readonly cluster: string;
  /** When the snapshot was taken, as ISO 8601; empty for a live cluster. */
  readonly time: string;
}

/** `calico-bpf-object:/<cluster>/<resource>/<name>.yaml?<time>`: an object of the cluster as a document. */
export function objectUri(
  cluster: string,
  { resource, name }: ObjectRef,
  time: Date | undefined,
): vscode.Uri {
  const path = [cluster, resource, `${name}.yaml`].map(encodeURIComponent).join('/');
  return vscode.Uri.from({ scheme: objectScheme, path: `/${path}`, query: time?.toISOString() ?? '' });
}

/** What an object's document is of; `undefined` for a URI that is none. */
export function parseObjectUri(uri: vscode.Uri): ObjectTarget | undefined {
  if (uri.scheme !== objectScheme) return undefined;
  const [cluster, resource, file, ...rest] = uri.path.slice(1).split('/').map(decodeURIComponent);
  if (cluster === undefined || resource === undefined || file?.endsWith('.yaml') !== true) return undefined;
  if (rest.length > 0) return undefined;
  return { cluster, resource, name: file.slice(0, -'.yaml'.length), time: uri.query };
}
