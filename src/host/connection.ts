import * as vscode from 'vscode';
import { isClusterError, type ClusterError } from '../cluster/cluster.ts';
import type { Session } from '../session/session.ts';
import { setContext } from './context.ts';

/** Where a cluster comes from; kept between windows, so plain data. */
export type ClusterSource =
  | { readonly kind: 'sample' }
  | { readonly kind: 'snapshot'; readonly path: string };

export type ConnectionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly source: ClusterSource }
  | { readonly kind: 'open'; readonly source: ClusterSource; readonly session: Session }
  | { readonly kind: 'failed'; readonly source: ClusterSource; readonly error: ClusterError };

export type OpenSession = (source: ClusterSource, signal: AbortSignal) => Promise<Session>;

/** The one cluster that the views show. A command keeps the session it started with. */
export class Connection implements vscode.Disposable {
  readonly #openSession: OpenSession;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#didChange.event;
  #state: ConnectionState = { kind: 'none' };

  constructor(openSession: OpenSession) {
    this.#openSession = openSession;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get session(): Session | undefined {
    return this.#state.kind === 'open' ? this.#state.session : undefined;
  }

  /**
   * Opens a cluster in place of the one that is open. When that fails, what was open stays; without any, the
   * failure is the state that the views show.
   */
  async open(source: ClusterSource, signal: AbortSignal): Promise<Session> {
    const before = this.#state;
    if (before.kind !== 'open') this.#enter({ kind: 'opening', source });
    try {
      const session = await this.#openSession(source, signal);
      this.#enter({ kind: 'open', source, session });
      if (before.kind === 'open') await before.session.cluster.close();
      return session;
    } catch (error) {
      if (before.kind !== 'open')
        this.#enter(isClusterError(error) ? { kind: 'failed', source, error } : { kind: 'none' });
      throw error;
    }
  }

  async close(): Promise<void> {
    const before = this.#state;
    this.#enter({ kind: 'none' });
    if (before.kind === 'open') await before.session.cluster.close();
  }

  dispose(): void {
    void this.close();
    this.#didChange.dispose();
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    setContext('calicoBpf.hasCluster', state.kind === 'open');
    this.#didChange.fire();
  }
}
