export type FindingSeverity = 'error' | 'warning' | 'information';

/**
 * Who stumbles over a value:
 * - `refused`: the API server does not store it;
 * - `replaced`: it is stored, and Felix warns and uses its default instead;
 * - `error`: it is stored, and Felix cannot start with it or stops;
 * - `undecodable`: it is stored, and no Calico component can read the object any more;
 * - `calicoctl-refuses`: it works when written to the CRD itself; calicoctl and the Calico API server refuse it;
 * - `ignored`: it is valid and has no effect here;
 * - `advice`: it works, and probably not as meant.
 */
export const verdicts = [
  'refused',
  'replaced',
  'error',
  'undecodable',
  'calicoctl-refuses',
  'ignored',
  'advice',
] as const;
export type Verdict = (typeof verdicts)[number];

export const findingCodes = [
  // Structure
  'unknown-key',
  'duplicate-key',
  'missing-key',
  'type',
  // Values
  'enum',
  'enum-case',
  'range',
  'duration',
  'format',
  'yaml-boolean',
  'yaml-number',
  'unusable',
  // Versions
  'not-yet',
  'removed',
  'deprecated',
  'changed',
  // The object
  'name',
  'selector',
  'combination',
  // Meaning
  'no-effect',
  'risk',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export type Path = readonly (string | number)[];

/** One thing wrong with, or worth knowing about, a configuration. */
export interface FelixFinding {
  /** Stable; shown beside the message. */
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  readonly verdict: Verdict;
  /** What is wrong and what is right; one or two sentences. */
  readonly message: string;
  /** Where in the value that was judged: keys and indexes, from the outside in. */
  readonly path: Path;
  /** Whether it is about the key itself or its value. */
  readonly at: 'key' | 'value';
  /** The one right answer, when there is one. */
  readonly fix: Fix | undefined;
}

/** What to write instead; `path` is relative to what was judged, as in the finding. */
export type Fix =
  | { readonly kind: 'replace'; readonly title: string; readonly replacement: string }
  | { readonly kind: 'rename'; readonly title: string; readonly key: string }
  | { readonly kind: 'remove'; readonly title: string }
  | { readonly kind: 'add'; readonly title: string; readonly path: Path; readonly source: string };

/** A finding about the value at `path`, made with what is usual. */
export function finding(
  about: Pick<FelixFinding, 'code' | 'verdict' | 'message'> & Partial<FelixFinding>,
): FelixFinding {
  return { path: [], at: 'value', fix: undefined, severity: severityOf[about.verdict], ...about };
}

/** The same finding seen from the value around it. */
export function within(outer: string | number, inner: FelixFinding): FelixFinding {
  const { fix } = inner;
  return {
    ...inner,
    path: [outer, ...inner.path],
    fix: fix?.kind === 'add' ? { ...fix, path: [outer, ...fix.path] } : fix,
  };
}

/** What is found in each item of a list, seen from the list. Mostly that is nothing, and then costs nothing. */
export function inItems<T>(
  items: readonly T[],
  judge: (item: T) => readonly FelixFinding[],
): readonly FelixFinding[] {
  let found: FelixFinding[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const inner = item === undefined ? [] : judge(item);
    if (inner.length > 0) (found ??= []).push(...inner.map((each) => within(index, each)));
  }
  return found ?? [];
}

const severityOf: Readonly<Record<Verdict, FindingSeverity>> = {
  refused: 'error',
  error: 'error',
  undecodable: 'error',
  replaced: 'warning',
  'calicoctl-refuses': 'warning',
  ignored: 'warning',
  advice: 'information',
};
