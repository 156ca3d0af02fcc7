import type { MapId } from '../probes.ts';
import type { ConntrackEntry } from './conntrack.ts';
import { countDrops, type InterfaceCounters } from './counters.ts';
import type { Dump } from './dump.ts';
import type { IfState } from './ifstate.ts';
import type { IpSet } from './ipsets.ts';
import type { NatFrontend } from './natLine.ts';

/** What of a map is worth saying in one line. */
export interface MapSummary {
  readonly count: number;
  /** The noun for the count: `frontends`, `entries`. */
  readonly unit: string;
  /** How many entries of the BPF map that is, where it follows from the dump. */
  readonly used: number | undefined;
  /** Of `nat`: how many entries of the backend map its frontends lead to. */
  readonly usedBackends: number | undefined;
  /** What deserves attention, in words: `1 without backends`, `12 drops`. */
  readonly trouble: string | undefined;
}

/** Sums up what the reader of a map's dump found. */
export function summarizeMap(map: MapId, { entries }: Dump<unknown>): MapSummary {
  const count = entries.length;
  const plain = { count, used: count, usedBackends: undefined, trouble: undefined };
  switch (map) {
    case 'nat':
      return summarizeNat(entries as readonly NatFrontend[]);
    case 'counters': {
      const tables = entries as readonly InterfaceCounters[];
      return { ...plain, unit: 'interfaces', used: undefined, trouble: counterTrouble(tables) };
    }
    case 'ifstate':
      return { ...plain, unit: 'interfaces', trouble: interfaceTrouble(entries as readonly IfState[]) };
    case 'ipsets': {
      const used = (entries as readonly IpSet[]).reduce((total, { members }) => total + members.length, 0);
      return { ...plain, unit: 'sets', used };
    }
    case 'conntrack': {
      const isNatted = (entry: ConntrackEntry) => entry.kind === 'connection' && entry.service !== undefined;
      return summarizeConntrack(count, (entries as readonly ConntrackEntry[]).filter(isNatted).length);
    }
    case 'maglev':
      return { ...plain, unit: 'slots' };
    case 'routes':
    case 'nat-affinity':
    case 'arp':
      return { ...plain, unit: 'entries' };
  }
}

/**
 * Sums up conntrack: the pretty form leaves out the entry that leads from a service's address to its connection, one
 * for each connection to a service.
 */
export function summarizeConntrack(rows: number, natted: number): MapSummary {
  const count = rows + natted;
  return { count, unit: 'entries', used: count, usedBackends: undefined, trouble: undefined };
}

/** Sums up frontends, which are looked at once and in their order. */
export function summarizeNat(frontends: Iterable<NatFrontend>): MapSummary {
  let count = 0;
  const empty = new Set<number>();
  const missing = new Set<string>();
  const known = new Set<string>();
  for (const { id, count: announced, backends } of frontends) {
    count++;
    if (announced === 0) empty.add(id);
    for (const { ordinal, endpoint } of backends)
      (endpoint === undefined ? missing : known).add(`${id}:${ordinal}`);
  }
  const trouble = words([
    [empty.size, 'without backends'],
    [missing.size, missing.size === 1 ? 'backend is missing' : 'backends are missing'],
  ]);
  return { count, unit: 'frontends', used: count, usedBackends: known.size, trouble };
}

function counterTrouble(tables: readonly InterfaceCounters[]): string | undefined {
  const drops = countDrops(tables);
  return drops === 0n ? undefined : `${drops.toLocaleString('en')} ${drops === 1n ? 'drop' : 'drops'}`;
}

function interfaceTrouble(interfaces: readonly IfState[]): string | undefined {
  return words([[interfaces.filter((each) => !isReady(each)).length, 'not ready']]);
}

/** Whether Calico's programs are in place on an interface; one that is not managed needs none. */
export function isReady({ flags }: IfState): boolean {
  return flags.some(
    (flag) => flag === 'ready' || flag === 'v4Ready' || flag === 'v6Ready' || flag === 'notmanaged',
  );
}

function words(parts: readonly (readonly [count: number, what: string])[]): string | undefined {
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count.toLocaleString('en')} ${what}`);
  return said.length === 0 ? undefined : said.join(', ');
}
