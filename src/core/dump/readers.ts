import { parseArp } from './arp.ts';
import { parseConntrack } from './conntrack.ts';
import { parseCounters } from './counters.ts';
import type { Dump } from './dump.ts';
import { parseIfState } from './ifstate.ts';
import { parseIpSets } from './ipsets.ts';
import { parseMaglev } from './maglev.ts';
import { parseNat } from './nat.ts';
import { parseNatAffinity } from './natAffinity.ts';
import { parseRoutes } from './routes.ts';

type Reader = (text: string) => Dump<unknown>;

/** Who reads what a probe prints, by the beginning of its id; arguments, `.raw` and `.v6` follow. */
const readers: readonly (readonly [probe: string, read: Reader])[] = [
  ['arp.dump', parseArp],
  ['conntrack.dump', parseConntrack],
  ['counters.dump', parseCounters],
  ['ifstate.dump', parseIfState],
  ['ipsets.dump', parseIpSets],
  ['nat.aff', parseNatAffinity],
  ['nat.dump', parseNat],
  ['nat.maglev', parseMaglev],
  ['routes.dump', parseRoutes],
];

/** Reads the text form of a probe; `undefined` for a probe that nobody reads. */
export function readDump(probe: string, text: string): Dump<unknown> | undefined {
  return findReader(probe)?.(text);
}

/** The probe ids that can be read, without their variants. */
export const readableProbes: readonly string[] = readers.map(([probe]) => probe);

function findReader(probe: string): Reader | undefined {
  if (probe.endsWith('.json')) return undefined;
  return readers.find(([start]) => probe === start || probe.startsWith(`${start}.`))?.[1];
}
