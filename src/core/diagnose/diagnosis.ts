import type { Check, ClusterRule, NodeRule, Rule } from './check.ts';
import { digestOf } from './digest.ts';
import { listNodes, severities, type Draft, type Evidence, type Finding } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode, NodeDigest } from './knownNode.ts';

/** How a check ended: it found something, found nothing, or had nothing to look at. */
export interface CheckOutcome {
  readonly id: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what of it is not known. */
  readonly why: string | undefined;
}

export interface Report {
  readonly cluster: string;
  /** The most severe first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckOutcome[];
}

/** Runs checks over nodes one at a time, so that no more than one of them has to be in memory. */
export interface Diagnosis {
  /** Runs the rules for a node; what its probes said is not needed afterwards. */
  readonly add: (node: KnownNode) => void;
  /** What was found so far, without the rules that need all nodes. */
  readonly soFar: () => readonly Finding[];
  /** Runs the rules for the whole, and tells. */
  readonly finish: () => Report;
}

/** A finding while nodes are added to it. */
interface Open {
  readonly check: string;
  readonly draft: Draft;
  readonly nodes: Set<string>;
  readonly evidence: Evidence[];
}

/** What happened to a rule. */
interface Coverage {
  ran: number;
  /** Why it could not run, and on which nodes. */
  readonly missing: Map<string, Set<string>>;
}

/** As much evidence of one finding as anybody reads. */
const maxEvidence = 8;

export function startDiagnosis(cluster: KnownCluster, checks: readonly Check[]): Diagnosis {
  const open = new Map<string, Open>();
  const coverage = new Map<Rule, Coverage>();
  const digests: NodeDigest[] = [];
  for (const { rules } of checks)
    for (const rule of rules) coverage.set(rule, { ran: 0, missing: new Map() });

  const take = (check: string, rule: string, drafts: readonly Draft[], node: string | undefined) => {
    for (const draft of drafts) {
      const id = `${check}/${rule}/${draft.cause}`;
      const known = open.get(id) ?? { check, draft, nodes: new Set(), evidence: [] };
      open.set(id, known);
      const at = draft.subject.node ?? node;
      if (at !== undefined) known.nodes.add(at);
      for (const evidence of draft.evidence) {
        const isNew = known.evidence.every((each) => !isSameEvidence(each, evidence));
        if (isNew && known.evidence.length < maxEvidence) known.evidence.push(evidence);
      }
    }
  };

  return {
    add(node) {
      let isHeard = false;
      for (const { id, rules } of checks) {
        for (const rule of rules) {
          if (rule.scope === 'cluster') continue;
          const missing = missingFor(rule, cluster, node);
          if (missing === notMeant) continue;
          if (missing !== undefined) {
            note(coverage.get(rule), missing.why, node.name);
            continue;
          }
          if (rule.probes.length > 0) isHeard = true;
          ran(coverage.get(rule));
          take(id, rule.id, rule.find(node, cluster), node.name);
        }
      }
      digests.push(digestOf(node, isHeard));
    },
    soFar: () => toFindings(open),
    finish() {
      for (const { id, rules } of checks) {
        for (const rule of rules) {
          if (rule.scope === 'node') continue;
          const missing = missingObjects(rule, cluster);
          if (missing !== undefined) note(coverage.get(rule), missing.why, undefined);
          else {
            ran(coverage.get(rule));
            take(id, rule.id, rule.find(cluster, digests), undefined);
          }
        }
      }
      const findings = toFindings(open);
      return {
        cluster: cluster.name,
        findings,
        checks: checks.map((check) => outcomeOf(check, findings, coverage)),
      };
    },
  };
}

function isSameEvidence(a: Evidence, b: Evidence): boolean {
  return a.value === b.value && JSON.stringify(a.at) === JSON.stringify(b.at);
}

function note(coverage: Coverage | undefined, why: string, node: string | undefined): void {
  if (coverage === undefined) return;
  const nodes = coverage.missing.get(why) ?? new Set();
  if (node !== undefined) nodes.add(node);
  coverage.missing.set(why, nodes);
}

function ran(coverage: Coverage | undefined): void {
  if (coverage !== undefined) coverage.ran++;
}

/** Why a rule cannot run. */
interface Missing {
  readonly why: string;
}

/** The rule is not for this node, which is no loss. */
const notMeant: Missing = { why: '' };

/** Why a rule cannot run for a node; `undefined` when it can. */
function missingFor(rule: NodeRule, cluster: KnownCluster, node: KnownNode): Missing | undefined {
  if (rule.dataplane === 'ebpf' && node.facts().ebpf.state === 'off') return notMeant;
  const objects = missingObjects(rule, cluster);
  if (objects !== undefined) return objects;
  for (const probe of rule.probes) {
    const heard = node.heard(probe);
    // IPv6 has no maps where it is off.
    if (heard.kind === 'failed' && heard.reason === 'map-missing' && probe.endsWith('.v6')) return notMeant;
    if (heard.kind === 'failed') return { why: `${probe}: ${heard.message}` };
    if (heard.kind === 'unknown') return heard;
  }
  return undefined;
}

function missingObjects({ objects }: NodeRule | ClusterRule, cluster: KnownCluster): Missing | undefined {
  for (const resource of objects) {
    const listed = cluster.listed(resource);
    if (listed.kind === 'unknown') return { why: `${resource}: ${listed.why}` };
  }
  return undefined;
}

function toFindings(open: ReadonlyMap<string, Open>): readonly Finding[] {
  const findings = [...open].map(([id, { check, draft, nodes, evidence }]): Finding => {
    const names = [...nodes].toSorted();
    const subject = names.length > 1 ? subjectOfMany(draft, names) : draft.subject;
    return {
      ...draft,
      id,
      check,
      subject,
      evidence,
      nodes: names,
      title: draft.title.replaceAll('{nodes}', listNodes(names)),
    };
  });
  const rank = ({ severity }: Finding) => severities.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id, 'en'));
}

function subjectOfMany({ subject }: Draft, nodes: readonly string[]): Draft['subject'] {
  const { node: _node, ...rest } = subject;
  return subject.kind === 'node' ? { kind: 'node', name: nodes[0] ?? subject.name } : rest;
}

function outcomeOf(
  { id, title, rules }: Check,
  findings: readonly Finding[],
  coverage: ReadonlyMap<Rule, Coverage>,
): CheckOutcome {
  const covered = rules.flatMap((rule) => coverage.get(rule) ?? []);
  const why = whyMissing(covered);
  if (findings.some(({ check }) => check === id)) return { id, title, status: 'failed', why };
  if (covered.some((each) => each.ran > 0)) return { id, title, status: 'passed', why };
  return { id, title, status: 'skipped', why: why ?? 'No node runs eBPF, as far as is known.' };
}

/** What could not be looked at, in a sentence for each reason. */
function whyMissing(covered: readonly Coverage[]): string | undefined {
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
    .map(([why, nodes]) => (nodes.size === 0 ? why : `${why.replace(/\.$/, '')} (${listNodes([...nodes])})`))
    .join('; ');
}
