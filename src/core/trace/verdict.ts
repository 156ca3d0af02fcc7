/** What became of a packet, from what its run said. */
import type { Draft } from './draft.ts';
import type { Verdict } from './packet.ts';
import { isWorkload } from './packet.ts';
import { findReason, reasonTitles, type ReasonId, type ReasonVersion } from './reasons.ts';

/** Judges a run that has ended, or was cut off. */
export function judge(draft: Draft, version: ReasonVersion | undefined): Verdict {
  const { end } = draft;
  switch (end?.kind) {
    case undefined:
      return judgeWithoutEnd(draft);
    case 'bypassed':
      return { kind: 'allowed', how: 'bypass' };
    case 'accepted-by-xdp':
      return { kind: 'allowed', how: 'accepted-by-xdp' };
    case 'allowed':
      return judgeAllowed(draft, end.tcCode);
    case 'denied-by-policy':
      return deny(draft, 'policy');
    case 'denied':
      return judgeDenied(draft, end.digits, version);
  }
}

const redirect = 7;

function judgeAllowed(draft: Draft, tcCode: number | undefined): Verdict {
  // The program allows its own answer; the packet itself ends here.
  if (draft.reply !== undefined) return deny(draft, draft.cause ?? 'unknown');
  const isRedirected = tcCode === undefined ? draft.redirectedTo !== undefined : tcCode === redirect;
  return { kind: 'allowed', how: isRedirected ? 'redirected' : 'passed' };
}

function judgeDenied(draft: Draft, digits: string | undefined, version: ReasonVersion | undefined): Verdict {
  const code = digits === undefined ? undefined : toCode(digits, draft, version);
  const coded = code === undefined ? undefined : findReason(code, version);
  // The lines before tell more than the number, which is often 0.
  return deny(draft, draft.cause ?? coded ?? 'unknown', code);
}

const firstDecimalVersion = 30;

/** The largest code without a letter that was printed in hexadecimal. */
const lastHexCode = 0x10;

/** Denials printed their code in hexadecimal through v3.29. */
function toCode(digits: string, draft: Draft, version: ReasonVersion | undefined): number {
  const hex = Number.parseInt(digits, 16);
  if (/[a-f]/.test(digits)) return hex;
  const isDecimal =
    version === undefined
      ? draft.hasDottedAddresses || hex > lastHexCode
      : version.minor >= firstDecimalVersion;
  return isDecimal ? Number(digits) : hex;
}

function judgeWithoutEnd(draft: Draft): Verdict {
  if (draft.isDropping) return deny(draft, 'policy');
  if (draft.hook?.direction === 'X') return judgeXdp(draft);
  // Through v3.23 a denial by policy is silence behind the jump to the policy program.
  const isOld = draft.hook !== undefined && draft.hook.isShort;
  if (draft.isInPolicy && isOld && !draft.lines.isEndCut) return deny(draft, 'policy');
  const isCauseLast = draft.causeLine === draft.lines.count && !draft.lines.isEndCut;
  // Some programs drop a packet without a final result: what they said last is why.
  if (draft.cause !== undefined && (isCauseLast || draft.cause === 'broken')) return deny(draft, draft.cause);
  if (draft.isLogged) return { kind: 'allowed', how: 'passed' };
  return { kind: 'unknown' };
}

/** XDP programs print no end: what they do not drop goes on to the tc programs. */
function judgeXdp(draft: Draft): Verdict {
  if (draft.cause !== undefined) return deny(draft, draft.cause);
  return { kind: 'allowed', how: draft.isXdpAccepted ? 'accepted-by-xdp' : 'passed' };
}

function deny(draft: Draft, id: ReasonId, code?: number): Verdict {
  return { kind: 'denied', reason: id, words: reasonInWords(draft, id), code, reply: draft.reply };
}

/** The title of the reason, and what is known beyond it of this packet. */
function reasonInWords(draft: Draft, id: ReasonId): string {
  if (id !== 'policy') return reasonTitles[id];
  const whose = policyOf(draft);
  if (draft.policyCode === noRule) return `${whose}: no rule allows it`;
  return draft.policyCode === notCalled ? `${whose}: its program could not be called` : whose;
}

/** From v3.24 a denial at the end of a tier is a denial like that of a rule. */
const noRule = 0;
const notCalled = 10;

function policyOf({ hook }: Draft): string {
  if (hook === undefined) return reasonTitles.policy;
  if (hook.direction === 'X') return 'denied by untracked policy (XDP)';
  const direction = hook.direction === 'I' ? 'ingress' : 'egress';
  return isWorkload(hook)
    ? `denied by the pod’s ${direction} policy`
    : `denied by the host endpoint’s ${direction} policy`;
}
