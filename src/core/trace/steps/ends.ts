/** The lines that end a run. */
import type { Draft } from '../draft.ts';
import type { Steps } from '../step.ts';

export const endSteps: Steps<Draft> = {
  allowed(draft, { tcCode, nanoseconds }) {
    draft.end = { kind: 'allowed', tcCode };
    draft.nanoseconds = nanoseconds;
  },
  allowedWithReason(draft, { nanoseconds }) {
    draft.end = { kind: 'allowed', tcCode: undefined };
    draft.nanoseconds = nanoseconds;
  },
  bypassed(draft) {
    draft.end = { kind: 'bypassed' };
  },
  acceptedByXdp(draft) {
    draft.end = { kind: 'accepted-by-xdp' };
  },
  denied(draft, { reason, nanoseconds }) {
    draft.end = { kind: 'denied', digits: reason };
    draft.nanoseconds = nanoseconds;
  },
  deniedByPolicy(draft) {
    draft.end = { kind: 'denied-by-policy' };
  },
  mainNotLoaded(draft) {
    draft.end = { kind: 'denied', digits: undefined };
  },
};
