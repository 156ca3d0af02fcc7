import { answerName, nameQuestions, withNames } from '../core/table/naming.ts';
import { readTable } from '../core/table/readTable.ts';
import type { Table } from '../core/table/table.ts';
import type { ProbeTarget, Session } from './session.ts';

/** The table of a dump, with the names that are known on its node; `undefined` for a probe that has no table. */
export async function namedTable(
  session: Session,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Table | undefined> {
  const { text } = await session.text(target, signal);
  const table = readTable(target.probe, text)?.table;
  if (table === undefined) return undefined;
  const names = await session.names(target.node, signal);
  const answers = nameQuestions(table).map(({ subject, values }) =>
    values.map((value) => answerName(names, subject, value)),
  );
  return withNames(table, answers);
}
