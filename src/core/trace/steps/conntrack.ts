/** What the lines about conntrack tell. */
import type { Draft } from '../draft.ts';
import { conntrackResults } from '../packet.ts';
import type { Steps } from '../step.ts';

export const conntrackSteps: Steps<Draft> = {
  lookupFrom(draft, { address, port }) {
    draft.conntrack.isLookedUp = true;
    draft.source = { address, port: draft.icmp === undefined ? port : undefined };
  },
  lookupTo(draft, { address, port }) {
    draft.isParsed = true;
    draft.destination = { address, port: draft.icmp === undefined ? port : undefined };
  },
  hitNormal(draft) {
    draft.conntrack.entry = 'normal';
  },
  hitForward(draft) {
    draft.conntrack.entry = 'nat-forward';
  },
  hitReverse(draft) {
    draft.conntrack.entry = 'nat-reverse';
  },
  hitReverseSnat(draft) {
    draft.conntrack.entry = 'nat-reverse';
  },
  missSyn(draft) {
    draft.conntrack.isSyn = true;
  },
  recycled(draft) {
    draft.conntrack.isSyn = true;
  },
  syn(draft) {
    draft.conntrack.isSyn = true;
  },
  reset(draft) {
    draft.conntrack.isReset = true;
  },
  related(draft) {
    draft.conntrack.isRelated = true;
  },
  resultNew(draft) {
    draft.conntrack.result = 'NEW';
  },
  resultInvalid(draft) {
    draft.conntrack.result = 'INVALID';
    draft.cause = 'conntrack-invalid';
  },
  result: (draft, { result }) => setResult(draft, result),
  midFlow(draft) {
    draft.isParsed = true;
    draft.conntrack.result = 'MID_FLOW_MISS';
  },
  midFlowKnownToLinux(draft) {
    draft.conntrack.result = 'ESTABLISHED';
  },
  entryFlags(draft, { flags }) {
    draft.conntrack.flags = flags;
  },
  resultFlags(draft, { flags }) {
    draft.conntrack.flags = flags;
  },
};

const rpfFailed = 0x200;
const related = 0x100;
const synBit = 0x1000;

function setResult(draft: Draft, result: number): void {
  draft.conntrack.result = conntrackResults[result & 0xff];
  if ((result & rpfFailed) !== 0) {
    draft.conntrack.isRpfFailed = true;
    draft.cause ??= 'reverse-path';
  }
  if ((result & related) !== 0) draft.conntrack.isRelated = true;
  if ((result & synBit) !== 0) draft.conntrack.isSyn = true;
  if (draft.conntrack.result === 'INVALID') draft.cause = 'conntrack-invalid';
}
