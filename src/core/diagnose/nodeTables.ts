import type { AddressTable } from '../columns/addresses.ts';
import type { ConntrackColumns } from '../columns/conntrack.ts';
import { conntrackRows } from '../columns/conntrackRows.ts';
import { DumpStream } from '../columns/stream.ts';
import type { ConntrackEntry } from '../dump/conntrack.ts';
import { conntrackFactsInSteps } from '../facts/conntrack.ts';
import type { Fact } from '../facts/fact.ts';
import { NatMap } from '../facts/natMap.ts';
import type { Span } from '../text/problem.ts';
import { finishAtPace, type Pace } from '../steps.ts';
import type { Heard } from './heard.ts';
import type { KnownCluster } from './knownCluster.ts';

/** Where a row of a large dump stands in it. */
export interface RowPlace {
  /** The offset in its bytes. */
  readonly start: number;
  /** From one. */
  readonly line: number;
}

/** Where something stands in a probe’s answer: an offset in its text, or a row of a dump that nobody reads as text. */
export type Place = (Pick<Span, 'start'> & { readonly line?: never }) | RowPlace;

/** Conntrack as columns; an entry is made when somebody asks for it. */
export interface ConntrackTable {
  /** Which dump it is of: `conntrack.dump`, or `conntrack.dump.v6`. */
  readonly probe: string;
  readonly columns: ConntrackColumns;
  readonly entry: (row: number) => ConntrackEntry;
  readonly placeAt: (row: number) => RowPlace;
  /** What follows from the entries. */
  readonly facts: readonly Fact[];
}

/** The large dumps of a node; `undefined` where it has not answered. */
export interface NodeTables {
  readonly nat: NatMap | undefined;
  readonly natV6: NatMap | undefined;
  /** Of both families, as far as they have answered. */
  readonly conntracks: readonly ConntrackTable[];
}

/** Reads the large dumps of a node piece by piece. */
export async function readTables(
  heard: ReadonlyMap<string, Heard>,
  cluster: KnownCluster,
  pace: Pace,
): Promise<NodeTables> {
  const { addresses } = cluster.expectedNat;
  return {
    nat: await readNat(heard.get('nat.dump'), addresses, pace),
    natV6: await readNat(heard.get('nat.dump.v6'), addresses, pace),
    conntracks: [
      ...(await readConntrack('conntrack.dump', heard, cluster, pace)),
      ...(await readConntrack('conntrack.dump.v6', heard, cluster, pace)),
    ],
  };
}

/** Bytes that are read within a few milliseconds. */
const pieceLength = 64 * 1024;

async function readNat(
  heard: Heard | undefined,
  addresses: AddressTable,
  pace: Pace,
): Promise<NatMap | undefined> {
  if (heard?.kind !== 'answered') return undefined;
  const map = new NatMap(heard.bytes, addresses);
  while (map.read(pieceLength)) await pace();
  return map;
}

async function readConntrack(
  probe: string,
  answers: ReadonlyMap<string, Heard>,
  { surroundings }: KnownCluster,
  pace: Pace,
): Promise<readonly ConntrackTable[]> {
  const heard = answers.get(probe);
  if (heard?.kind !== 'answered') return [];
  const rows = conntrackRows();
  const stream = new DumpStream(rows);
  for (let at = 0; at < heard.bytes.length; at += pieceLength) {
    if (!stream.push(heard.bytes.subarray(at, at + pieceLength))) break;
    await pace();
  }
  stream.end();
  const table = {
    probe,
    columns: rows.columns,
    entry: (row: number) => rows.entry(row),
    placeAt: (row: number) => ({ start: rows.spanAt(row).start, line: rows.lineAt(row) + 1 }),
    facts: await finishAtPace(conntrackFactsInSteps(rows.columns, surroundings), pace),
  };
  return [table];
}
