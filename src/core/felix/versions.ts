/** A Calico release; a whole line (`v3.30`) is its newest patch. */
export interface CalicoVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The patch of a version that names only its line. */
const newestPatch = 999;

/** The newest release that is known here. */
export const newestVersion: CalicoVersion = { major: 3, minor: 32, patch: 1 };

/** What is being developed: `master`, the line that becomes v3.33. */
export const nextVersion: CalicoVersion = { major: 3, minor: 33, patch: 0 };

/** The oldest release of which every fact is known; older ones are treated as this. */
export const oldestVersion: CalicoVersion = { major: 3, minor: 22, patch: 0 };

/** Reads `v3.32.1`, `3.32`, `v3.32.1-rc2` or `master`; `undefined` when the text is no version. */
export function parseVersion(text: string): CalicoVersion | undefined {
  if (text === 'master') return nextVersion;
  const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[-+].*)?$/.exec(text.trim());
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? newestPatch) };
}

/** Negative when `a` is older than `b`, zero when they are the same. */
export function compareVersions(a: CalicoVersion, b: CalicoVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** `v3.32.1`, or `v3.32` for a whole line. */
export function formatVersion({ major, minor, patch }: CalicoVersion): string {
  return patch === newestPatch ? `v${major}.${minor}` : `v${major}.${minor}.${patch}`;
}

/** Something that changed with a version. */
export interface Change {
  /** The first version that has it, `v3.30.6`. */
  readonly since: string;
}

/**
 * The last change that holds in a version. A change of a patch release (a backport) holds for the rest of its own
 * line only; later lines say so themselves.
 */
export function changeInForce<T extends Change>(
  changes: readonly T[],
  version: CalicoVersion,
): T | undefined {
  let found: { readonly change: T; readonly since: CalicoVersion } | undefined;
  for (const change of changes) {
    const since = startOf(change);
    if (since === undefined || compareVersions(since, version) > 0) continue;
    const sameLine = since.major === version.major && since.minor === version.minor;
    if (since.patch !== 0 && !sameLine) continue;
    if (found === undefined || compareVersions(since, found.since) >= 0) found = { change, since };
  }
  return found?.change;
}

/** The versions of changes are few and asked for often. */
const starts = new Map<string, CalicoVersion | undefined>();

function startOf({ since }: Change): CalicoVersion | undefined {
  if (!starts.has(since)) starts.set(since, parseVersion(since));
  return starts.get(since);
}
