import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  ClusterError,
  type Cluster,
  type ClusterInfo,
  type ClusterKind,
  type Notice,
  type ProbeRequest,
  type ProbeResult,
} from '../cluster.ts';
import type { KubernetesObject } from '../../core/objects/object.ts';
import { unpackArchive } from './archive.ts';
import { escapeFileName, probeFileName } from './fileNames.ts';
import { printed } from '../../core/text/printed.ts';
import { isFile, isFolder, readMaybePacked, readPrinted } from './files.ts';
import { readManifest } from './manifest.ts';
import { readObjects } from './objects.ts';
import { readProbeList, type RecordedProbe } from './probeList.ts';

export interface OpenSnapshotOptions {
  readonly kind?: ClusterKind;
}

/**
 * Opens a snapshot: a folder, or the same folder as `.tar.gz`, in the format that ARCHITECTURE.md describes.
 * @throws ClusterError `no-snapshot`, `newer-format`, `unreadable`, `too-large`
 */
export async function openSnapshot(
  path: string,
  { kind = 'snapshot' }: OpenSnapshotOptions,
  signal: AbortSignal,
): Promise<Cluster> {
  if (await isFolder(path)) return openFolder({ folder: path, origin: path, kind }, async () => {}, signal);
  if (!(await isFile(path))) throw new ClusterError('no-snapshot', `${path} does not exist.`);
  if (basename(path) === 'snapshot.json') return openSnapshot(join(path, '..'), { kind }, signal);
  const { folder, remove } = await unpackArchive(path, signal);
  try {
    return await openFolder({ folder, origin: path, kind }, remove, signal);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function openFolder(
  place: { readonly folder: string; readonly origin: string; readonly kind: ClusterKind },
  release: () => Promise<void>,
  signal: AbortSignal,
): Promise<Cluster> {
  const info = await readManifest(place, signal);
  const notices = [...info.notices, ...(await findUnknown(place.folder))];
  return new SnapshotCluster(place.folder, { ...info, notices }, release);
}

/** What lies in the folder and is no part of the format: ignored, and said once. */
async function findUnknown(folder: string): Promise<readonly Notice[]> {
  const known = new Set(['snapshot.json', 'snapshot.json.gz', 'objects', 'nodes']);
  const unknown = (await readdir(folder)).filter((name) => !known.has(name) && !name.startsWith('.'));
  if (unknown.length === 0) return [];
  return [{ what: unknown.join(', '), why: 'not part of the snapshot format; ignored' }];
}

class SnapshotCluster implements Cluster {
  readonly info: ClusterInfo;
  readonly #folder: string;
  readonly #release: () => Promise<void>;
  readonly #probeLists = new Map<string, Promise<ReadonlyMap<string, RecordedProbe> | undefined>>();
  #isClosed = false;

  constructor(folder: string, info: ClusterInfo, release: () => Promise<void>) {
    this.#folder = folder;
    this.info = info;
    this.#release = release;
  }

  async list(resource: string, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    this.#check(signal);
    return readObjects(this.#folder, resource, signal);
  }

  async probe({ node, probe }: ProbeRequest, signal: AbortSignal): Promise<ProbeResult> {
    this.#check(signal);
    // Who records JSON alone has said the same: every reader of a dump takes both forms.
    const recorded =
      (await this.#recorded(node, probe, signal)) ?? (await this.#recorded(node, `${probe}.json`, signal));
    if (recorded === undefined)
      throw new ClusterError('not-recorded', `The snapshot holds no ${probe} of ${node}.`);
    return { ...recorded, probe };
  }

  async #recorded(node: string, probe: string, signal: AbortSignal): Promise<ProbeResult | undefined> {
    const folder = this.#nodeFolder(node);
    const recorded = (await this.#probeList(node))?.get(probe);
    const stdout = await readPrinted(join(folder, probeFileName(probe, 'out')), signal);
    const stderr = await readMaybePacked(join(folder, probeFileName(probe, 'err')), signal);
    if (recorded === undefined && stdout === undefined && stderr === undefined) return undefined;
    return {
      node,
      probe,
      argv: recorded?.argv ?? [],
      stdout: stdout ?? printed(new Uint8Array()),
      stderr: stderr ?? new Uint8Array(),
      exitCode: recorded?.exitCode,
      startedAt: recorded?.startedAt,
      durationMs: recorded?.durationMs,
      truncated: recorded?.truncated ?? false,
    };
  }

  async probedNodes(signal: AbortSignal): Promise<readonly string[]> {
    this.#check(signal);
    return (await namesIn(join(this.#folder, 'nodes'))).toSorted();
  }

  async probes(node: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#check(signal);
    return [...((await this.#probeList(node))?.keys() ?? [])];
  }

  async traces(node: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#check(signal);
    const files = await namesIn(join(this.#nodeFolder(node), 'traces'));
    return files
      .filter((file) => /\.log(?:\.gz)?$/.test(file))
      .map((file) => file.replace(/\.log(?:\.gz)?$/, ''));
  }

  async trace(
    { node, name }: { readonly node: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    this.#check(signal);
    const bytes = await readMaybePacked(
      join(this.#nodeFolder(node), 'traces', `${escapeFileName(name)}.log`),
      signal,
    );
    if (bytes === undefined)
      throw new ClusterError('not-recorded', `The snapshot holds no trace “${name}” of ${node}.`);
    return bytes;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#release();
  }

  #nodeFolder(node: string): string {
    return join(this.#folder, 'nodes', escapeFileName(node));
  }

  #probeList(node: string): Promise<ReadonlyMap<string, RecordedProbe> | undefined> {
    const known = this.#probeLists.get(node);
    if (known !== undefined) return known;
    // Not the caller's signal: one caller that gives up must not spoil it for the next.
    const list = readProbeList(this.#nodeFolder(node), new AbortController().signal);
    this.#probeLists.set(node, list);
    return list;
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.#isClosed) throw new ClusterError('unreachable', `${this.info.name} has been closed.`);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
