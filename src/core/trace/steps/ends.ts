/** The lines that end a run. */
import type { Draft } from '../draft.ts';
import type { Steps } from '../step.ts';

export const endSteps: Steps<Draft> = {
  allowed(draft, { tcCode, nanoseconds }) {
    draft.end = { kind: 'allowed', tcCode };
    setDuration(draft, nanoseconds);
  },
  allowedWithReason(draft, { nanoseconds }) {
    draft.end = { kind: 'allowed', tcCode: undefined };
    setDuration(draft, nanoseconds);
  },
  bypassed(draft) {
    draft.end = { kind: 'bypassed' };
  },
  acceptedByXdp(draft) {
    draft.end = { kind: 'accepted-by-xdp' };
  },
  denied(draft, { reason, nanoseconds }) {
    draft.end = { kind: 'denied', digits: reason };
    setDuration(draft, nanoseconds);
  },
  deniedByPolicy(draft) {
    draft.end = { kind: 'denied-by-policy' };
  },
  mainNotLoaded(draft) {
    draft.end = { kind: 'denied', digits: undefined };
  },
};

const second = 1e9;

/** A program that drops a packet before it has started its clock prints the time since the node's boot. */
function setDuration(draft: Draft, nanoseconds: number): void {
  const isSinceBoot = nanoseconds > second && nanoseconds / second > draft.time / 2;
  if (!isSinceBoot) draft.nanoseconds = nanoseconds;
}
