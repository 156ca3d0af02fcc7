/**
 * Remembers answers by key. Callers who ask for the same thing at once share one question; a failed question is
 * asked again next time. A caller who gives up does not spoil it for the others.
 */
export class Memory {
  readonly #answers = new Map<string, Promise<unknown>>();

  recall<T>(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const known = this.#answers.get(key);
    // The key tells the type: each is asked for in one place.
    if (known !== undefined) return abortable(known as Promise<T>, signal);
    const answer = ask(new AbortController().signal);
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    return abortable(answer, signal);
  }

  forget(isMeant: (key: string) => boolean): void {
    for (const key of this.#answers.keys()) if (isMeant(key)) this.#answers.delete(key);
  }
}

function abortable<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
