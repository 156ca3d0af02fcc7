import * as vscode from 'vscode';
import { asLive, isClusterError, type Selection, type WatchEvent } from '../cluster/cluster.ts';
import { agentLabel } from '../core/nodes/agent.ts';
import { ObjectStore } from '../core/objects/objectStore.ts';
import { field, textField, type KubernetesObject } from '../core/objects/object.ts';
import type { Session } from '../session/session.ts';
import type { Connection } from './connection.ts';
import type { Log } from './log.ts';

/** What a view of nodes shows. */
export const nodeSelections: readonly Selection[] = [
  { resource: 'nodes' },
  { resource: 'pods', label: agentLabel },
  { resource: 'felixconfigurations.projectcalico.org' },
  { resource: 'felixconfigurations.crd.projectcalico.org' },
];

/** Changes that come in so short a time are shown together. */
const settleMs = 300;

/**
 * Lets the open live cluster tell of its changes, for as long as somebody needs them. An outage and its end become
 * the connection's; what may not be watched is not, and stays as it was read.
 */
export class LiveUpdates implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #needs = new Map<string, { readonly selection: Selection; count: number }>();
  readonly #watches = new Map<string, AbortController>();
  readonly #listening: vscode.Disposable;
  #session: Session | undefined;
  #pending: NodeJS.Timeout | undefined;

  constructor({ connection, log }: { readonly connection: Connection; readonly log: Log }) {
    this.#connection = connection;
    this.#log = log;
    this.#session = connection.session;
    this.#listening = connection.onDidChange(() => this.#follow(connection.session));
  }

  /** Follows some objects until what is answered is disposed. */
  need(selections: readonly Selection[]): vscode.Disposable {
    for (const selection of selections) this.#count(selection, 1);
    this.#update();
    let isNeeded = true;
    return new vscode.Disposable(() => {
      if (!isNeeded) return;
      isNeeded = false;
      for (const selection of selections) this.#count(selection, -1);
      this.#update();
    });
  }

  dispose(): void {
    clearTimeout(this.#pending);
    this.#listening.dispose();
    this.#needs.clear();
    this.#update();
  }

  #count(selection: Selection, more: number): void {
    const key = keyOf(selection);
    const count = (this.#needs.get(key)?.count ?? 0) + more;
    if (count > 0) this.#needs.set(key, { selection, count });
    else this.#needs.delete(key);
  }

  #follow(session: Session | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    for (const key of this.#watches.keys()) this.#stop(key);
    this.#update();
  }

  /** Starts what is needed, and stops what is not. */
  #update(): void {
    for (const key of this.#watches.keys()) if (!this.#needs.has(key)) this.#stop(key);
    const session = this.#session;
    if (session === undefined || asLive(session.cluster) === undefined) return;
    for (const [key, { selection }] of this.#needs) {
      if (this.#watches.has(key)) continue;
      const stop = new AbortController();
      this.#watches.set(key, stop);
      void this.#watch(session, selection, stop.signal);
    }
  }

  #stop(key: string): void {
    this.#watches.get(key)?.abort();
    this.#watches.delete(key);
  }

  async #watch(session: Session, selection: Selection, signal: AbortSignal): Promise<void> {
    const store = new ObjectStore();
    try {
      for await (const event of asLive(session.cluster)?.watch(selection, signal) ?? []) {
        this.#take(session, selection, store, event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isClusterError(error)) throw error;
      this.#log.info(`Changes of ${selection.resource} are not heard of: ${error.message}`);
    }
  }

  #take(session: Session, selection: Selection, store: ObjectStore, event: WatchEvent): void {
    if (event.kind === 'lost' || event.kind === 'recovered') {
      this.#connection.setOutage(event.kind === 'lost' ? event.message : undefined);
      return;
    }
    if (event.kind === 'listed') store.replace(event.objects);
    else {
      forgetRestarted(session, store.find(event.object), event.object);
      const isNews = event.kind === 'deleted' ? store.remove(event.object) : store.put(event.object);
      if (!isNews) return;
    }
    session.learn(selection, store.objects);
    this.#pending ??= setTimeout(() => {
      this.#pending = undefined;
      if (this.#session === session) this.#connection.showChanges();
    }, settleMs);
  }
}

function keyOf({ resource, label }: Selection): string {
  return `${resource}?${label ?? ''}`;
}

/** What a node said is forgotten when its calico-node pod is another, or was restarted. */
function forgetRestarted(
  session: Session,
  before: KubernetesObject | undefined,
  now: KubernetesObject,
): void {
  const node = textField(now, 'spec', 'nodeName');
  if (node === undefined || before === undefined) return;
  if (startsOf(before) !== startsOf(now)) session.forget(node);
}

function startsOf(pod: KubernetesObject): string {
  const statuses = field(pod, 'status', 'containerStatuses');
  const ids = Array.isArray(statuses) ? statuses.map((one) => textField(one, 'containerID') ?? '') : [];
  return [field(pod, 'metadata', 'uid'), ...ids].join();
}
