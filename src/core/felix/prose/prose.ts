import { bpfProse } from './bpf.ts';
import { dataplaneProse } from './dataplane.ts';
import { networkProse } from './network.ts';
import { processProse } from './process.ts';

/** What a key does, and what each of its values does. */
export interface FieldProse {
  /** What it is about in two or three words, to stand beside its name. */
  readonly gist?: string;
  /** Two sentences: what it is, and what follows from it. */
  readonly text: string;
  readonly values?: Readonly<Record<string, string>>;
  /** What the parts of an object, or of the items of a list, are. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** What is told of each key. */
export const fieldProse: Readonly<Record<string, FieldProse>> = {
  ...bpfProse,
  ...dataplaneProse,
  ...networkProse,
  ...processProse,
};
