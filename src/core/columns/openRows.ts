import { conntrackRows } from './conntrackRows.ts';
import { natRows } from './natRows.ts';
import { routeRows } from './routes.ts';
import type { EntryRows } from './rows.ts';

/** The dumps that may have very many rows, by the beginning of the probe's id. */
const readers: readonly (readonly [probe: string, open: () => EntryRows<unknown>])[] = [
  ['conntrack.dump', conntrackRows],
  ['nat.dump', natRows],
  ['routes.dump', routeRows],
];

/** Rows for what a probe prints, to be read piece by piece; `undefined` for dumps that are read as a whole. */
export function openRows(probe: string): EntryRows<unknown> | undefined {
  return readers.find(([start]) => probe === start || probe.startsWith(`${start}.`))?.[1]();
}
