import type { Check, CheckDocumentation, ClusterRule, NodeRule, Rule } from './check.ts';
import { listNodes } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';

/** How a check ended: it found trouble, found none (information at most), or had nothing to look at. */
export interface CheckOutcome {
  readonly id: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what of it is not known. */
  readonly why: string | undefined;
  readonly documentation: CheckDocumentation;
}

/** What happened to a rule: how often it ran, and why it could not, on which nodes. */
interface RuleCoverage {
  ran: number;
  readonly missing: Map<string, Set<string>>;
}

/** Why a rule cannot run. */
export interface Missing {
  readonly why: string;
}

/** The rule is not for this node, which is no loss. */
const notMeant: Missing = { why: '' };

/** There is nothing that the rule could find: it is as if it had run. */
const nothingThere: Missing = { why: '' };

/** Keeps account of what could be looked at. */
export class Coverage {
  readonly #rules = new Map<Rule, RuleCoverage>();

  /** Whether a rule can run for a node, noted. */
  allows(rule: NodeRule, cluster: KnownCluster, node: KnownNode): boolean {
    const missing = missingFor(rule, cluster, node);
    if (missing !== notMeant) this.#note(rule, missing === nothingThere ? undefined : missing, node.name);
    const unlisted = missing === undefined ? missingObjects(rule.wants ?? [], cluster) : undefined;
    if (unlisted !== undefined) this.#note(rule, unlisted, undefined);
    return missing === undefined;
  }

  /** Whether a rule about the whole can run, noted. */
  allowsWhole(rule: ClusterRule, cluster: KnownCluster): boolean {
    const missing = missingObjects(rule.objects, cluster);
    this.#note(rule, missing, undefined);
    return missing === undefined;
  }

  outcomeOf({ id, title, documentation, rules }: Check, hasFindings: boolean): CheckOutcome {
    const covered = rules.flatMap((rule) => this.#rules.get(rule) ?? []);
    const why = whyMissing(covered);
    const about = { id, title, documentation };
    if (hasFindings) return { ...about, status: 'failed', why };
    const isSeen = rules.some((rule) => rule.isAside !== true && (this.#rules.get(rule)?.ran ?? 0) > 0);
    if (isSeen) return { ...about, status: 'passed', why };
    return { ...about, status: 'skipped', why: why ?? 'no node runs eBPF, as far as is known' };
  }

  #note(rule: Rule, missing: Missing | undefined, node: string | undefined): void {
    const known = this.#rules.get(rule) ?? { ran: 0, missing: new Map<string, Set<string>>() };
    this.#rules.set(rule, known);
    if (missing === undefined) {
      known.ran++;
      return;
    }
    const nodes = known.missing.get(missing.why) ?? new Set();
    if (node !== undefined) nodes.add(node);
    known.missing.set(missing.why, nodes);
  }
}

/** Why a rule cannot run for a node; `undefined` when it can. */
function missingFor(rule: NodeRule, cluster: KnownCluster, node: KnownNode): Missing | undefined {
  if (rule.dataplane === 'ebpf' && node.facts().ebpf.state === 'off') return notMeant;
  const objects = missingObjects(rule.objects, cluster);
  if (objects !== undefined) return objects;
  for (const probe of rule.probes) {
    const heard = node.heard(probe);
    if (heard.kind === 'unknown') return heard;
    if (heard.kind === 'unneeded') return nothingThere;
    if (heard.kind === 'answered') {
      if (!heard.truncated || isTellingInPart(probe)) continue;
      return { why: `${probe} was cut off` };
    }
    // IPv6 has no maps where it is off.
    const isOff = heard.reason === 'map-missing' && probe.endsWith('.v6');
    return isOff ? notMeant : { why: `${probe}: ${heard.message}` };
  }
  return undefined;
}

/** Whether the beginning, or of a log the end, says something; of the others what is not there matters, too. */
function isTellingInPart(probe: string): boolean {
  return probe === 'felix.log' || probe.startsWith('conntrack.') || probe === 'iptables.save';
}

function missingObjects(objects: readonly string[], cluster: KnownCluster): Missing | undefined {
  for (const resource of objects) {
    const listed = cluster.listed(resource);
    if (listed.kind === 'unknown') return { why: `${resource}: ${listed.why}` };
  }
  return undefined;
}

/** What could not be looked at: each reason with its nodes. */
function whyMissing(covered: readonly RuleCoverage[]): string | undefined {
  const reasons = new Map<string, Set<string>>();
  for (const { missing } of covered) {
    for (const [why, nodes] of missing) {
      const known = reasons.get(why) ?? new Set();
      for (const node of nodes) known.add(node);
      reasons.set(why, known);
    }
  }
  if (reasons.size === 0) return undefined;
  return [...reasons]
    .map(([why, nodes]) =>
      nodes.size === 0 ? why : `${why.replace(/\.$/, '')} (${listNodes([...nodes].toSorted())})`,
    )
    .join('; ');
}
