import type { Pace } from '../core/steps.ts';

/** Milliseconds of work in one go: well below what anybody at the editor feels. */
const slice = 20;

/** Lets everything else that waits have its turn once a slice of time has been worked. */
export function timed(): Pace {
  let begun = performance.now();
  return () => {
    if (performance.now() - begun < slice) return undefined;
    return new Promise(setImmediate).then(() => {
      begun = performance.now();
    });
  };
}
