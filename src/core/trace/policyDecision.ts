/** Which rule of a policy dump, or which end of a tier, took a packet; the packet's verdict is known. */
import type { PolicyProgram, PolicyTier } from '../dump/policy.ts';
import type { PolicyRule } from '../dump/policyRule.ts';
import type { Span } from '../text/problem.ts';
import { ruleFits, type Fit, type IpSetMembers, type PolicyFlow } from './ruleMatch.ts';

/** Where a packet was decided. */
export interface Decision {
  /** Where it stands; `undefined` for the end of the profiles, which no line tells. */
  readonly span: Span | undefined;
  /** What it did, in words: `this rule denies TCP …`. */
  readonly words: string;
}

export interface DecisionRequest {
  readonly program: PolicyProgram;
  readonly flow: PolicyFlow;
  readonly verdict: 'allow' | 'deny';
  readonly sets: IpSetMembers;
  /** Whether the dump shows all that rules look at; v3.32 shows addresses alone. */
  readonly isComplete: boolean;
}

/** A rule, or the end of a tier, that may have taken the packet. */
interface Candidate {
  readonly fit: Fit;
  /** Something of the rule was looked at, and fits. */
  readonly isLikely: boolean;
  readonly hits: bigint | undefined;
  readonly decision: Decision;
}

/** Finds what decided; `undefined` when nothing of the program leads to the verdict: it was another one by then. */
export function findDecision(request: DecisionRequest): Decision | undefined {
  const candidates = candidatesOf(request);
  const likely = candidates.filter(({ isLikely }) => isLikely);
  const best =
    likely.find(({ hits }) => hits !== 0n) ??
    likely[0] ??
    candidates.find(({ hits }) => hits !== undefined && hits > 0n) ??
    candidates.findLast(({ fit }) => fit === 'yes') ??
    candidates[0];
  if (best === undefined) return undefined;
  const isSure = candidates.every((each) => each === best || (each.hits === 0n && !each.isLikely));
  return isSure
    ? best.decision
    : { ...best.decision, words: `${best.decision.words}, as far as the dump tells` };
}

/** In their order, up to the first that takes the packet for certain. */
function candidatesOf(request: DecisionRequest): readonly Candidate[] {
  const { program, verdict } = request;
  const found: Candidate[] = [];
  for (const tier of program.tiers) {
    const way = walk(
      tier.policies.flatMap(({ rules }) => rules),
      request,
      found,
    );
    if (way === 'decided') return found;
    if (way === 'passed' || tier.endAction === 'pass') continue;
    if (verdict === 'deny') found.push(endOf(tier, way === 'maybe-passed' ? 'maybe' : 'yes'));
    if (way === 'through') return found;
  }
  if (walk(program.rules, request, found) === 'decided' || verdict === 'allow') return found;
  const decision = { span: undefined, words: 'no profile allows the packet' };
  return [...found, { fit: 'yes', isLikely: false, hits: undefined, decision }];
}

function endOf({ name, span }: PolicyTier, fit: Fit): Candidate {
  const tier = name === undefined ? 'the tier' : `tier ${name}`;
  const decision = {
    span: { start: span.end - 1, end: span.end },
    words: `no rule of ${tier} takes the packet: its end denies it`,
  };
  return { fit, isLikely: false, hits: undefined, decision };
}

type Way = 'decided' | 'passed' | 'maybe-passed' | 'through';

/** Notes the rules that may have led to the verdict; those of another action cannot have taken the packet. */
function walk(rules: readonly PolicyRule[], request: DecisionRequest, found: Candidate[]): Way {
  let way: Way = 'through';
  for (const rule of rules) {
    const { fit, isLikely } = fitOfRule(rule, request);
    if (fit === 'no') continue;
    if (rule.action === 'pass' || rule.action === 'next-tier') {
      if (fit === 'yes') return 'passed';
      way = 'maybe-passed';
    }
    if (rule.action !== request.verdict) continue;
    found.push({ fit, isLikely, hits: rule.hits, decision: { span: rule.span, words: wordsOf(rule) } });
    if (fit === 'yes') return 'decided';
  }
  return way;
}

function wordsOf({ action, owner }: PolicyRule): string {
  const whose = owner === undefined ? 'this rule' : `this rule of ${owner}`;
  return `${whose} ${action === 'deny' ? 'denies' : 'allows'} the packet`;
}

function fitOfRule(
  rule: PolicyRule,
  { flow, sets, isComplete }: DecisionRequest,
): { readonly fit: Fit; readonly isLikely: boolean } {
  const fits = ruleFits(rule, flow, sets);
  if (fits.includes('no')) return { fit: 'no', isLikely: false };
  return { fit: isComplete && !fits.includes('maybe') ? 'yes' : 'maybe', isLikely: fits.includes('yes') };
}
