import type { Pace } from '../core/steps.ts';

/** Milliseconds of work in one go: well below what anybody at the editor feels. */
const slice = 20;

/** Lets everything else that waits have its turn once a slice of time has been worked, by all who share the pace. */
export function timed(): Pace {
  let begun = performance.now();
  let rest: Promise<void> | undefined;
  return () => {
    if (rest !== undefined || performance.now() - begun < slice) return rest;
    rest = new Promise(setImmediate).then(() => {
      begun = performance.now();
      rest = undefined;
    });
    return rest;
  };
}
