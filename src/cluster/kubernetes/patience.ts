import { setTimeout as delay } from 'node:timers/promises';
import { isPassing, StatusError } from './failure.ts';

export interface Patience {
  /** How often something that is safe to repeat is tried. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

export const usualPatience: Patience = { attempts: 4, firstDelayMs: 200, longestDelayMs: 10_000 };

/** Tries what is safe to repeat until it succeeds, fails for good, or was tried often enough. */
export async function retry<T>(patience: Patience, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || attempt >= patience.attempts || !isPassing(error)) throw error;
      await delay(delayOf(error, attempt, patience), undefined, { signal });
    }
  }
}

/** As long as the server asks for, else twice as long each time; spread, so that many do not return at once. */
function delayOf(error: unknown, attempt: number, { firstDelayMs, longestDelayMs }: Patience): number {
  const asked = error instanceof StatusError ? error.retryAfterMs : undefined;
  const own = firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random());
  return Math.min(asked ?? own, longestDelayMs);
}

/** Waits for work that others wait for, too: who gives up leaves it to them. */
export function waitFor<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
