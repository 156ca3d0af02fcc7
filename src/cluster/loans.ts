/** Changes for a while: noted before they are made, and put back exactly, whatever happened meanwhile. */
import { randomUUID } from 'node:crypto';
import {
  changedKeys,
  makeChange,
  planChange,
  replaceObject,
  sameValue,
  specOf,
  withdrawObject,
  type ChangeOutcome,
  type PlannedChange,
  type Planning,
} from './changes.ts';
import { ClusterError, type LiveCluster, type ObjectRef } from './cluster.ts';
import type { BorrowedKey, Journal, Loan } from './journal.ts';
import type { KubernetesObject } from '../core/objects/object.ts';

/** What a loan wants: keys of an object's spec, `undefined` for what is to be taken away. */
export interface LoanRequest {
  readonly ref: ObjectRef;
  readonly apiVersion: string;
  readonly kind: string;
  /** Of an object that is made for the loan. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Asks what a loan would change; nothing else of the object does. @throws ClusterError */
export async function planLoan(
  cluster: LiveCluster,
  { ref, apiVersion, kind, labels = {}, values }: LoanRequest,
  signal: AbortSignal,
): Promise<Planning> {
  const before = await cluster.read(ref, signal);
  const blank: KubernetesObject = { apiVersion, kind, metadata: { name: ref.name, labels } };
  const spec = Object.fromEntries(
    Object.entries({ ...specOf(before), ...values }).filter(([, value]) => value !== undefined),
  );
  return planChange(cluster, ref, { ...(before ?? blank), spec }, signal);
}

export interface LoanTerms {
  readonly journal: Journal;
  /** What it is for, in words: `a trace of node-a`. */
  readonly purpose: string;
  /** Is told of the loan before the cluster is asked: from then on it may have been made, and can be given back. */
  readonly noted?: (loan: Loan) => void;
}

/**
 * Makes a planned change for a while: the loan is on the disk before the cluster is asked.
 * @throws ClusterError after which the loan is still in the journal when it may have been made
 */
export async function takeLoan(
  cluster: LiveCluster,
  change: PlannedChange,
  { journal, purpose, noted }: LoanTerms,
  signal: AbortSignal,
): Promise<{ readonly kind: 'taken'; readonly loan: Loan } | Exclude<ChangeOutcome, { kind: 'made' }>> {
  const loan: Loan = {
    id: randomUUID(),
    cluster: cluster.info.name,
    server: cluster.info.origin,
    ref: change.ref,
    purpose,
    takenAt: new Date().toISOString(),
    created: change.before === undefined ? specOf(change.after) : undefined,
    keys: change.changes.map(toKey),
  };
  await journal.write(loan);
  noted?.(loan);
  const outcome = await makeChange(cluster, change, signal);
  if (outcome.kind === 'made') return { kind: 'taken', loan };
  await journal.remove(loan.id);
  return outcome;
}

function toKey({ key, before, after }: PlannedChange['changes'][number]): BorrowedKey {
  return {
    key,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { ours: after }),
  };
}

/** What putting back came to. */
export interface GivenBack {
  /** The keys that have their former values again. */
  readonly restored: readonly string[];
  /** Keys that somebody else changed meanwhile: their values were kept. */
  readonly kept: readonly string[];
}

/** How often somebody else may be quicker. */
const attempts = 8;

/**
 * Puts a loan back and forgets it: each key gets the value that it had, one that was not set is not set again, and an
 * object that was made for it goes. What somebody else changed meanwhile stays.
 * @throws ClusterError; the loan stays in the journal then
 */
export async function giveBack(
  cluster: LiveCluster,
  loan: Loan,
  journal: Journal,
  signal: AbortSignal,
): Promise<GivenBack> {
  if (cluster.info.origin !== loan.server) {
    throw new ClusterError(
      'unsupported',
      `${loan.ref.name} was changed on ${loan.cluster} (${loan.server}), not on ${cluster.info.name}.`,
    );
  }
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const given = await tryToGiveBack(cluster, loan, signal);
    if (given === undefined) continue;
    await journal.remove(loan.id);
    return given;
  }
  throw new ClusterError(
    'failed',
    `${loan.ref.name} could not be put back: somebody changes it all the time. Try again.`,
  );
}

/** `undefined` when somebody else was quicker. */
async function tryToGiveBack(
  cluster: LiveCluster,
  { ref, keys, created }: Loan,
  signal: AbortSignal,
): Promise<GivenBack | undefined> {
  const live = await cluster.read(ref, signal);
  if (live === undefined) return { restored: [], kept: [] }; // Somebody removed it; there is nothing to put back.
  const spec = specOf(live);
  // Nobody else means a pod of a random name, and others than we write to it: its kubelet, for one.
  if (created !== undefined && (ref.resource === 'pods' || changedKeys(spec, created).length === 0)) {
    const isGone = await withdrawObject(cluster, ref, live, signal);
    return isGone ? { restored: keys.map(({ key }) => key), kept: [] } : undefined;
  }
  const own = keys.filter(({ key, ours }) => sameValue(spec[key], ours));
  const kept = keys.filter(
    ({ key, ours, before }) => !sameValue(spec[key], ours) && !sameValue(spec[key], before),
  );
  const given = { restored: own.map(({ key }) => key), kept: kept.map(({ key }) => key) };
  if (own.length === 0) return given;
  const values = new Map(Object.entries(spec));
  for (const { key, before } of own) {
    if (before === undefined) values.delete(key);
    else values.set(key, before);
  }
  const isMade = await replaceObject(cluster, ref, { ...live, spec: Object.fromEntries(values) }, signal);
  return isMade ? given : undefined;
}
