import { isClusterError, type Cluster, type Notice } from '../cluster.ts';
import type { KubernetesObject } from '../../core/objects/object.ts';
import { formatVersion, snapshotFormat } from './manifest.ts';
import { recordedResources, type SnapshotExtent } from './plan.ts';
import { recordNode } from './recordNode.ts';
import { mergeNotices } from './notices.ts';
import { toWriteFailure, writeJson, type SnapshotTarget } from './target.ts';
import { createRedaction, noRedaction, type Redaction } from './redact/redaction.ts';
import { withholdSecrets } from './withhold.ts';

export interface TakeSnapshotOptions {
  /** All nodes, if not given. */
  readonly nodes?: readonly string[] | undefined;
  readonly extent?: SnapshotExtent | undefined;
  readonly description?: string | undefined;
  /** Whether names and addresses are replaced. */
  readonly redacts?: boolean | undefined;
  /** Whether a snapshot that is stopped on its way is kept with what it has. */
  readonly whenStopped: 'keep' | 'discard';
  readonly report: (progress: SnapshotProgress) => void;
}

export type SnapshotProgress =
  | { readonly kind: 'objects'; readonly resources: number; readonly objects: number }
  | {
      readonly kind: 'node';
      readonly node: string;
      readonly probes: number;
      readonly bytes: number;
      /** Why not all was recorded; `undefined` when it was. */
      readonly trouble: string | undefined;
      /** How many nodes are through, of how many. */
      readonly done: number;
      readonly of: number;
    };

export interface TakenSnapshot {
  readonly path: string;
  readonly nodes: number;
  readonly incomplete: readonly Notice[];
}

/**
 * Records a cluster into a snapshot: what cannot be had is listed in it as incomplete, with the reason, and costs
 * nothing else. Values that may be secrets are not written.
 * @throws ClusterError `failed` when it cannot be written; what the cluster refuses is no error
 */
export async function takeSnapshot(
  cluster: Cluster,
  target: SnapshotTarget,
  options: TakeSnapshotOptions,
  signal: AbortSignal,
): Promise<TakenSnapshot> {
  const notices: Notice[] = [];
  const takenAt = new Date();
  try {
    const listed = await listObjects(cluster, notices, signal);
    const redaction = options.redacts === true ? createRedaction(namedObjects(listed)) : noRedaction;
    const run: SnapshotRun = { cluster, target, options, signal, notices, redaction };
    await writeObjects(run, listed);
    const nodes = options.nodes ?? (await findNodes(run, listed));
    await recordNodes(run, nodes);
    if (signal.aborted && options.whenStopped === 'discard') signal.throwIfAborted();
    if (signal.aborted) notices.push({ what: 'all that is missing', why: 'it was stopped on its way' });
    const incomplete = mergeNotices(notices).map(({ what, why }) => ({
      what: redaction.words(what),
      why: redaction.words(why),
    }));
    await writeManifest(run, takenAt, incomplete);
    await target.finish();
    return { path: target.path, nodes: nodes.length, incomplete };
  } catch (error) {
    await target.discard();
    throw toWriteFailure(target.path, error);
  }
}

/** A snapshot that is being taken. */
export interface SnapshotRun {
  readonly cluster: Cluster;
  readonly target: SnapshotTarget;
  readonly options: TakeSnapshotOptions;
  readonly signal: AbortSignal;
  readonly notices: Notice[];
  readonly redaction: Redaction;
}

type Listed = ReadonlyMap<string, readonly KubernetesObject[]>;

/** The objects of all resources that the cluster has, and lets be read. */
async function listObjects(cluster: Cluster, notices: Notice[], signal: AbortSignal): Promise<Listed> {
  const found = await Promise.all(
    recordedResources.map((names) => listFirst(cluster, names, notices, signal)),
  );
  return new Map(found.filter((each) => each !== undefined));
}

function namedObjects(listed: Listed) {
  const of = (resource: string) => listed.get(resource) ?? [];
  return { nodes: of('nodes'), namespaces: of('namespaces'), pods: of('pods'), services: of('services') };
}

async function writeObjects(run: SnapshotRun, listed: Listed): Promise<void> {
  let objects = 0;
  for (const [resource, found] of listed) {
    objects += found.length;
    const items = found.map((object) => run.redaction.object(withholdSecrets(resource, object)));
    await writeJson(run.target, `objects/${resource}.json`, { apiVersion: 'v1', kind: 'List', items });
  }
  run.options.report({ kind: 'objects', resources: listed.size, objects });
}

/** Under the first of its names that the cluster knows. */
async function listFirst(
  cluster: Cluster,
  names: readonly string[],
  notices: Notice[],
  signal: AbortSignal,
): Promise<readonly [string, readonly KubernetesObject[]] | undefined> {
  for (const resource of names) {
    try {
      return [resource, await cluster.list(resource, signal)];
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!isClusterError(error)) throw error;
      if (error.reason === 'not-recorded') continue;
      notices.push({ what: resource, why: error.message });
      return undefined;
    }
  }
  return undefined;
}

async function findNodes(run: SnapshotRun, objects: Listed): Promise<readonly string[]> {
  const listed = (objects.get('nodes') ?? []).map(({ metadata }) => metadata.name);
  try {
    const probed = await run.cluster.probedNodes(run.signal);
    return [...new Set([...listed, ...probed])].toSorted();
  } catch (error) {
    if (!isClusterError(error) && !run.signal.aborted) throw error;
    return listed;
  }
}

async function recordNodes(run: SnapshotRun, nodes: readonly string[]): Promise<void> {
  let done = 0;
  await Promise.all(
    nodes.map(async (node) => {
      const { probes, bytes, trouble } = await recordNode(run, node);
      done += 1;
      run.options.report({ kind: 'node', node, probes, bytes, trouble, done, of: nodes.length });
    }),
  );
}

async function writeManifest(run: SnapshotRun, takenAt: Date, incomplete: readonly Notice[]): Promise<void> {
  const { cluster, redaction, options } = run;
  const { info } = cluster;
  await writeJson(run.target, 'snapshot.json', {
    format: snapshotFormat,
    version: formatVersion,
    takenAt: (info.takenAt ?? takenAt).toISOString(),
    cluster: redaction.isActive ? 'redacted' : info.name,
    calicoVersion: info.calicoVersion,
    kubernetesVersion: info.kubernetesVersion,
    description: options.description ?? (redaction.isActive ? undefined : info.description),
    redacted: redaction.isActive || info.redacted,
    incomplete: [...info.notices, ...incomplete],
  });
}
