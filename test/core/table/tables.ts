import assert from 'node:assert/strict';
import { openSample } from '../../support/sample.ts';
import { cellText } from '../../../src/core/table/cells.ts';
import { readTable } from '../../../src/core/table/readTable.ts';
import { namedTable } from '../../../src/session/namedTable.ts';
import type { Table } from '../../../src/core/table/table.ts';

/** The table of a dump that is known to have one, and to be whole. */
export function tableOf(probe: string, text: string): Table {
  const read = readTable(probe, text);
  assert.ok(read !== undefined, probe);
  assert.deepEqual(read.problems, []);
  return read.table;
}

/** The table of a dump of the sample's node-a, with names. */
export async function namedSample(probe: string): Promise<Table> {
  const { signal } = new AbortController();
  const table = await namedTable(await openSample(), { node: 'node-a', probe }, signal);
  assert.ok(table !== undefined, probe);
  return table;
}

/** A row as the ids of its columns and what their cells show. */
export function rowOf(table: Table, row: number): Readonly<Record<string, string>> {
  return Object.fromEntries(table.columns.map((column) => [column.id, cellText(column, row)]));
}
