import { parseArp, parseArpJson } from '../dump/arp.ts';
import { parseConntrack } from '../dump/conntrack.ts';
import { parseConntrackJson } from '../dump/conntrackJson.ts';
import { parseCounters, parseCountersJson } from '../dump/counters.ts';
import type { Dump } from '../dump/dump.ts';
import { parseIfState, parseIfStateJson } from '../dump/ifstate.ts';
import { parseIpSets, parseIpSetsJson } from '../dump/ipsets.ts';
import { isJson } from '../dump/json.ts';
import { parseMaglev, parseMaglevJson } from '../dump/maglev.ts';
import { parseNat } from '../dump/nat.ts';
import { parseNatAffinity, parseNatAffinityJson } from '../dump/natAffinity.ts';
import { parseNatJson } from '../dump/natJson.ts';
import { parseProfiling } from '../dump/profiling.ts';
import { parseRoutes, parseRoutesJson } from '../dump/routes.ts';
import type { Problem } from '../text/problem.ts';
import { isFilled } from './columns.ts';
import { conntrackColumns } from './maps/conntrack.ts';
import { counterColumns, counterShape, profileColumns } from './maps/counters.ts';
import { affinityColumns, maglevColumns, natColumns, natShape } from './maps/nat.ts';
import { arpColumns, ifStateColumns, ipSetColumns, ipSetShape, routeColumns } from './maps/others.ts';
import { nestedRowSpans, nowhere, type NestedShape } from './nested.ts';
import type { Column, Table } from './table.ts';

export interface TableDump {
  readonly table: Table;
  readonly problems: readonly Problem[];
}

type Reader = (text: string) => TableDump;

/** The readers by the beginning of the probe's id; arguments, `.raw`, `.v6` and `.json` follow. */
const readers: readonly (readonly [probe: string, read: Reader])[] = [
  ['arp.dump', flat({ text: parseArp, json: parseArpJson }, arpColumns)],
  ['conntrack.dump', flat({ text: parseConntrack, json: parseConntrackJson }, conntrackColumns)],
  ['counters.dump', nested({ text: parseCounters, json: parseCountersJson }, counterColumns, counterShape)],
  ['ifstate.dump', flat({ text: parseIfState, json: parseIfStateJson }, ifStateColumns)],
  ['ipsets.dump', nested({ text: parseIpSets, json: parseIpSetsJson }, ipSetColumns, ipSetShape)],
  ['nat.aff', flat({ text: parseNatAffinity, json: parseNatAffinityJson }, affinityColumns)],
  ['nat.dump', nested({ text: parseNat, json: parseNatJson }, natColumns, natShape)],
  ['nat.maglev', flat({ text: parseMaglev, json: parseMaglevJson }, maglevColumns)],
  ['profiling.e2e', flat({ text: parseProfiling, json: parseProfiling }, profileColumns)],
  ['routes.dump', flat({ text: parseRoutes, json: parseRoutesJson }, routeColumns)],
];

/** Reads what a probe printed into a table, without names yet; `undefined` for a probe that has no table. */
export function readTable(probe: string, text: string): TableDump | undefined {
  return findReader(probe)?.(text);
}

export function hasTable(probe: string): boolean {
  return findReader(probe) !== undefined;
}

function findReader(probe: string): Reader | undefined {
  return readers.find(([start]) => probe === start || probe.startsWith(`${start}.`))?.[1];
}

interface Parsers<T> {
  readonly text: (text: string) => Dump<T>;
  readonly json: (text: string) => Dump<T>;
}

/** A dump whose entries are the rows. */
function flat<T>(parsers: Parsers<T>, columns: (entries: readonly T[]) => readonly Column[]): Reader {
  return (text) => {
    const { entries, spans, problems } = parsers[isJson(text) ? 'json' : 'text'](text);
    const spanAt = (row: number) => spans[row] ?? nowhere;
    return { problems, table: toTable(entries.length, columns(entries), spanAt) };
  };
}

function nested<T, R>(
  parsers: Parsers<T>,
  columns: (rows: readonly R[]) => readonly Column[],
  { rowsOf, marks }: NestedShape<T, R>,
): Reader {
  return (text) => {
    const form = isJson(text) ? 'json' : 'text';
    const { entries, spans, problems } = parsers[form](text);
    const rows = entries.map(rowsOf);
    const counts = rows.map(({ length }) => length);
    const all = rows.flat();
    const spanAt = nestedRowSpans(text, { spans, counts, rowMark: marks[form] });
    return { problems, table: toTable(all.length, columns(all), spanAt) };
  };
}

/** Columns in which no row has a value are left out: the version or the form does not print them. */
function toTable(rowCount: number, columns: readonly Column[], spanAt: Table['spanAt']): Table {
  return { rowCount, columns: columns.filter((column) => isFilled(column, rowCount)), spanAt };
}
