import { readDump } from '../dump/readers.ts';
import { summarizeConntrack, summarizeMap, summarizeNat, type MapSummary } from '../dump/summary.ts';
import type { MapId } from '../probes.ts';
import type { ConntrackColumns } from './conntrack.ts';
import { has } from './conntrackLayout.ts';
import { conntrackRows } from './conntrackRows.ts';
import { natRows } from './natRows.ts';
import { DumpStream, type RowReader } from './stream.ts';

/** A map summed up, and how many places of its dump could not be read. */
export interface DumpSummary {
  readonly summary: MapSummary;
  readonly problemCount: number;
}

/** Takes a dump piece by piece and sums it up. */
export interface SummaryStream {
  /** `false` when nothing more is wanted. */
  push(bytes: Uint8Array): boolean;
  /** `undefined` where nobody reads what the probe prints. */
  end(): DumpSummary | undefined;
}

/** Begins to sum up what a probe prints of a map. */
export function openSummary(map: MapId, probe: string): SummaryStream {
  if (map === 'conntrack') {
    const rows = conntrackRows();
    return summed(rows, () => summarizeConntrack(rows.count, countNatted(rows.columns)));
  }
  if (map === 'nat') {
    const rows = natRows();
    return summed(rows, () => summarizeNat(entriesOf(rows)));
  }
  return collected(map, probe);
}

function summed(rows: RowReader, sum: () => MapSummary): SummaryStream {
  const stream = new DumpStream(rows);
  return {
    push: (bytes) => stream.push(bytes),
    end: () => ({ problemCount: stream.end().problems.length, summary: sum() }),
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
  return {
    push: (bytes) => texts.push(decoder.decode(bytes, { stream: true })) > 0,
    end() {
      const dump = readDump(probe, texts.join('') + decoder.decode());
      return dump && { summary: summarizeMap(map, dump), problemCount: dump.problems.length };
    },
  };
}
