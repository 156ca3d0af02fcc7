import type { Fault } from '../fault.ts';

/** A fault in a cluster that is made otherwise than the recorded ones, or seen only in part. */
export interface Elsewhere extends Omit<Fault, 'recordings' | 'withoutEbpf'> {
  readonly recording: string;
  /** The healthy variant that it is put into. */
  readonly in?: string;
  /** What is known of the recording besides, where less of it can be seen. */
  readonly known?: readonly string[];
}
