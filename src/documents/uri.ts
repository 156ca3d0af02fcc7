import * as vscode from 'vscode';
import type { ProbeTarget } from '../session/session.ts';

export const scheme = 'calico-bpf';

/** What a dump's document is of. */
export interface DumpTarget extends ProbeTarget {
  readonly cluster: string;
  /** When the snapshot was taken, as ISO 8601; empty for a live cluster. */
  readonly time: string;
}

/** `calico-bpf:/<cluster>/<node>/<probe id>?<time>`: a dump as a document. */
export function dumpUri(cluster: string, { node, probe }: ProbeTarget, time: Date | undefined): vscode.Uri {
  return vscode.Uri.from({
    scheme,
    path: `/${[cluster, node, probe].map(escapeSegment).join('/')}`,
    query: time?.toISOString() ?? '',
  });
}

/** What a dump's document is of; `undefined` for a URI that is none. */
export function parseDumpUri(uri: vscode.Uri): DumpTarget | undefined {
  if (uri.scheme !== scheme) return undefined;
  const [cluster, node, probe, ...rest] = uri.path.slice(1).split('/').map(decodeSegment);
  if (cluster === undefined || node === undefined || probe === undefined || rest.length > 0) return undefined;
  return { cluster, node, probe, time: uri.query };
}

/** Names may hold a slash (a context of EKS does); nothing else is in the way. */
function escapeSegment(segment: string): string {
  return segment.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function decodeSegment(segment: string): string {
  return segment.replaceAll('%2F', '/').replaceAll('%25', '%');
}
