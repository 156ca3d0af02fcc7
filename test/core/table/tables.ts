import assert from 'node:assert/strict';
import { openSample } from '../../support/sample.ts';
import { cellText } from '../../../src/core/table/cells.ts';
import { readTable } from '../../../src/core/table/readTable.ts';
import { answerName, nameQuestions, withNames } from '../../../src/core/table/naming.ts';
import type { ProbeTarget, Session } from '../../../src/session/session.ts';
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
  return namedTable(await openSample(), { node: 'node-a', probe });
}

/** The table of a dump, with the names that are known on its node. */
export async function namedTable(session: Session, target: ProbeTarget): Promise<Table> {
  const { signal } = new AbortController();
  const { text } = await session.text(target, signal);
  const names = await session.names(target.node, signal);
  const table = tableOf(target.probe, text);
  const answers = nameQuestions(table).map(({ subject, values }) =>
    values.map((value) => answerName(names, subject, value)),
  );
  return withNames(table, answers);
}

/** A row as the ids of its columns and what their cells show. */
export function rowOf(table: Table, row: number): Readonly<Record<string, string>> {
  return Object.fromEntries(table.columns.map((column) => [column.id, cellText(column, row)]));
}
