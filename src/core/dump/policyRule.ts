/** A rule of a policy program, and what it matches, in the words of the version that printed it. */
import type { Span } from '../text/problem.ts';

export interface PolicyRule {
  /** The policy or profile it comes from, as printed (from v3.32): `shop/default.cart`, `kns.shop`. */
  readonly owner: string | undefined;
  /** `allow`, `deny`, `log`, `pass`. */
  readonly action: string | undefined;
  /** Felix's own id of the rule (up to v3.31). */
  readonly id: string | undefined;
  /** What a packet must be like: all up to v3.31 and from v3.33, none in v3.32. */
  readonly matches: readonly RuleMatch[];
  readonly ipSets: readonly RuleIpSet[];
  /**
   * How often it decided (from v3.25): once a flow, summed over all interfaces of the node that have the same
   * rule; always 0 for a `log` rule.
   */
  readonly hits: bigint | undefined;
  readonly span: Span;
}

export interface RuleMatch {
  /** `proto`, `src`, `dst`, `sports`, `dports`, `icmp`; or a field of Felix's rule that has no such word. */
  readonly field: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** An IP set that a rule refers to; the versions print different sides of it. */
export interface RuleIpSet {
  readonly side: 'src' | 'dst';
  readonly negated: boolean;
  /** Felix's name for it, `s:…` (up to v3.31). */
  readonly id: string | undefined;
  /** Its number in the IP-set dump (v3.29 to v3.31; from v3.32 only of a set that is empty). */
  readonly number: string | undefined;
  /** What was in it (v3.32; later they stand among the matches). */
  readonly members: readonly string[] | undefined;
}

/** `dst={198.51.100.128/25, 203.0.113.66/32} !src=0x27e6ff21d0b1479c`. */
export function parseIpSetParts(text: string): readonly RuleIpSet[] | undefined {
  const sets: RuleIpSet[] = [];
  const part = /(!?)(src|dst)=((?:\{[^{}]*\}|0x[0-9a-f]+)(?:, ?(?:\{[^{}]*\}|0x[0-9a-f]+))*),?(?: +|$)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, not, side, list = ''] = match;
    for (const [one] of list.matchAll(/\{[^{}]*\}|0x[0-9a-f]+/g)) {
      sets.push({
        side: side === 'src' ? 'src' : 'dst',
        negated: not === '!',
        id: undefined,
        number: one.startsWith('0x') ? one : undefined,
        members: one.startsWith('{') ? splitList(one.slice(1, -1)) : undefined,
      });
    }
  }
  return sets;
}

/** `src_ip_set_ids:<0x…,0x…> not_dst_ip_set_ids:<0x…>` (v3.29 to v3.31). */
export function parseIpSetNumbers(text: string): readonly RuleIpSet[] | undefined {
  const sets: RuleIpSet[] = [];
  const part = /(not_)?(src|dst)_ip_set_ids:<((?:0x[0-9a-f]+,? ?)*)> */y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, not, side, numbers = ''] = match;
    for (const number of splitList(numbers)) {
      sets.push({
        side: side === 'src' ? 'src' : 'dst',
        negated: not !== undefined,
        id: undefined,
        number,
        members: undefined,
      });
    }
  }
  return sets;
}

/** `proto=tcp src={10.65.0.0/16,10.65.1.9/32} !dports={8055,100-105}` (from v3.33). */
export function parseMatches(text: string): readonly RuleMatch[] | undefined {
  const matches: RuleMatch[] = [];
  const part = /(!?)([a-z]+)=(\{[^{}]*\}|[^\s{}]+)(?: +|$)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, not, field = '', value = ''] = match;
    const values = value.startsWith('{') ? splitList(value.slice(1, -1)) : [value];
    matches.push({ field, negated: not === '!', values });
  }
  return matches;
}

function splitList(text: string): readonly string[] {
  return text.split(/[, ]+/).filter(Boolean);
}
