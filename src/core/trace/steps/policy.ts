/** What the lines about policy tell. */
import type { Draft } from '../draft.ts';
import type { TraceEvent } from '../event.ts';
import type { Steps } from '../step.ts';

export const policySteps: Steps<Draft> = {
  aboutToPolicy(draft) {
    draft.isInPolicy = true;
  },
  enteringAccepted(draft) {
    draft.isInPolicy = false;
  },
  enteringXdpAccepted(draft) {
    draft.isXdpAccepted = true;
  },
  enteringDrop(draft) {
    draft.isInPolicy = false;
    draft.isDropping = true;
  },
  resetSent(draft) {
    draft.cause = 'connection-reset';
    draft.reply = { kind: 'tcp-reset', type: undefined, code: undefined };
  },
  connectionLimitExceeded(draft) {
    draft.cause = 'connection-limit';
    draft.reply = { kind: 'tcp-reset', type: undefined, code: undefined };
  },
  logAllowed: (draft, event) => setLogged(draft, event),
  logDenied(draft, event) {
    setLogged(draft, event);
    draft.isDropping = true;
  },
};

type LogEvent = Extract<TraceEvent, { kind: 'logAllowed' | 'logDenied' }>;

function setLogged(draft: Draft, event: LogEvent): void {
  draft.isLogged = true;
  draft.protocol ??= event.protocol;
  draft.source ??= { address: event.source, port: event.sourcePort };
  draft.destination ??= { address: event.destination, port: event.destinationPort };
}
