import { parseArgs } from 'node:util';
import { isClusterError } from '../cluster/cluster.ts';
import { openSnapshot } from '../cluster/snapshot/snapshotCluster.ts';
import { comparisonTable } from '../core/compare/comparisonTable.ts';
import { mapKinds, mapProbe, type MapId } from '../core/probes.ts';
import { cellText, cellValue } from '../core/table/cells.ts';
import type { Table } from '../core/table/table.ts';
import { createSession } from '../session/create.ts';
import { namedTable } from '../session/namedTable.ts';
import type { Session } from '../session/session.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';

export const snapshotDiffUsage = 'calico-ebpf snapshot diff A B [--node NODE] [--map MAP]… [--json]';

const silent = { info() {}, warn() {} };

/** Maps that change with every packet are compared when they are asked for. */
const volatile: readonly MapId[] = ['conntrack', 'nat-affinity', 'counters', 'arp'];

/** Compares the maps of the nodes that two snapshots have in common. */
export async function runSnapshotDiff(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, node: { type: 'string' }, map: { type: 'string', multiple: true } },
  });
  const [before, after, ...rest] = positionals;
  if (before === undefined || after === undefined || rest.length > 0) {
    throw new UsageError('Give two snapshots, each a folder or a .tar.gz.');
  }
  const { signal } = new AbortController();
  const sessions: Session[] = [];
  try {
    for (const path of [before, after]) {
      sessions.push(createSession(await openSnapshot(path, {}, signal), silent));
    }
    const [first, second] = sessions;
    if (first === undefined || second === undefined) return exitStatus.failed;
    const wanted = { node: values.node, maps: values.map };
    const found = await compareSessions([first, second], wanted, signal);
    io.stdout.write(values.json === true ? toJson(found.map(toObject)) : toText(found));
  } finally {
    await Promise.all(sessions.map(({ cluster }) => cluster.close()));
  }
  return exitStatus.fine;
}

/** What differs in one map of a node, or why it cannot be compared. */
type MapDiff = { readonly node: string; readonly probe: string } & (
  | { readonly kind: 'compared'; readonly table: Table }
  | { readonly kind: 'one-sided'; readonly which: 'A' | 'B'; readonly why: string }
);

type Pair = readonly [before: Session, after: Session];

async function compareSessions(
  pair: Pair,
  wanted: { readonly node: string | undefined; readonly maps: readonly string[] | undefined },
  signal: AbortSignal,
): Promise<readonly MapDiff[]> {
  const kinds = mapKinds.filter(({ id }) => wanted.maps?.includes(id) ?? !volatile.includes(id));
  const unknown = wanted.maps?.find((map) => !mapKinds.some(({ id }) => id === map));
  if (unknown !== undefined) {
    throw new UsageError(`There is no map “${unknown}”, but ${mapKinds.map(({ id }) => id).join(', ')}.`);
  }
  const lists = await Promise.all(pair.map((session) => session.nodes(signal)));
  const names = [...new Set(lists.flat().map(({ name }) => name))].filter(
    (name) => wanted.node === undefined || name === wanted.node,
  );
  const found: MapDiff[] = [];
  for (const node of names.toSorted()) {
    for (const probe of kinds.flatMap((kind) => kind.families.map((family) => mapProbe(kind, family)))) {
      const diff = await compareMap(pair, { node, probe }, signal);
      if (diff !== undefined) found.push(diff);
    }
  }
  return found;
}

/** `undefined` where neither snapshot has the map, or nothing differs. */
async function compareMap(
  [before, after]: Pair,
  target: { readonly node: string; readonly probe: string },
  signal: AbortSignal,
): Promise<MapDiff | undefined> {
  const [first, second] = [await readSide(before, target, signal), await readSide(after, target, signal)];
  if (typeof first === 'string' && typeof second === 'string') return undefined;
  if (typeof first === 'string') return { ...target, kind: 'one-sided', which: 'B', why: first };
  if (typeof second === 'string') return { ...target, kind: 'one-sided', which: 'A', why: second };
  const table = comparisonTable({
    probe: target.probe,
    before: { table: first, node: target.node },
    after: { table: second, node: target.node },
    between: 'times',
    seconds: secondsBetween(before, after),
  });
  return table.rowCount === 0 ? undefined : { ...target, kind: 'compared', table };
}

/** The table of a side; why there is none as text. */
async function readSide(
  session: Session,
  target: { readonly node: string; readonly probe: string },
  signal: AbortSignal,
): Promise<Table | string> {
  try {
    return (await namedTable(session, target, signal)) ?? 'it is no table';
  } catch (error) {
    if (isClusterError(error)) return error.message.split('\n')[0] ?? '';
    throw error;
  }
}

function secondsBetween(before: Session, after: Session): number | undefined {
  const [first, second] = [before.cluster.info.takenAt, after.cluster.info.takenAt];
  return first && second && (second.getTime() - first.getTime()) / 1000;
}

function toObject(diff: MapDiff) {
  const { node, probe } = diff;
  if (diff.kind === 'one-sided') return { node, probe, onlyIn: diff.which, why: diff.why };
  const { table } = diff;
  const differences = Array.from({ length: table.rowCount }, (_, row) =>
    Object.fromEntries(table.columns.map((column) => [column.id, cellValue(column, row)])),
  );
  return { node, probe, differences };
}

const signs: Readonly<Record<string, string>> = { added: '+', removed: '-', changed: '~' };

function toText(found: readonly MapDiff[]): string {
  if (found.length === 0) return 'The maps are the same.\n';
  return found
    .map((diff) => {
      const head = `${diff.node}  ${diff.probe}`;
      if (diff.kind === 'one-sided') return `${head}  only in ${diff.which}: ${diff.why}\n`;
      const lines = Array.from({ length: diff.table.rowCount }, (_, row) => rowText(diff.table, row));
      return `${head}\n${lines.join('')}`;
    })
    .join('');
}

function rowText({ columns }: Table, row: number): string {
  const [change = '', ...cells] = columns.map((column) => cellText(column, row));
  return `  ${signs[change] ?? '?'} ${cells.filter((cell) => cell !== '').join('  ')}\n`;
}
