import { conntrackRows } from '../columns/conntrackRows.ts';
import type { EntryRows } from '../columns/rows.ts';
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
import { conntrackFacts } from '../facts/conntrack.ts';
import type { Fact } from '../facts/fact.ts';
import { interfaceStateFacts } from '../facts/interfaceState.ts';
import { wholeNatFacts } from '../facts/nat.ts';
import { counterFacts, routeFacts } from '../facts/others.ts';
import type { KnownAround } from '../facts/known.ts';
import { createNames, noNodeNaming } from '../names/createNames.ts';
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
  /** What follows from the dump and the objects of its cluster, by the rows of the table; of dumps that have rules. */
  readonly judge?: Judge;
}

export type Judge = (known: KnownAround) => readonly Fact[];

type Reader = (text: string) => TableDump;

/** The readers by the beginning of the probe's id; arguments, `.raw`, `.v6` and `.json` follow. */
const readers: readonly (readonly [probe: string, read: Reader])[] = [
  ['arp.dump', flat({ text: parseArp, json: parseArpJson }, arpColumns)],
  [
    'counters.dump',
    nested({ text: parseCounters, json: parseCountersJson }, counterColumns, {
      ...counterShape,
      judge: (tables) => counterFacts(tables),
    }),
  ],
  [
    'ifstate.dump',
    flat({ text: parseIfState, json: parseIfStateJson }, ifStateColumns, (interfaces, { node, book }) => {
      const names = createNames(book, { ...noNodeNaming, node, interfaces });
      return interfaceStateFacts(interfaces, { node, names, book });
    }),
  ],
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
  /** The table tells the lines of its rows itself: nobody needs the bytes once they were read. */
  readonly knowsLines?: true;
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
  const rows = conntrackRows('lines');
  const { columns } = rows;
  return streamed(rows, () => ({
    table: columnTable(rows.count, conntrackTable(columns), rows),
    judge: ({ surroundings }) => conntrackFacts(columns, surroundings),
  }));
}

function openNat(): TableStream {
  const rows = natRows('lines');
  const { columns } = rows;
  return streamed(rows, () => {
    const shown = natTableRows(columns);
    const placesOf = (row: number) => {
      const backend = shown.backends[row] ?? 0;
      return backend > 0
        ? ([columns.backends.places, backend - 1] as const)
        : ([columns.places, shown.frontends[row] ?? 0] as const);
    };
    const lineAt = (row: number) => {
      const [held, at] = placesOf(row);
      return held.lines.at(at);
    };
    return {
      table: columnTable(shown.frontends.length, natColumns(columns, shown), { lineAt }),
      judge({ surroundings }) {
        const frontends = Array.from({ length: rows.count }, (_, row) => rows.entry(row));
        const counts = frontends.map(({ backends }) => Math.max(1, backends.length));
        return inRows(wholeNatFacts(frontends, surroundings), counts);
      },
    };
  });
}

function openRoutes(): TableStream {
  const rows = routeRows('lines');
  return streamed(rows, () => ({
    table: columnTable(rows.count, routeColumns(rows.columns), rows),
    judge({ surroundings }) {
      const routes = Array.from({ length: rows.count }, (_, row) => rows.entry(row));
      return routeFacts(routes, surroundings);
    },
  }));
}

function streamed(rows: RowReader, read: () => Pick<TableDump, 'table' | 'judge'>): TableStream {
  const stream = new DumpStream(rows);
  return {
    knowsLines: true,
    push: (bytes) => stream.push(bytes),
    end() {
      const { problems } = stream.end();
      return { problems, ...read() };
    },
  };
}

function columnTable(
  rowCount: number,
  columns: readonly Column[],
  { lineAt }: Pick<EntryRows<unknown>, 'lineAt'>,
): Table {
  return { ...toTable(rowCount, columns), lineAt };
}

/** Facts about entries that have several rows each, as facts about those rows. */
function inRows(facts: readonly Fact[], counts: readonly number[]): readonly Fact[] {
  const firsts: number[] = [];
  let next = 0;
  for (const count of counts) {
    firsts.push(next);
    next += count;
  }
  return facts.map(({ rows, parts, ...fact }) => ({
    ...fact,
    rows: rows.flatMap((entry) => {
      const all = parts ?? Array.from({ length: counts[entry] ?? 0 }, (_, part) => part);
      return all.map((part) => (firsts[entry] ?? 0) + part);
    }),
  }));
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
function flat<T>(
  parsers: Parsers<T>,
  columns: (entries: readonly T[]) => readonly Column[],
  judge?: JudgeEntries<T>,
): Reader {
  return (text) => {
    const { entries, spans, problems } = parsers[isJson(text) ? 'json' : 'text'](text);
    const spanAt = (row: number) => spans[row] ?? nowhere;
    const dump = { problems, table: { ...toTable(entries.length, columns(entries)), spanAt } };
    return judge === undefined ? dump : { ...dump, judge: (known) => judge(entries, known) };
  };
}

type JudgeEntries<T> = (entries: readonly T[], known: KnownAround) => readonly Fact[];

function nested<T, R>(
  parsers: Parsers<T>,
  columns: (rows: readonly R[]) => readonly Column[],
  { rowsOf, marks, judge }: NestedShape<T, R> & { readonly judge?: JudgeEntries<T> },
): Reader {
  return (text) => {
    const form = isJson(text) ? 'json' : 'text';
    const { entries, spans, problems } = parsers[form](text);
    const rows = entries.map(rowsOf);
    const counts = rows.map(({ length }) => length);
    const all = rows.flat();
    const spanAt = nestedRowSpans(text, { spans, counts, rowMark: marks[form] });
    const dump = { problems, table: { ...toTable(all.length, columns(all)), spanAt } };
    return judge === undefined ? dump : { ...dump, judge: (known) => inRows(judge(entries, known), counts) };
  };
}

/** Columns in which no row has a value are left out: the version or the form does not print them. */
function toTable(rowCount: number, columns: readonly Column[]): Table {
  return { rowCount, columns: columns.filter((column) => isFilled(column, rowCount)) };
}
