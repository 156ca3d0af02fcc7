import { readDump } from '../dump/readers.ts';
import { summarizeConntrack, summarizeMap, summarizeNat, type MapSummary } from '../dump/summary.ts';
import type { MapId } from '../probes.ts';
import type { ConntrackColumns } from '../columns/conntrack.ts';
import { has } from '../columns/conntrackLayout.ts';
import { conntrackRows } from '../columns/conntrackRows.ts';
import { natRows } from '../columns/natRows.ts';
import { DumpStream, type RowReader } from '../columns/stream.ts';
import { conntrackFacts } from '../facts/conntrack.ts';
import type { Fact } from '../facts/fact.ts';
import type { KnownAround } from '../facts/known.ts';
import { wholeNatFacts } from '../facts/nat.ts';
import { readTable, type Judge } from './readTable.ts';

/** A map summed up, and how many places of its dump could not be read. */
export interface DumpSummary {
  readonly summary: MapSummary;
  readonly problemCount: number;
}

/** The same with what follows from the dump, whose rows are left out. */
export interface JudgedSummary extends DumpSummary {
  readonly facts: readonly Fact[];
}

/** Ends a stream and judges what it has summed up. */
export function judgeSummary(stream: SummaryStream, around: () => KnownAround): JudgedSummary | undefined {
  const sum = stream.end();
  if (sum === undefined) return undefined;
  return toJudged(sum, stream.judge?.(around()) ?? []);
}

export function toJudged(sum: DumpSummary, facts: readonly Fact[]): JudgedSummary {
  return { ...sum, facts: facts.map((fact) => ({ ...fact, rows: [] })) };
}

/** Takes a dump piece by piece and sums it up. */
export interface SummaryStream {
  /** `false` when nothing more is wanted. */
  push(bytes: Uint8Array): boolean;
  /** `undefined` where nobody reads what the probe prints. */
  end(): DumpSummary | undefined;
  /** What follows from it, once it has ended, and what is around it; of dumps that have rules. */
  readonly judge: Judge | undefined;
}

/** Begins to sum up what a probe prints of a map. */
export function openSummary(map: MapId, probe: string): SummaryStream {
  if (map === 'conntrack') {
    const rows = conntrackRows('lines');
    const sum = () => summarizeConntrack(rows.count, countNatted(rows.columns));
    return summed(rows, sum, ({ surroundings }) => conntrackFacts(rows.columns, surroundings));
  }
  if (map === 'nat') {
    const rows = natRows('lines');
    const sum = () => summarizeNat(entriesOf(rows));
    return summed(rows, sum, ({ surroundings }) => wholeNatFacts([...entriesOf(rows)], surroundings));
  }
  return collected(map, probe);
}

function summed(rows: RowReader, sum: () => MapSummary, judge: Judge): SummaryStream {
  const stream = new DumpStream(rows);
  return {
    push: (bytes) => stream.push(bytes),
    end: () => ({ problemCount: stream.end().problems.length, summary: sum() }),
    judge,
  };
}

function countNatted({ count, kind, parts }: ConntrackColumns): number {
  let natted = 0;
  for (let row = 0; row < count; row++) if (kind.at(row) === 0 && (parts.at(row) & has.third) !== 0) natted++;
  return natted;
}

/** The entries one after another: together they would take many times the room of their columns. */
function* entriesOf<T>(rows: { readonly count: number; entry(row: number): T }): Generator<T> {
  for (let row = 0; row < rows.count; row++) yield rows.entry(row);
}

/** A dump that is read as a whole. */
function collected(map: MapId, probe: string): SummaryStream {
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let text = '';
  return {
    push: (bytes) => texts.push(decoder.decode(bytes, { stream: true })) > 0,
    end() {
      text = texts.join('') + decoder.decode();
      const dump = readDump(probe, text);
      return dump && { summary: summarizeMap(map, dump), problemCount: dump.problems.length };
    },
    get judge() {
      return readTable(probe, text)?.judge;
    },
  };
}
