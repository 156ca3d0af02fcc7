import type { Finding } from './finding.ts';

/** What is different between two runs of the checks. */
export interface Changes {
  /** The ids of findings that are new, or more severe than before. */
  readonly appeared: ReadonlySet<string>;
  /** Findings that are no longer found. */
  readonly gone: readonly Finding[];
}

/** What changed from one report to the next. */
export function compareFindings(before: readonly Finding[], after: readonly Finding[]): Changes {
  const known = new Map(before.map((finding) => [finding.id, finding]));
  const found = new Set(after.map(({ id }) => id));
  return {
    appeared: new Set(
      after.filter(({ id, severity }) => known.get(id)?.severity !== severity).map(({ id }) => id),
    ),
    gone: before.filter(({ id }) => !found.has(id)),
  };
}

/** `2 new, 1 gone since the last time.` */
export function spellChanges({ appeared, gone }: Changes): string {
  if (appeared.size === 0 && gone.length === 0) return 'Nothing changed since the last time.';
  return `${appeared.size} new, ${gone.length} gone since the last time.`;
}
