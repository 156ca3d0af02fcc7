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

/** A need that comes and goes. */
export interface SwitchedNeed extends vscode.Disposable {
  set(isNeeded: boolean): void;
}

/** What names are made of. */
export const nameSelections: readonly Selection[] = [
  { resource: 'pods' },
  { resource: 'services' },
  { resource: 'endpointslices.discovery.k8s.io' },
];

/** Changes that come in so short a time are shown together; the time grows with what must be read anew. */
const settleMs = 300;
const objectsPerMs = 10;

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
  /** What was heard and not shown yet. */
  readonly #heard = new Map<string, Heard>();
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

  /** Follows some objects while they are said to be needed. */
  needWhile(selections: readonly Selection[]): SwitchedNeed {
    let need: vscode.Disposable | undefined;
    const set = (isNeeded: boolean) => {
      if (isNeeded) need ??= this.need(selections);
      else {
        need?.dispose();
        need = undefined;
      }
    };
    return { set, dispose: () => set(false) };
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
    clearTimeout(this.#pending);
    this.#pending = undefined;
    this.#heard.clear();
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
        this.#take({ session, selection, store }, event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isClusterError(error)) throw error;
      this.#log.info(`Changes of ${selection.resource} are not heard of: ${error.message}`);
    }
  }

  #take({ session, selection, store }: Followed, event: WatchEvent): void {
    if (event.kind === 'lost' || event.kind === 'recovered') {
      this.#connection.setOutage(event.kind === 'lost' ? event.message : undefined);
      return;
    }
    const heard = this.#heardOf(selection, store);
    if (event.kind === 'listed') store.replace(event.objects);
    else {
      const before = event.kind === 'deleted' ? undefined : store.find(event.object);
      const node = restartedNode(selection, before, event);
      const isNews = event.kind === 'deleted' ? store.remove(event.object) : store.put(event.object);
      if (!isNews) return;
      if (node !== undefined) heard.restarted.add(node);
    }
    this.#heard.set(keyOf(selection), heard);
    this.#pending ??= setTimeout(() => this.#show(session), settleMs + store.size / objectsPerMs);
  }

  #heardOf(selection: Selection, store: ObjectStore): Heard {
    return (
      this.#heard.get(keyOf(selection)) ?? {
        selection,
        store,
        restarted: new Set(),
      }
    );
  }

  #show(session: Session): void {
    this.#pending = undefined;
    for (const { selection, store, restarted } of this.#heard.values()) {
      session.learn(selection, store.objects);
      for (const node of restarted) session.forget(node);
    }
    this.#heard.clear();
    this.#connection.showChanges();
  }
}

type Change = Extract<WatchEvent, { readonly object: KubernetesObject }>;

interface Followed {
  readonly session: Session;
  readonly selection: Selection;
  readonly store: ObjectStore;
}

/** The objects of a selection as they are by now. */
interface Heard {
  readonly selection: Selection;
  readonly store: ObjectStore;
  /** Nodes whose calico-node pod is another than before, or was restarted: what they said is of the past. */
  readonly restarted: Set<string>;
}

function keyOf({ resource, label }: Selection): string {
  return `${resource}?${label ?? ''}`;
}

/** The node whose calico-node pod is gone, or was restarted since it was seen last. */
function restartedNode(
  { label }: Selection,
  before: KubernetesObject | undefined,
  { kind, object }: Change,
): string | undefined {
  if (label !== agentLabel) return undefined;
  const isOther = before !== undefined && startsOf(before) !== startsOf(object);
  return kind === 'deleted' || isOther ? textField(object, 'spec', 'nodeName') : undefined;
}

function startsOf(pod: KubernetesObject): string {
  const statuses = field(pod, 'status', 'containerStatuses');
  const ids = Array.isArray(statuses) ? statuses.map((one) => textField(one, 'containerID') ?? '') : [];
  return [field(pod, 'metadata', 'uid'), ...ids].join();
}
