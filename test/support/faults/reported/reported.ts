import type { Elsewhere } from '../elsewhere/elsewhere.ts';

/** A fault as somebody has reported it, put into the recording of a healthy cluster. */
export interface Reported extends Elsewhere {
  /** The thread that tells of it: `projectcalico/calico#9330`. */
  readonly from: string;
}

/** All nodes of the recordings, as findings name them. */
export const all = 'node-a,node-b,node-c';
