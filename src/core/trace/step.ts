/** Tables of what to do with an event, by its kind. */
import type { EventKind, TraceEvent } from './event.ts';

/** What an event of each kind tells about something that is being put together. */
export type Steps<D> = {
  readonly [kind in EventKind]?: (draft: D, event: Extract<TraceEvent, { kind: kind }>) => void;
};

type Step<D> = (draft: D, event: TraceEvent) => void;

/** Makes one table of several; where two know a kind, both are taken, in their order. */
export function joinSteps<D>(tables: readonly Steps<D>[]): (draft: D, event: TraceEvent) => void {
  const joined = new Map<string, Step<D>>();
  for (const table of tables) {
    for (const [kind, step] of Object.entries<unknown>(table)) {
      if (!isStep<D>(step)) continue;
      const before = joined.get(kind);
      joined.set(kind, before === undefined ? step : inOrder(before, step));
    }
  }
  return (draft, event) => joined.get(event.kind)?.(draft, event);
}

/** A table gives to each kind the step of that kind, as its type says. */
function isStep<D>(value: unknown): value is Step<D> {
  return typeof value === 'function';
}

function inOrder<D>(first: Step<D>, second: Step<D>): Step<D> {
  return (draft, event) => {
    first(draft, event);
    second(draft, event);
  };
}
