/** One line of a `policy dump`, of whichever version. */
import type { Problem, Span } from '../text/problem.ts';
import { parseFelixRule } from './felixRule.ts';
import {
  parseIpSetNumbers,
  parseIpSetParts,
  parseMatches,
  type PolicyRule,
  type RuleIpSet,
  type RuleMatch,
} from './policyRule.ts';

export type PolicyLine =
  | { readonly kind: 'interface' | 'hook' | 'tier' | 'policy'; readonly name: string }
  | { readonly kind: 'error'; readonly message: string | undefined }
  | { readonly kind: 'rule'; readonly rule: Omit<PolicyRule, 'span'> }
  | { readonly kind: 'ip-sets'; readonly ipSets: readonly RuleIpSet[] }
  | { readonly kind: 'matches'; readonly matches: readonly RuleMatch[] }
  | { readonly kind: 'hits'; readonly count: bigint }
  | { readonly kind: 'end-tier'; readonly action: 'pass' | 'deny' | undefined }
  /** `other`: a label, a comment on instructions, a heading. */
  | { readonly kind: 'end-policy' | 'end-rule' | 'instruction' | 'other' };

/** Reads a line that is not blank; what it cannot read is a problem. */
export function readPolicyLine(line: string, span: Span, problems: Problem[]): PolicyLine | undefined {
  const text = line.trim();
  const read = /^[0-9a-f]{16} /.test(text) ? instruction : (readComment(text) ?? readWords(text));
  if (read !== undefined) return read;
  const start = span.start + line.length - line.trimStart().length;
  problems.push({
    code: 'unknown',
    span: { start, end: span.end },
    message: 'this line is unknown in a policy dump, or not of its form',
  });
  return undefined;
}

const instruction: PolicyLine = { kind: 'instruction' };
const other: PolicyLine = { kind: 'other' };

/** Comments, up to v3.31 for everything, later beside instructions. */
function readComment(text: string): PolicyLine | undefined {
  if (/^(?:\/\/ )?##### Start of program \d+ #####$/.test(text)) return other;
  if (!text.startsWith('// ')) return undefined;
  const comment = text.slice(3);
  const [, edge, word = '', rest = ''] =
    /^(Start|End) of (tier|rule|\w*[Pp]olicy)(?: (.*))?$/.exec(comment) ?? [];
  if (edge === 'Start') return readStart(word, rest);
  if (edge === 'End') return readEnd(word, rest);
  if (comment.startsWith('count = ')) return readHits(comment.slice(8));
  if (comment.startsWith('IPSets ')) return asIpSets(parseIpSetNumbers(comment.slice(7)));
  return other;
}

function readStart(word: string, rest: string): PolicyLine | undefined {
  if (word === 'rule') {
    const rule = parseFelixRule(rest);
    return rule && { kind: 'rule', rule };
  }
  return { kind: word === 'tier' ? 'tier' : 'policy', name: rest };
}

/** `End of tier default: deny` (without the action up to v3.29); nothing after the colon stands for deny. */
function readEnd(word: string, rest: string): PolicyLine {
  if (word === 'rule') return { kind: 'end-rule' };
  if (word !== 'tier') return { kind: 'end-policy' };
  const action = /: ?(\w*)$/.exec(rest)?.[1];
  return { kind: 'end-tier', action: action === undefined ? undefined : toEndAction(action) };
}

/** The words of v3.32 and later, and those of the head. */
function readWords(text: string): PolicyLine | undefined {
  const [, word = '', rest = ''] = /^([A-Z][A-Za-z ]*):(?: +(.*))?$/.exec(text) ?? [];
  switch (word) {
    case 'IfaceName':
      return rest === '' ? undefined : { kind: 'interface', name: rest };
    case 'Hook':
      return rest === '' ? undefined : { kind: 'hook', name: rest };
    case 'Error':
      return { kind: 'error', message: rest === '' ? undefined : rest };
    case 'Policy Info':
    case 'End Policy':
      return { kind: word === 'End Policy' ? 'end-policy' : 'other' };
    case 'Tier':
    case 'Policy':
      return { kind: word === 'Tier' ? 'tier' : 'policy', name: rest };
    case 'End Tier':
      return { kind: 'end-tier', action: toEndAction(/\(action: (\w*)\)$/.exec(rest)?.[1] ?? '') };
    case 'Rule':
      return { kind: 'rule', rule: readRule(rest) };
    case 'IP sets':
      return asIpSets(parseIpSetParts(rest));
    case 'Match':
      return asMatches(parseMatches(rest));
    case 'Hit count':
      return readHits(rest);
    default:
      return /^[a-z]\w*:$/.test(text) ? other : undefined;
  }
}

/** `shop/default.cart  Action: allow`. */
function readRule(text: string): Omit<PolicyRule, 'span'> {
  const at = text.indexOf('  Action: ');
  const owner = at === -1 ? text : text.slice(0, at);
  const action = at === -1 ? undefined : text.slice(at + 10);
  return { owner, action, id: undefined, matches: [], ipSets: [], hits: undefined };
}

function toEndAction(word: string): 'pass' | 'deny' {
  return word === 'pass' ? 'pass' : 'deny';
}

function readHits(text: string): PolicyLine | undefined {
  return /^\d{1,20}$/.test(text) ? { kind: 'hits', count: BigInt(text) } : undefined;
}

function asIpSets(ipSets: readonly RuleIpSet[] | undefined): PolicyLine | undefined {
  return ipSets && { kind: 'ip-sets', ipSets };
}

function asMatches(matches: readonly RuleMatch[] | undefined): PolicyLine | undefined {
  return matches && { kind: 'matches', matches };
}
