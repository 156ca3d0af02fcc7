import type { Edits } from '../../edited.ts';

/** Something wrong in a cluster like the recorded ones, with all that follows from it. */
export interface Scene {
  readonly name: string;
  readonly edits: Edits;
  /** The errors and warnings that it leads to, as `spell` writes them; none where nothing is wrong. */
  readonly found: readonly string[];
  /** What is said of the recording besides; all that is known of it by default. */
  readonly known?: readonly string[];
  /** Where it plays; in every healthy recording by default. */
  readonly recordings?: readonly string[];
}

export const healthyRecordings = ['v3.32.1-healthy', 'v3.30.7-healthy', 'master-healthy'] as const;
