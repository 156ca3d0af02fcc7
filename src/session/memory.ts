/**
 * Remembers answers by key. Callers who ask for the same thing at once share one question; a failed question is
 * asked again next time. A caller who gives up does not spoil it for the others; when all have, it is given up.
 */
export class Memory {
  readonly #answers = new Map<string, Shared>();

  recall<T>(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let shared = this.#answers.get(key);
    if (shared === undefined) {
      shared = this.#start(key, ask);
      this.#answers.set(key, shared);
    }
    // The key tells the type: each is asked for in one place.
    return this.#wait(shared as Shared & { readonly answer: Promise<T> }, signal);
  }

  /** Remembers an answer that came without a question. */
  learn(key: string, answer: unknown): void {
    this.#answers.set(key, {
      answer: Promise.resolve(answer),
      giveUp: () => {},
      waiting: 0,
      isSettled: true,
    });
  }

  forget(isMeant: (key: string) => boolean): void {
    for (const key of this.#answers.keys()) if (isMeant(key)) this.#answers.delete(key);
  }

  #start(key: string, ask: (signal: AbortSignal) => Promise<unknown>): Shared {
    const controller = new AbortController();
    const shared: Shared = {
      answer: ask(controller.signal),
      giveUp: () => {
        this.#drop(key, shared);
        controller.abort();
      },
      waiting: 0,
      isSettled: false,
    };
    shared.answer.then(
      () => (shared.isSettled = true),
      () => this.#drop(key, shared),
    );
    return shared;
  }

  /** What was asked anew meanwhile stays. */
  #drop(key: string, shared: Shared): void {
    if (this.#answers.get(key) === shared) this.#answers.delete(key);
  }

  #wait<T>(shared: Shared & { readonly answer: Promise<T> }, signal: AbortSignal): Promise<T> {
    shared.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal.reason as Error);
        shared.waiting -= 1;
        if (shared.waiting === 0 && !shared.isSettled) shared.giveUp();
      };
      signal.addEventListener('abort', leave, { once: true });
      shared.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }
}

/** A question that several may wait for. */
interface Shared {
  readonly answer: Promise<unknown>;
  readonly giveUp: () => void;
  waiting: number;
  isSettled: boolean;
}
