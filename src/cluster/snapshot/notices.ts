import type { Notice } from '../cluster.ts';

/** How many names one notice lists. */
const mostNames = 5;

/** Says the same reason once for all it concerns: 1,000 nodes that may not be asked are one notice. */
export function mergeNotices(notices: readonly Notice[]): readonly Notice[] {
  const groups = new Map<string, readonly Notice[]>();
  for (const notice of notices) {
    const key = namesIn(notice).reduce((why, name) => why.replaceAll(name, ''), notice.why);
    groups.set(key, [...(groups.get(key) ?? []), notice]);
  }
  return [...groups.values()].map((group) => ({ what: listNames(group), why: group[0]?.why ?? '' }));
}

/** What a reason may name: of `nat.dump of node-a` the node; of `tiers.example.org` plural and group, too. */
function namesIn({ what }: Notice): readonly string[] {
  const subject = what.split(' of ').at(-1) ?? what;
  const [plural = '', ...group] = subject.split('.');
  return [subject, plural, group.join('.')].filter((name) => name !== '');
}

function listNames(group: readonly Notice[]): string {
  const names = [...new Set(group.map(({ what }) => what))].toSorted();
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
