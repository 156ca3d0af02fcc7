import type { Session } from '../session/session.ts';

/** Who works with which session: it is closed when the last of them is done. */
export class Leases {
  readonly #users = new Map<Session, number>();
  readonly #unwanted = new Set<Session>();

  async use<T>(session: Session, work: () => Promise<T>): Promise<T> {
    this.#users.set(session, (this.#users.get(session) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#users.get(session) ?? 1) - 1;
      if (left > 0) this.#users.set(session, left);
      else this.#users.delete(session);
      if (left === 0 && this.#unwanted.delete(session)) await session.cluster.close();
    }
  }

  /** Closes a session, now or when nobody works with it any more. */
  async close(session: Session): Promise<void> {
    if (this.#users.has(session)) this.#unwanted.add(session);
    else await session.cluster.close();
  }
}
