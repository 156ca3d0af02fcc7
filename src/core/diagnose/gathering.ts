import { listNodes, severities, type Draft, type Evidence, type Finding, type Subject } from './finding.ts';

/** A finding while nodes are added to it. */
interface Open {
  readonly check: string;
  readonly nodes: Set<string>;
  /** Those of the first nodes by name, whichever of them answered first. */
  drafts: readonly Placed[];
}

interface Placed {
  readonly node: string;
  readonly draft: Draft;
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
      const known = this.#open.get(id) ?? { check, nodes: new Set(), drafts: [] };
      this.#open.set(id, known);
      const at = draft.subject.node ?? node;
      if (at !== undefined) known.nodes.add(at);
      known.drafts = [...known.drafts, { node: at ?? '', draft }]
        .toSorted((a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0))
        .slice(0, maxEvidence);
    }
  }

  /** The findings so far, the most severe first. */
  findings(): readonly Finding[] {
    const rank = ({ severity }: Finding) => severities.indexOf(severity);
    return [...this.#open]
      .flatMap(([id, open]) => toFinding(id, open))
      .toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id, 'en'));
  }
}

function toFinding(id: string, { check, drafts, nodes }: Open): readonly Finding[] {
  const draft = drafts[0]?.draft;
  if (draft === undefined) return [];
  const evidence: Evidence[] = [];
  for (const each of drafts.flatMap((placed) => placed.draft.evidence))
    if (evidence.every((known) => !isSame(known, each))) evidence.push(each);
  const names = [...nodes].toSorted();
  return [
    {
      ...draft,
      id,
      check,
      evidence: evidence.slice(0, maxEvidence),
      nodes: names,
      subject: names.length > 1 ? subjectOfMany(draft.subject, names) : draft.subject,
      title: draft.title.replaceAll('{nodes}', listNodes(names)),
    },
  ];
}

function isSame(a: Evidence, b: Evidence): boolean {
  return a.value === b.value && JSON.stringify(a.at) === JSON.stringify(b.at);
}

function subjectOfMany(subject: Subject, nodes: readonly string[]): Subject {
  const { node: _node, ...rest } = subject;
  return subject.kind === 'node' ? { kind: 'node', name: nodes[0] ?? subject.name } : rest;
}
