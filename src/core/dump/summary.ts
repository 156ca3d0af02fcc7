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
  /** What deserves attention, in words: `1 without backends`, `12 drops`. */
  readonly trouble: string | undefined;
}

/** Sums up what the reader of a map's dump found. */
export function summarizeMap(map: MapId, { entries }: Dump<unknown>): MapSummary {
  const count = entries.length;
  const trouble = undefined;
  switch (map) {
    case 'nat':
      return {
        count,
        unit: 'frontends',
        used: count,
        trouble: natTrouble(entries as readonly NatFrontend[]),
      };
    case 'counters': {
      const tables = entries as readonly InterfaceCounters[];
      return { count, unit: 'interfaces', used: undefined, trouble: counterTrouble(tables) };
    }
    case 'ifstate':
      return {
        count,
        unit: 'interfaces',
        used: count,
        trouble: interfaceTrouble(entries as readonly IfState[]),
      };
    case 'ipsets': {
      const used = (entries as readonly IpSet[]).reduce((total, { members }) => total + members.length, 0);
      return { count, unit: 'sets', used, trouble };
    }
    case 'conntrack': {
      const used = countConntrack(entries as readonly ConntrackEntry[]);
      return { count: used, unit: 'entries', used, trouble };
    }
    case 'maglev':
      return { count, unit: 'slots', used: count, trouble };
    case 'routes':
    case 'nat-affinity':
    case 'arp':
      return { count, unit: 'entries', used: count, trouble };
  }
}

/** The pretty form leaves out the entry that leads from a service's address to its connection: one for each. */
function countConntrack(entries: readonly ConntrackEntry[]): number {
  let count = entries.length;
  for (const entry of entries) if (entry.kind === 'connection' && entry.service !== undefined) count++;
  return count;
}

function natTrouble(frontends: readonly NatFrontend[]): string | undefined {
  const services = new Set(frontends.filter(({ count }) => count === 0).map(({ id }) => id));
  const missing = new Set(
    frontends.flatMap(({ id, backends }) =>
      backends.filter(({ endpoint }) => endpoint === undefined).map(({ ordinal }) => `${id}:${ordinal}`),
    ),
  );
  return words([
    [services.size, 'without backends'],
    [missing.size, missing.size === 1 ? 'backend is missing' : 'backends are missing'],
  ]);
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
