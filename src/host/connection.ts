import * as vscode from 'vscode';
import { isClusterError, type ClusterError } from '../cluster/cluster.ts';
import type { Session } from '../session/session.ts';
import { isCancellation } from './cancellation.ts';
import { setContext } from './context.ts';
import { Leases } from './leases.ts';

/** Where a cluster comes from; kept between windows, so plain data. */
export type ClusterSource =
  | { readonly kind: 'sample' }
  | { readonly kind: 'snapshot'; readonly path: string }
  | { readonly kind: 'live'; readonly context: string };

export type ConnectionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly source: ClusterSource }
  | { readonly kind: 'open'; readonly source: ClusterSource; readonly session: Session }
  | { readonly kind: 'failed'; readonly source: ClusterSource; readonly error: ClusterError };

export interface ConnectionServices {
  readonly openSession: (source: ClusterSource, signal: AbortSignal) => Promise<Session>;
  /** What was open before this window, or lies at hand. */
  readonly findSource: () => Promise<ClusterSource | undefined>;
}

/** Since when changes of the cluster are not heard of, and why. */
export interface Outage {
  readonly since: Date;
  readonly message: string;
}

/** The one cluster that the views show. A command keeps the session it started with. */
export class Connection implements vscode.Disposable {
  readonly #services: ConnectionServices;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#didChange.event;
  #state: ConnectionState = { kind: 'none' };
  #opening = new AbortController();
  #restored: Promise<void> | undefined;
  #outage: Outage | undefined;
  #refreshes = 0;
  readonly #leases = new Leases();

  constructor(services: ConnectionServices) {
    this.#services = services;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): Session | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined;
  }

  /**
   * Opens a cluster in place of the one that is open; an earlier opening is given up. When it fails, what was open
   * stays; without any, the failure is the state that the views show.
   */
  async open(source: ClusterSource, signal: AbortSignal): Promise<Session> {
    this.#opening.abort();
    const own = new AbortController();
    this.#opening = own;
    const before = this.#state;
    if (before.kind !== 'open') this.#enter({ kind: 'opening', source });
    try {
      const session = await this.#openSession(source, AbortSignal.any([signal, own.signal]));
      this.#enter({ kind: 'open', source, session });
      if (before.kind === 'open') await this.#leases.close(before.session);
      return session;
    } catch (error) {
      const isLast = this.#opening === own && !own.signal.aborted;
      if (isLast && before.kind !== 'open') {
        this.#enter(isClusterError(error) ? { kind: 'failed', source, error } : { kind: 'none' });
      }
      throw error;
    }
  }

  /** Works with the open cluster, if there is one; it stays open until the end, whatever the views show meanwhile. */
  async withSession<T>(work: (session: Session) => Promise<T>): Promise<T | undefined> {
    const { session } = this;
    return session && this.#leases.use(session, () => work(session));
  }

  /** Opens, once, what was open before this window, if nothing has been opened in it. Failing, the state says why. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  /** How often it was asked for to ask again. */
  get refreshes(): number {
    return this.#refreshes;
  }

  /** Asks again, about one node or everything, what is shown. */
  refresh(node?: string): void {
    this.#refreshes += 1;
    this.session?.forget(node);
    this.#didChange.fire();
  }

  /** Shows what was learned meanwhile, and asks again what failed. */
  showChanges(): void {
    this.#didChange.fire();
  }

  /** Opens the cluster of the state anew: one that failed, or whose way in has changed. */
  async reopen(signal: AbortSignal): Promise<void> {
    if (this.#state.kind !== 'none') await this.open(this.#state.source, signal);
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  /** The cluster is not heard of any more, for the reason given, or is again. */
  setOutage(message: string | undefined): void {
    if ((message === undefined) === (this.#outage === undefined)) return;
    this.#outage = message === undefined ? undefined : { since: new Date(), message };
    this.#didChange.fire();
  }

  async close(): Promise<void> {
    this.#opening.abort();
    const before = this.#state;
    this.#enter({ kind: 'none' });
    if (before.kind === 'open') await this.#leases.close(before.session);
  }

  dispose(): void {
    void this.close();
    this.#didChange.dispose();
  }

  async #restore(): Promise<void> {
    const source = await this.#services.findSource();
    if (source === undefined || this.#state.kind !== 'none') return;
    try {
      await this.open(source, new AbortController().signal);
    } catch (error) {
      if (!isClusterError(error) && !isCancellation(error)) throw error;
    }
  }

  /** A session that comes after its opening was given up is closed again. */
  async #openSession(source: ClusterSource, signal: AbortSignal): Promise<Session> {
    const session = await this.#services.openSession(source, signal);
    if (signal.aborted) await session.cluster.close();
    signal.throwIfAborted();
    return session;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#outage = undefined;
    setContext('calicoBpf.hasCluster', state.kind === 'open');
    const isLive = state.kind === 'open' && state.source.kind === 'live';
    setContext('calicoBpf.isLive', isLive);
    setContext('calicoBpf.isOpening', state.kind === 'opening');
    this.#didChange.fire();
  }
}
