/** The outline of a `policy dump`: hooks, in them tiers, policies and rules. */
import { parsePolicy, type Policy, type PolicyTier } from './policy.ts';
import type { PolicyRule } from './policyRule.ts';
import type { Section } from './sections.ts';

export function policySections(text: string): readonly Section[] {
  const { entries, spans } = parsePolicy(text);
  return entries.map(({ hook, error, tiers, rules }, index) => ({
    kind: 'hook',
    name: hook,
    detail: error ?? '',
    span: spans[index] ?? { start: 0, end: 0 },
    children: [...tiers.flatMap(tierSections), ...rules.map(ruleSection)],
  }));
}

/** A tier; where the version prints none, its policies alone. */
function tierSections({ name, endAction, policies, span }: PolicyTier): readonly Section[] {
  const children = policies.map(policySection);
  if (name === undefined) return children;
  return [{ kind: 'tier', name, detail: endAction === undefined ? '' : `then ${endAction}`, span, children }];
}

function policySection({ name, rules, span }: Policy): Section {
  return { kind: 'policy', name, detail: '', span, children: rules.map(ruleSection) };
}

/** A rule is named by its action and whose it is. */
function ruleSection({ action, owner, id, hits, span }: PolicyRule): Section {
  const name = [action ?? 'rule', ...[owner ?? id].filter((each) => each !== undefined)].join(' ');
  return { kind: 'rule', name, detail: hits === undefined ? '' : hitsText(hits), span, children: [] };
}

function hitsText(hits: bigint): string {
  return hits === 1n ? '1 hit' : `${hits.toLocaleString('en')} hits`;
}
