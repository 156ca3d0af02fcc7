/** Work in steps of a few milliseconds each, for those who must let others have their turn meanwhile. */
export type Steps<T> = Generator<undefined, T>;

/** Gives way to others when it has worked for a while; to be awaited between steps. */
export type Pace = () => Promise<void> | undefined;

/** Does the work in one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Does the work at a pace. */
export async function finishAtPace<T>(steps: Steps<T>, pace: Pace): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await pace();
  }
}

/** So many objects are looked at within a step. */
const perStep = 50;

/** The items, with a step now and then. */
export function* inSteps<T>(items: Iterable<T>, take: (item: T) => void): Steps<void> {
  let count = 0;
  for (const item of items) {
    take(item);
    if (++count % perStep === 0) yield;
  }
}
