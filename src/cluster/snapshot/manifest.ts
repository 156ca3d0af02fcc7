import { join } from 'node:path';
import { ClusterError, type ClusterInfo, type ClusterKind, type Notice } from '../cluster.ts';
import { field, listField, numberField, textField } from '../../core/objects/object.ts';
import { readMaybePacked } from './files.ts';

/** What `format` and `version` of a `snapshot.json` say. */
export const snapshotFormat = 'calico-ebpf-snapshot';
export const formatVersion = 1;

export interface SnapshotPlace {
  /** The folder that holds `snapshot.json`. */
  readonly folder: string;
  /** What the user chose: the folder, or the archive. */
  readonly origin: string;
  readonly kind: ClusterKind;
}

/** Reads `snapshot.json`. */
export async function readManifest(
  { folder, origin, kind }: SnapshotPlace,
  signal: AbortSignal,
): Promise<ClusterInfo> {
  const bytes = await readMaybePacked(join(folder, 'snapshot.json'), signal);
  if (bytes === undefined) {
    throw new ClusterError(
      'no-snapshot',
      `${origin} is no snapshot: there is no snapshot.json in it. Choose the folder or the .tar.gz that a snapshot was saved to.`,
    );
  }
  const manifest = parseManifest(origin, bytes);
  const takenAt = new Date(textField(manifest, 'takenAt') ?? Number.NaN);
  return {
    name: textField(manifest, 'cluster') ?? 'unnamed cluster',
    kind,
    origin,
    takenAt: Number.isNaN(takenAt.getTime()) ? undefined : takenAt,
    calicoVersion: textField(manifest, 'calicoVersion'),
    kubernetesVersion: textField(manifest, 'kubernetesVersion'),
    description: textField(manifest, 'description'),
    redacted: field(manifest, 'redacted') === true,
    notices: listField(manifest, 'incomplete').map(toNotice),
  };
}

function parseManifest(origin: string, bytes: Uint8Array): unknown {
  let manifest: unknown;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ClusterError(
      'unreadable',
      `The snapshot.json of ${origin} is not JSON. The snapshot is damaged.`,
      {
        cause: error,
      },
    );
  }
  if (textField(manifest, 'format') !== snapshotFormat) {
    throw new ClusterError(
      'no-snapshot',
      `${origin} is no snapshot: its snapshot.json is of another format.`,
    );
  }
  const version = numberField(manifest, 'version');
  if (version === undefined || version > formatVersion) {
    throw new ClusterError(
      'newer-format',
      `${origin} has snapshot format ${version ?? 'unknown'}, newer than this version can read (${formatVersion}). Update Calico eBPF.`,
    );
  }
  return manifest;
}

function toNotice(entry: unknown): Notice {
  return {
    what: textField(entry, 'what') ?? 'something',
    why: textField(entry, 'why') ?? 'it was not recorded; the snapshot does not say why',
  };
}
