import { listSome, type Finding } from './finding.ts';

/** What is different between two runs of the checks. */
export interface Changes {
  /** Findings that are new, or more or less severe than before. */
  readonly appeared: readonly Finding[];
  /** Findings that are no longer found. */
  readonly gone: readonly Finding[];
}

/** What changed from one report to the next. */
export function compareFindings(before: readonly Finding[], after: readonly Finding[]): Changes {
  const known = new Map(before.map((finding) => [finding.id, finding]));
  const found = new Set(after.map(({ id }) => id));
  return {
    appeared: after.filter(({ id, severity }) => known.get(id)?.severity !== severity),
    gone: before.filter(({ id }) => !found.has(id)),
  };
}

/** `1 new (service shop/cart), 2 gone (interface eth0, key bpfLogLevel) since the last time.` */
export function spellChanges({ appeared, gone }: Changes): string {
  const parts = [...countOf(appeared, 'new'), ...countOf(gone, 'gone')];
  return `${parts.length === 0 ? 'Nothing changed' : parts.join(', ')} since the last time.`;
}

function countOf(findings: readonly Finding[], what: string): readonly string[] {
  if (findings.length === 0) return [];
  const about = findings.map(({ subject: { kind, namespace, name } }) =>
    namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
  );
  return [`${findings.length} ${what} (${listSome([...new Set(about)], 'subjects')})`];
}
