import type { Draft } from '../draft.ts';
import { joinSteps } from '../step.ts';
import { causeSteps } from './causes.ts';
import { conntrackSteps } from './conntrack.ts';
import { endSteps } from './ends.ts';
import { forwardSteps } from './forward.ts';
import { natSteps } from './nat.ts';
import { parsingSteps } from './parsing.ts';
import { policySteps } from './policy.ts';
import { stateSteps } from './state.ts';

/** Takes an event into account for the packet that is being run. */
export const applyEvent = joinSteps<Draft>([
  causeSteps,
  parsingSteps,
  conntrackSteps,
  natSteps,
  stateSteps,
  forwardSteps,
  policySteps,
  endSteps,
]);
