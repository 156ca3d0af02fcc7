import type { Edits } from '../edited.ts';

/** A fault that is put into the recording of a healthy cluster of any version, and what has to be found then. */
export interface Fault {
  /** What is wrong. */
  readonly name: string;
  readonly edits: Edits;
  /** The errors and warnings that it leads to, as `spell` writes them. */
  readonly found: readonly string[];
  /** The node that does not run eBPF then. */
  readonly withoutEbpf?: string;
  /** The recordings that it can be put into; those of healthy clusters by default. */
  readonly recordings?: RegExp;
}

/** What looks like the fault that a rule is for, and is none. */
export interface NearMiss {
  /** `<check>/<rule>` */
  readonly rule: string;
  readonly name: string;
  readonly edits: Edits;
}
