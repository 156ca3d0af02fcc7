/**
 * The seam to a cluster: the only way anything here learns about one. It yields raw things, Kubernetes objects
 * and what a read-only command printed on a node; reading and judging them is done in core.
 */
import type { KubernetesObject } from '../core/objects/object.ts';
import type { Printed } from '../core/text/printed.ts';

export type ClusterKind = 'live' | 'snapshot' | 'sample';

export interface ClusterInfo {
  /** The cluster's own name: that of the context, or the one recorded in the snapshot. */
  readonly name: string;
  readonly kind: ClusterKind;
  /** Where it comes from, to show: the context, or the path of the snapshot. */
  readonly origin: string;
  /** When a snapshot was taken. */
  readonly takenAt: Date | undefined;
  readonly calicoVersion: string | undefined;
  readonly kubernetesVersion: string | undefined;
  readonly description: string | undefined;
  readonly redacted: boolean;
  /** What is known to be missing or was not understood, each said once. */
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly what: string;
  readonly why: string;
}

export interface ProbeRequest {
  readonly node: string;
  /** A probe id of the catalogue, such as `nat.dump.v6`. */
  readonly probe: string;
}

/** What a command printed. Success is never its exit status alone: see `core/nodes/answer.ts`. */
export interface ProbeResult {
  readonly node: string;
  readonly probe: string;
  /** Empty when it is not known how it was asked. */
  readonly argv: readonly string[];
  readonly stdout: Printed;
  readonly stderr: Uint8Array;
  /** `undefined` when the command did not end by itself. */
  readonly exitCode: number | undefined;
  readonly startedAt: Date | undefined;
  readonly durationMs: number | undefined;
  /** Whether stdout is known to be cut off, by a limit or a lost connection. */
  readonly truncated: boolean;
}

export interface Cluster {
  readonly info: ClusterInfo;

  /**
   * The objects of a resource, named `<plural>.<group>` (`pods` in the core group).
   * @throws ClusterError `not-recorded`, `unreadable`, `forbidden`, `unreachable`
   */
  list(resource: string, signal: AbortSignal): Promise<readonly KubernetesObject[]>;

  /**
   * Runs a probe on a node, or answers what was recorded of it.
   * @throws ClusterError `not-recorded`, `unreadable`, `too-large`, `forbidden`, `unreachable`
   */
  probe(request: ProbeRequest, signal: AbortSignal): Promise<ProbeResult>;

  /** The names of the nodes of which anything is known beyond the Kubernetes objects. */
  probedNodes(signal: AbortSignal): Promise<readonly string[]>;

  /** The ids of the probes that are known to have an answer; empty where anything may be asked (a live cluster). */
  probes(node: string, signal: AbortSignal): Promise<readonly string[]>;

  /** The captured traces of a node; empty when there are none. */
  traces(node: string, signal: AbortSignal): Promise<readonly string[]>;

  /** The bytes of one captured trace. */
  trace(request: { readonly node: string; readonly name: string }, signal: AbortSignal): Promise<Uint8Array>;

  /** Frees what the backend holds (temporary files, sockets). Using it afterwards fails. */
  close(): Promise<void>;
}

/** A cluster that lives: it changes, and commands may run in it for as long as they are wanted. */
export interface LiveCluster extends Cluster {
  /**
   * Some objects of a resource.
   * @throws ClusterError as `list` does
   */
  select(selection: Selection, signal: AbortSignal): Promise<readonly KubernetesObject[]>;

  /**
   * Some objects of a resource and every change of them. After a gap, `listed` comes again. Ends with the signal
   * only, or when it is refused for good.
   * @throws ClusterError `forbidden`, `not-recorded`
   */
  watch(selection: Selection, signal: AbortSignal): AsyncIterable<WatchEvent>;

  /**
   * What the kernel's trace pipe on a node prints, until the signal, the time limit or the consumer ends it; then
   * nothing of it runs on.
   * @throws ClusterError `forbidden`, `unreachable`
   */
  followTrace(request: TraceRequest, signal: AbortSignal): AsyncIterable<StreamPiece>;

  /** The calico-node pod of a node, in whatever state. @throws ClusterError `unreachable` when there is none */
  agentPod(node: string, signal: AbortSignal): Promise<PodContainer>;

  /** What the user may do here, and what they lack for the rest. */
  checkAccess(signal: AbortSignal): Promise<readonly FeatureAccess[]>;

  /** Roles, as YAML, with the least privilege for what is wanted. */
  roleYaml(features: readonly LiveFeature[], signal: AbortSignal): Promise<string>;

  /** Whether the cluster serves a resource's API group. */
  serves(resource: string, signal: AbortSignal): Promise<boolean>;

  /**
   * An object as it is now, whole; `undefined` when it is not there.
   * @throws ClusterError `forbidden`, `unreachable`, `not-recorded` when there is no such resource
   */
  read(ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject | undefined>;

  /**
   * Changes an object, or asks what a change would do. Only `cluster/changes.ts` calls it. It is never repeated:
   * when the answer is lost, whether the change was made is not known.
   * @throws ClusterError `forbidden`, `unreachable`
   */
  write(order: WriteOrder, signal: AbortSignal): Promise<WriteAnswer>;
}

export interface ObjectRef {
  /** `<plural>.<group>`, as in `list`. */
  readonly resource: string;
  /** Not there for an object of the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/** `create` fails where the object is, `replace` where it is another version, `apply` is server-side apply. */
export type WriteVerb = 'create' | 'replace' | 'apply' | 'delete';

export interface WriteOrder {
  readonly verb: WriteVerb;
  readonly ref: ObjectRef;
  /** What to write; of a `delete` its metadata say which version. */
  readonly object: KubernetesObject;
  /** Whether `apply` takes fields over that somebody else manages. */
  readonly force?: boolean;
  /** Whether the server only says what it would do. */
  readonly isDryRun: boolean;
}

export type WriteAnswer =
  | { readonly kind: 'written'; readonly object: KubernetesObject; readonly warnings: readonly string[] }
  /** Somebody else manages the fields, or changed the object meanwhile. */
  | { readonly kind: 'conflict'; readonly message: string; readonly causes: readonly WriteCause[] }
  /** The server does not take it. */
  | { readonly kind: 'refused'; readonly message: string; readonly causes: readonly WriteCause[] };

export interface WriteCause {
  /** Where in the object: `spec.bpfLogLevel`; empty where the server does not say. */
  readonly field: string;
  readonly message: string;
}

export function isLive(cluster: Cluster): cluster is LiveCluster {
  return cluster.info.kind === 'live';
}

/** The live cluster that a cluster is; `undefined` for a recorded one. */
export function asLive(cluster: Cluster): LiveCluster | undefined {
  // Only live clusters are of this kind.
  return cluster.info.kind === 'live' ? (cluster as LiveCluster) : undefined;
}

/** Which objects: all of a resource, or those with a label. */
export interface Selection {
  readonly resource: string;
  /** A label selector, as the API server takes it. */
  readonly label?: string | undefined;
}

/** A way to a live cluster that the user may choose. */
export interface ContextChoice {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  readonly isCurrent: boolean;
}

/** What a user may want of a cluster; each takes permissions of its own. */
export type LiveFeature = 'browse' | 'dumps' | 'traces' | 'changes' | 'debugPods';

export interface FeatureAccess {
  readonly feature: LiveFeature;
  /** Nothing, when all is allowed. */
  readonly missing: readonly Permission[];
}

export interface Permission {
  readonly verbs: readonly string[];
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  /** `undefined` for the whole cluster. */
  readonly namespace: string | undefined;
}

export type WatchEvent =
  | { readonly kind: 'listed'; readonly objects: readonly KubernetesObject[] }
  | { readonly kind: 'changed' | 'deleted'; readonly object: KubernetesObject }
  /** Changes are not heard of, and why; what was missed comes after `recovered`. */
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'recovered' };

/**
 * Where another process reads the trace already, standard error has a line for each, `another reader: <pid> <command>`,
 * as far as the processes of the container, or those of the node from a debug pod, tell.
 */
export interface TraceRequest {
  readonly node: string;
  /** Of all tries of one trace: what is left of an earlier try is ended first. */
  readonly id: string;
  /** A pod on the node to read in instead of calico-node, and its container. */
  readonly pod?: PodContainer | undefined;
  /** The trace ends after so many seconds, also when nobody is there to end it. */
  readonly seconds: number;
}

export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface StreamPiece {
  /** Some tools write a trace to standard error. */
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/**
 * Why a cluster could not answer. `not-recorded`: the snapshot does not hold it. `no-snapshot`: the folder or
 * archive is none. `newer-format`: it was written by a newer version. `unreadable`: damaged. `too-large`: over a
 * stated limit. `failed`: the command itself failed. `no-map`: the BPF map is not there, so eBPF (or IPv6 in it) is
 * off. `unsupported`: this Calico version has no such command.
 */
export type ClusterErrorReason =
  | 'not-recorded'
  | 'no-snapshot'
  | 'newer-format'
  | 'unreadable'
  | 'too-large'
  | 'failed'
  | 'no-map'
  | 'unsupported'
  | 'forbidden'
  | 'unreachable';

/** An expected failure of the world, with a message fit to show: what failed, on what, what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly reason: ClusterErrorReason;

  constructor(reason: ClusterErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Recognised by name: bundles may hold the class twice. */
export function isClusterError(error: unknown): error is ClusterError {
  return error instanceof Error && error.name === 'ClusterError';
}

/** What a question yields; `undefined` where the cluster does not answer it: not reachable, not allowed, not there. */
export async function ifAnswered<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isClusterError(error)) return undefined;
    throw error;
  }
}
