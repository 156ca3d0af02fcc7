import { conntrackRows } from '../columns/conntrackRows.ts';
import { natRows } from '../columns/natRows.ts';
import { routeRows } from '../columns/routes.ts';
import { DumpStream, type RowReader } from '../columns/stream.ts';
import { parseArp, parseArpJson } from '../dump/arp.ts';
import { parseCounters, parseCountersJson } from '../dump/counters.ts';
import type { Dump } from '../dump/dump.ts';
import { parseIfState, parseIfStateJson } from '../dump/ifstate.ts';
import { parseIpSets, parseIpSetsJson } from '../dump/ipsets.ts';
import { isJson } from '../dump/json.ts';
import { parseMaglev, parseMaglevJson } from '../dump/maglev.ts';
import { parseNatAffinity, parseNatAffinityJson } from '../dump/natAffinity.ts';
import { parseProfiling } from '../dump/profiling.ts';
import type { Problem } from '../text/problem.ts';
import { isFilled } from './columns.ts';
import { conntrackTable } from './maps/conntrack.ts';
import { counterColumns, counterShape, profileColumns } from './maps/counters.ts';
import { affinityColumns, maglevColumns, natColumns, natTableRows } from './maps/nat.ts';
import { PacketStream } from './maps/packetTable.ts';
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
  ['counters.dump', nested({ text: parseCounters, json: parseCountersJson }, counterColumns, counterShape)],
  ['ifstate.dump', flat({ text: parseIfState, json: parseIfStateJson }, ifStateColumns)],
  ['ipsets.dump', nested({ text: parseIpSets, json: parseIpSetsJson }, ipSetColumns, ipSetShape)],
  ['nat.aff', flat({ text: parseNatAffinity, json: parseNatAffinityJson }, affinityColumns)],
  ['nat.maglev', flat({ text: parseMaglev, json: parseMaglevJson }, maglevColumns)],
  ['profiling.e2e', flat({ text: parseProfiling, json: parseProfiling }, profileColumns)],
];

/** The dumps that may have very many rows: they become columns as they come. */
const streams: readonly (readonly [probe: string, open: () => TableStream])[] = [
  ['conntrack.dump', openConntrack],
  ['nat.dump', openNat],
  ['routes.dump', openRoutes],
  ['trace', openPackets],
];

/** Takes a dump piece by piece and makes a table of it, without names yet. */
export interface TableStream {
  /** `false` when nothing more is wanted. */
  push(bytes: Uint8Array): boolean;
  /** The rows so far, of a dump that may grow. */
  soFar?(): TableDump;
  end(): TableDump;
}

/** Begins a table of what a probe printed; `undefined` for a probe that has no table. */
export function openTable(probe: string): TableStream | undefined {
  const open = streams.find(([start]) => isOf(probe, start))?.[1];
  if (open !== undefined) return open();
  const read = readers.find(([start]) => isOf(probe, start))?.[1];
  return read && collected(read);
}

/** Reads what a probe printed into a table, without names yet; `undefined` for a probe that has no table. */
export function readTable(probe: string, text: string): TableDump | undefined {
  const stream = openTable(probe);
  stream?.push(new TextEncoder().encode(text));
  return stream?.end();
}

export function hasTable(probe: string): boolean {
  return openTable(probe) !== undefined;
}

function isOf(probe: string, start: string): boolean {
  return probe === start || probe.startsWith(`${start}.`);
}

function openConntrack(): TableStream {
  const rows = conntrackRows();
  return streamed(rows, () => toTable(rows.count, conntrackTable(rows.columns), (row) => rows.spanAt(row)));
}

function openNat(): TableStream {
  const rows = natRows();
  const { columns } = rows;
  return streamed(rows, () => {
    const shown = natTableRows(columns);
    return toTable(shown.frontends.length, natColumns(columns, shown), (row) => {
      const backend = shown.backends[row] ?? 0;
      return backend > 0
        ? columns.backends.places.at(backend - 1)
        : columns.places.at(shown.frontends[row] ?? 0);
    });
  });
}

function openRoutes(): TableStream {
  const rows = routeRows();
  return streamed(rows, () => toTable(rows.count, routeColumns(rows.columns), (row) => rows.spanAt(row)));
}

function streamed(rows: RowReader, read: () => Table): TableStream {
  const stream = new DumpStream(rows);
  return {
    push: (bytes) => stream.push(bytes),
    end() {
      const { problems } = stream.end();
      return { problems, table: read() };
    },
  };
}

/** The packets of a trace. */
function openPackets(): TableStream {
  const stream = new PacketStream();
  return {
    push: (bytes) => stream.push(bytes),
    soFar: () => filled(stream.soFar()),
    end: () => filled(stream.end()),
  };
}

function filled({ table, problems }: TableDump): TableDump {
  const columns = table.columns.filter((column) => isFilled(column, table.rowCount));
  return { table: { ...table, columns }, problems };
}

/** A dump that is read as a whole. */
function collected(read: Reader): TableStream {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  return {
    push: (bytes) => texts.push(decoder.decode(bytes, { stream: true })) > 0,
    end: () => read(texts.join('') + decoder.decode()),
  };
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
