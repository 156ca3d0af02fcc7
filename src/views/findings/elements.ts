import type { CheckOutcome } from '../../core/diagnose/coverage.ts';
import { severities, type Evidence, type Finding, type Severity } from '../../core/diagnose/finding.ts';
import { spellSubject } from '../../core/diagnose/report.ts';

export const groupings = ['severity', 'node', 'check'] as const;
export type Grouping = (typeof groupings)[number];

export type Element =
  | GroupElement
  | FindingElement
  | {
      readonly kind: 'evidence';
      readonly finding: Finding;
      readonly evidence: Evidence;
      readonly index: number;
    }
  | { readonly kind: 'fix'; readonly finding: Finding }
  | { readonly kind: 'gone'; readonly finding: Finding }
  | { readonly kind: 'checks'; readonly checks: readonly CheckOutcome[] }
  | { readonly kind: 'check'; readonly check: CheckOutcome };

export interface GroupElement {
  readonly kind: 'group';
  readonly id: string;
  readonly label: string;
  /** The worst that is in it. */
  readonly severity: Severity;
  readonly children: readonly Element[];
}

export interface FindingElement {
  readonly kind: 'finding';
  readonly finding: Finding;
  readonly isNew: boolean;
  /** The group that it stands in: on several nodes it stands in several. */
  readonly group: string;
}

/** An id that stays when the tree is refreshed. */
export function idOf(element: Element): string {
  switch (element.kind) {
    case 'group':
      return `group/${element.id}`;
    case 'finding':
      return `${element.group}/${element.finding.id}`;
    case 'evidence':
      return `evidence/${element.finding.id}/${element.index}`;
    case 'fix':
      return `fix/${element.finding.id}`;
    case 'gone':
      return `gone/${element.finding.id}`;
    case 'checks':
      return 'checks';
    case 'check':
      return `check/${element.check.id}`;
  }
}

const titles: { readonly [severity in Severity]: string } = {
  error: 'Errors',
  warning: 'Warnings',
  information: 'Information',
};

export interface Wanted {
  readonly grouping: Grouping;
  /** Only findings with this in their words, their subject or their nodes. */
  readonly filter: string;
  readonly appeared: ReadonlySet<string>;
  readonly titleOf: (check: string) => string;
}

/** The groups of the tree with their findings. */
export function groupFindings(findings: readonly Finding[], wanted: Wanted): readonly GroupElement[] {
  const shown = findings.filter((finding) => matches(finding, wanted.filter));
  const groups = new Map<string, Finding[]>();
  for (const finding of shown)
    for (const key of keysOf(finding, wanted.grouping))
      groups.set(key, [...(groups.get(key) ?? []), finding]);
  const keys =
    wanted.grouping === 'severity'
      ? severities.filter((each) => groups.has(each))
      : [...groups.keys()].toSorted();
  return keys.map((key) => toGroup(key, groups.get(key) ?? [], wanted));
}

function toGroup(
  key: string,
  findings: readonly Finding[],
  { grouping, appeared, titleOf }: Wanted,
): GroupElement {
  const severity =
    severities.find((each) => findings.some((finding) => finding.severity === each)) ?? 'information';
  const id = `${grouping}/${key}`;
  return {
    kind: 'group',
    id,
    label: grouping === 'severity' ? titles[severity] : grouping === 'check' ? titleOf(key) : key,
    severity,
    children: findings.map((finding) => ({
      kind: 'finding',
      finding,
      isNew: appeared.has(finding.id),
      group: id,
    })),
  };
}

const wholeCluster = 'The whole cluster';

function keysOf({ severity, check, nodes }: Finding, grouping: Grouping): readonly string[] {
  if (grouping === 'severity') return [severity];
  if (grouping === 'check') return [check];
  return nodes.length === 0 ? [wholeCluster] : nodes;
}

function matches({ title, subject, nodes, check }: Finding, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const text = [title, spellSubject(subject), check, ...nodes].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
