import type { Edits } from '../../edited.ts';
import { variants } from '../../healthy/variants.ts';
import { mergeEdits } from '../edits.ts';
import type { Fault } from '../fault.ts';

/** A fault in a cluster that is made otherwise than the recorded ones, or seen only in part. */
export interface Elsewhere extends Omit<Fault, 'recordings' | 'withoutEbpf'> {
  readonly recording: string;
  /** The healthy variant that it is put into. */
  readonly in?: string;
  /** What is known of the recording besides, where less of it can be seen. */
  readonly known?: readonly string[];
}

/** What is changed in the recording: what makes it otherwise, and the fault. */
export function editsOf({ in: name, edits }: Pick<Elsewhere, 'in' | 'edits'>): Edits {
  const base = variants.find((each) => each.name === name);
  return base === undefined ? edits : mergeEdits(base.edits, edits);
}
