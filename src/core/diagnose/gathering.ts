import { listNodes, severities, type Draft, type Evidence, type Finding, type Subject } from './finding.ts';

/** A finding while nodes are added to it. */
interface Open {
  readonly check: string;
  readonly draft: Draft;
  readonly nodes: Set<string>;
  readonly evidence: Evidence[];
}

/** Who yields drafts: a rule of a check, about a node or about the whole. */
export interface Origin {
  readonly check: string;
  readonly rule: string;
  readonly node: string | undefined;
}

/** As much evidence of one finding as anybody reads. */
const maxEvidence = 8;

/** Puts drafts with the same cause together, whichever nodes they come from. */
export class Gathering {
  readonly #open = new Map<string, Open>();

  take(drafts: readonly Draft[], { check, rule, node }: Origin): void {
    for (const draft of drafts) {
      const id = `${check}/${rule}/${draft.cause}`;
      const known = this.#open.get(id) ?? { check, draft, nodes: new Set(), evidence: [] };
      this.#open.set(id, known);
      const at = draft.subject.node ?? node;
      if (at !== undefined) known.nodes.add(at);
      for (const evidence of draft.evidence) addEvidence(known, evidence);
    }
  }

  /** The findings so far, the most severe first. */
  findings(): readonly Finding[] {
    const rank = ({ severity }: Finding) => severities.indexOf(severity);
    return [...this.#open]
      .map(([id, open]) => toFinding(id, open))
      .toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id, 'en'));
  }
}

function addEvidence({ evidence: known }: Open, evidence: Evidence): void {
  const isNew = known.every((each) => !isSame(each, evidence));
  if (isNew && known.length < maxEvidence) known.push(evidence);
}

function isSame(a: Evidence, b: Evidence): boolean {
  return a.value === b.value && JSON.stringify(a.at) === JSON.stringify(b.at);
}

function toFinding(id: string, { check, draft, nodes, evidence }: Open): Finding {
  const names = [...nodes].toSorted();
  return {
    ...draft,
    id,
    check,
    evidence,
    nodes: names,
    subject: names.length > 1 ? subjectOfMany(draft.subject, names) : draft.subject,
    title: draft.title.replaceAll('{nodes}', listNodes(names)),
  };
}

function subjectOfMany(subject: Subject, nodes: readonly string[]): Subject {
  const { node: _node, ...rest } = subject;
  return subject.kind === 'node' ? { kind: 'node', name: nodes[0] ?? subject.name } : rest;
}
