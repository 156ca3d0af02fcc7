/**
 * The only way to change a cluster. A change is planned first, which asks the API server what it would do
 * (a dry run); what comes of it is shown to the user, and only then it is made. Between the two nothing may have
 * changed: a change is made to the version that it was planned for, or not at all.
 */
import {
  ClusterError,
  isClusterError,
  type LiveCluster,
  type ObjectRef,
  type WriteAnswer,
  type WriteCause,
} from './cluster.ts';
import { keeperOf, managersOf } from './managers.ts';
import { field, type KubernetesObject } from '../core/objects/object.ts';

/** A change of one object, as the API server would make it. */
export interface PlannedChange {
  readonly ref: ObjectRef;
  /** `edit` replaces the version that the document was made from, `apply` leaves alone what the document does not name. */
  readonly way: 'create' | 'edit' | 'apply';
  /** The object as it is; `undefined` when it is to be created. */
  readonly before: KubernetesObject | undefined;
  /** The object as it would be. */
  readonly after: KubernetesObject;
  /** The keys of the spec that change. */
  readonly changes: readonly KeyChange[];
  /** Keys that are set on the cluster and that the document does not name: they stay. */
  readonly kept: readonly string[];
  /** Fields that somebody else manages, and that would be ours. */
  readonly takenOver: readonly WriteCause[];
  /** Who is likely to put it back: a GitOps tool or an operator. */
  readonly keeper: string | undefined;
  /** What the API server warns of. */
  readonly warnings: readonly string[];
  /** What is sent. */
  readonly body: KubernetesObject;
}

export interface KeyChange {
  readonly key: string;
  /** `undefined` where it is not set. */
  readonly before: unknown;
  readonly after: unknown;
}

export type Planning =
  | { readonly kind: 'planned'; readonly change: PlannedChange }
  /** The cluster has it so already. */
  | { readonly kind: 'same'; readonly object: KubernetesObject }
  | { readonly kind: 'refused'; readonly message: string; readonly causes: readonly WriteCause[] }
  /** The document is of an older version of the object than the cluster holds. */
  | { readonly kind: 'outdated'; readonly message: string };

export type ChangeOutcome =
  | { readonly kind: 'made'; readonly object: KubernetesObject }
  /** Somebody else was quicker; nothing was changed. */
  | { readonly kind: 'outdated'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string; readonly causes: readonly WriteCause[] };

/**
 * Asks what a document would change. One with a `metadata.resourceVersion` is an edit of that version, as
 * `kubectl edit` makes it: what it does not name goes. One without is applied, as `kubectl apply` does.
 * @throws ClusterError
 */
export async function planChange(
  cluster: LiveCluster,
  ref: ObjectRef,
  document: KubernetesObject,
  signal: AbortSignal,
): Promise<Planning> {
  const before = await cluster.read(ref, signal);
  const way = wayOf(document, before);
  const version = document.metadata['resourceVersion'];
  if (before === undefined ? version !== undefined : isOutdated(version, before)) {
    return { kind: 'outdated', message: outdatedMessage(ref, before) };
  }
  const tried = await tryDocument(cluster, { ref, way, before, document }, signal);
  if (tried.kind !== 'written') return { kind: 'refused', message: tried.message, causes: tried.causes };
  const { after, body, takenOver, warnings } = tried;
  const changes = changedKeys(specOf(before), specOf(after));
  if (before !== undefined && changes.length === 0 && !hasOtherMetadata(before, after)) {
    return { kind: 'same', object: before };
  }
  const change: PlannedChange = {
    ref,
    way,
    before,
    after,
    changes,
    kept: way === 'apply' ? keptKeys(before, document) : [],
    takenOver,
    keeper: before === undefined ? undefined : keeperOf(before, new Set(changes.map(({ key }) => key))),
    warnings,
    body,
  };
  return { kind: 'planned', change };
}

/**
 * Makes a change that was planned and agreed to. When the answer is lost, the cluster is asked whether it was made.
 * @throws ClusterError
 */
export async function makeChange(
  cluster: LiveCluster,
  { ref, way, body, after }: PlannedChange,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  const verb = way === 'edit' ? 'replace' : way;
  try {
    const answer = await cluster.write({ verb, ref, object: body, force: true, isDryRun: false }, signal);
    switch (answer.kind) {
      case 'written':
        return { kind: 'made', object: answer.object };
      case 'conflict':
        return {
          kind: 'outdated',
          message: `${ref.name} was changed meanwhile, and was left as it is. ${answer.message}`,
        };
      case 'refused':
        return answer;
    }
  } catch (error) {
    if (!isClusterError(error) || error.reason !== 'unreachable') throw error;
    return lookWhetherMade(cluster, { ref, after }, error, signal);
  }
}

async function lookWhetherMade(
  cluster: LiveCluster,
  { ref, after }: Pick<PlannedChange, 'ref' | 'after'>,
  error: ClusterError,
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  const found = await cluster.read(ref, signal).catch(() => {
    throw new ClusterError(
      'unreachable',
      `Whether ${ref.name} was changed is not known: the answer was lost. Look at it before you try again. ${error.message}`,
      { cause: error },
    );
  });
  if (found !== undefined && changedKeys(specOf(found), specOf(after)).length === 0) {
    return { kind: 'made', object: found };
  }
  throw new ClusterError('unreachable', `${ref.name} was not changed. ${error.message}`, { cause: error });
}

/**
 * Writes an object back over the very version that was read; whether it was: somebody else may have been quicker.
 * Only for what was agreed to before, such as the end of a loan.
 * @throws ClusterError
 */
export async function replaceObject(
  cluster: LiveCluster,
  ref: ObjectRef,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<boolean> {
  return isWritten(await cluster.write({ verb: 'replace', ref, object, isDryRun: false }, signal));
}

/** Deletes the very version of an object that was read, in the same way. @throws ClusterError */
export async function withdrawObject(
  cluster: LiveCluster,
  ref: ObjectRef,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<boolean> {
  return isWritten(await cluster.write({ verb: 'delete', ref, object, isDryRun: false }, signal));
}

function isWritten(answer: WriteAnswer): boolean {
  if (answer.kind !== 'refused') return answer.kind === 'written';
  throw new ClusterError('failed', `The API server does not take it back: ${answer.message}`);
}

interface Attempt {
  readonly ref: ObjectRef;
  readonly way: PlannedChange['way'];
  readonly before: KubernetesObject | undefined;
  readonly document: KubernetesObject;
}

type Tried =
  | {
      readonly kind: 'written';
      readonly after: KubernetesObject;
      readonly body: KubernetesObject;
      readonly takenOver: readonly WriteCause[];
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'refused' | 'conflict';
      readonly message: string;
      readonly causes: readonly WriteCause[];
    };

/** Lets the server judge the document, and say what would come of it. */
async function tryDocument(cluster: LiveCluster, attempt: Attempt, signal: AbortSignal): Promise<Tried> {
  const { ref, way, before, document } = attempt;
  const whole = bodyOf(document, before, way);
  const verb = before === undefined ? 'create' : 'replace';
  // Server-side apply names one fault at a time and calls most of them an internal error; these two name all.
  const judged = await cluster.write({ verb, ref, object: whole, isDryRun: true }, signal);
  if (judged.kind !== 'written') return judged;
  const { warnings } = judged;
  if (way !== 'apply') {
    return { kind: 'written', after: judged.object, body: whole, takenOver: [], warnings };
  }
  const body = applied(document, before);
  const asked = await cluster.write({ verb: 'apply', ref, object: body, isDryRun: true }, signal);
  if (asked.kind === 'written') return { ...asked, after: asked.object, body, takenOver: [] };
  const forced = await cluster.write(
    { verb: 'apply', ref, object: body, force: true, isDryRun: true },
    signal,
  );
  if (forced.kind !== 'written') return forced;
  return { ...forced, after: forced.object, body, takenOver: asked.causes };
}

function wayOf(document: KubernetesObject, before: KubernetesObject | undefined): PlannedChange['way'] {
  if (before === undefined) return 'create';
  return document.metadata['resourceVersion'] === undefined ? 'apply' : 'edit';
}

function isOutdated(version: unknown, before: KubernetesObject): boolean {
  // Who writes it by hand may leave out the quotes.
  const written = typeof version === 'number' ? String(version) : version;
  return version !== undefined && written !== before.metadata['resourceVersion'];
}

function outdatedMessage({ name }: ObjectRef, before: KubernetesObject | undefined): string {
  if (before === undefined)
    return `${name} is not on the cluster any more. Without its resourceVersion it would be created anew.`;
  const by = managersOf(before).at(-1);
  const who = by === undefined ? '' : `, last by ${by.name}${by.time === undefined ? '' : ` at ${by.time}`}`;
  return `${name} was changed since this copy of it was made${who}. Compare it with the cluster, take over what you want, and give it the cluster’s resourceVersion.`;
}

/** What of a document's metadata is somebody's wish; the rest is the server's. */
function wishedMetadata({ metadata }: KubernetesObject): KubernetesObject['metadata'] {
  const { name, labels, annotations } = metadata;
  return {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** The whole object as it is to be: for an edit the document, for an apply the document over what is there. */
function bodyOf(
  document: KubernetesObject,
  before: KubernetesObject | undefined,
  way: PlannedChange['way'],
): KubernetesObject {
  const wished = { ...document, metadata: wishedMetadata(document) };
  if (before === undefined) return wished;
  const { resourceVersion } = before.metadata;
  const applied = before.metadata.annotations?.[lastApplied];
  const bookkeeping =
    applied === undefined
      ? {}
      : { annotations: { [lastApplied]: applied, ...document.metadata.annotations } };
  const metadata = { ...wished.metadata, ...bookkeeping, resourceVersion };
  if (way === 'edit') return { ...wished, metadata };
  return {
    ...wished,
    metadata: {
      ...metadata,
      labels: { ...before.metadata.labels, ...document.metadata.labels },
      annotations: { ...before.metadata.annotations, ...document.metadata.annotations },
    },
    spec: { ...specOf(before), ...specOf(document) },
  };
}

/** What kubectl notes on an object that it applied; whoever edits the object leaves it. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function applied(document: KubernetesObject, before: KubernetesObject | undefined): KubernetesObject {
  const resourceVersion = before?.metadata['resourceVersion'];
  return { ...document, metadata: { ...wishedMetadata(document), resourceVersion } };
}

/** The spec of an object; empty where it has none. */
export function specOf(object: KubernetesObject | undefined): Readonly<Record<string, unknown>> {
  const spec = field(object, 'spec');
  return typeof spec === 'object' && spec !== null ? (spec as Readonly<Record<string, unknown>>) : {};
}

/** The keys whose values differ, in alphabetical order. */
export function changedKeys(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly KeyChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return keys
    .map((key) => ({ key, before: before[key], after: after[key] }))
    .filter((change) => !sameValue(change.before, change.after));
}

function keptKeys(before: KubernetesObject | undefined, document: KubernetesObject): readonly string[] {
  const named = specOf(document);
  return Object.keys(specOf(before)).filter((key) => !(key in named));
}

function hasOtherMetadata(before: KubernetesObject, after: KubernetesObject): boolean {
  const of = ({ metadata }: KubernetesObject) =>
    canonical([metadata.labels ?? {}, metadata.annotations ?? {}]);
  return of(before) !== of(after);
}

/** Whether two values are the same, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** A value as text, whatever the order of its keys. */
function canonical(value: unknown): string {
  const sorted = (_key: string, at: unknown): unknown =>
    typeof at === 'object' && at !== null && !Array.isArray(at)
      ? Object.fromEntries(Object.entries(at).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : at;
  return JSON.stringify(value, sorted) ?? 'undefined';
}
