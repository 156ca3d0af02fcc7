import type { Pace } from './steps.ts';

/**
 * Lets everything else that waits have its turn once a slice of time has been worked. Those who share a pace take
 * turns, a slice each, so that what they do does not add up. `slice` is in milliseconds: what is worked in one go is
 * well below what anybody at the editor feels.
 */
export function timed(slice = 10): Pace {
  let begun = performance.now();
  let waiting = 0;
  let last = Promise.resolve();
  return () => {
    if (waiting === 0 && performance.now() - begun < slice) return undefined;
    waiting++;
    last = last.then(async () => {
      await new Promise(setImmediate);
      waiting--;
      begun = performance.now();
    });
    return last;
  };
}
