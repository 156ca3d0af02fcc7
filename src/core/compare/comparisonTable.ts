/** Differences as a table of their own: the columns of both dumps, with what became of each row. */
import { cellText } from '../table/cells.ts';
import { numberColumn, termColumn } from '../table/columns.ts';
import type { Column, ColumnHead, NumberColumn, Table, TermColumn, Who } from '../table/table.ts';
import { compareSides, type ComparedSides, type Difference } from './compare.ts';

export interface Comparison extends ComparedSides {
  /** How many seconds lie between the dumps, for what counts up. */
  readonly seconds: number | undefined;
}

/** A table of what differs; a row stands in the second dump, and what is gone in the first. */
export function comparisonTable(comparison: Comparison): Table & {
  /** Which of the two dumps `spanAt` is about. */
  readonly sideAt: (row: number) => 0 | 1;
} {
  const differences = compareSides(comparison);
  const { before, after } = comparison;
  const rowCount = differences.length;
  const ids = [...new Set([...after.table.columns, ...before.table.columns].map(({ id }) => id))];
  const pairs = ids.map((id) => ({
    before: findColumn(before.table, id),
    after: findColumn(after.table, id),
  }));
  const columns = pairs.flatMap((pair) => pairColumns(pair, differences, comparison));
  const sideAt = (row: number) => (differences[row]?.kind === 'removed' ? 0 : 1);
  const placeOf = (row: number) => {
    const difference = differences[row];
    if (difference === undefined) return { table: after.table, row: 0 };
    return difference.kind === 'removed'
      ? { table: before.table, row: difference.before }
      : { table: after.table, row: difference.after };
  };
  return {
    rowCount,
    columns: [changeColumn(differences), ...columns],
    sideAt,
    ...placesOf([before.table, after.table], placeOf),
  };
}

/** Dumps of one map tell the places of their rows in one way. */
function placesOf(
  tables: readonly Table[],
  placeOf: (row: number) => { readonly table: Table; readonly row: number },
): Pick<Table, 'lineAt' | 'spanAt'> {
  if (tables.every(({ lineAt }) => lineAt !== undefined))
    return {
      lineAt(row) {
        const { table, row: at } = placeOf(row);
        return table.lineAt?.(at) ?? 0;
      },
    };
  return {
    spanAt(row) {
      const { table, row: at } = placeOf(row);
      return table.spanAt?.(at) ?? { start: 0, end: 0 };
    },
  };
}

function findColumn({ columns }: Table, id: string): Column | undefined {
  return columns.find((column) => column.id === id);
}

function changeColumn(differences: readonly Difference[]): TermColumn {
  const head = {
    id: 'change',
    title: 'Change',
    kind: 'enum',
    meaning: 'Whether only the second dump has it, only the first, or both with other values.',
  } as const;
  return {
    ...termColumn(head, differences.length, (row) => differences[row]?.kind),
    troubles: ['removed'],
  };
}

interface Pair {
  readonly before: Column | undefined;
  readonly after: Column | undefined;
}

function pairColumns(
  pair: Pair,
  differences: readonly Difference[],
  { between, seconds }: Comparison,
): readonly Column[] {
  const column = pair.after ?? pair.before;
  if (column === undefined) return [];
  const isCount = column.form === 'number' && (column.kind === 'packets' || column.kind === 'bytes');
  if (isCount && between === 'times') return countColumns(pair, column, { differences, seconds });
  const isChanged = differences.some((each) => each.kind === 'changed' && each.columns.includes(column.id));
  if (column.form === 'number' && !isChanged) return [sameNumber(pair, column, differences)];
  return [textColumn(pair, column, differences)];
}

/** The value of either dump, or how it became another: `ready → notready`. */
function textColumn(pair: Pair, column: Column, differences: readonly Difference[]): TermColumn {
  const textAt = (row: number) => {
    const difference = differences[row];
    if (difference === undefined) return '';
    const before = difference.kind === 'added' ? '' : textOf(pair.before, difference.before);
    const after = difference.kind === 'removed' ? '' : textOf(pair.after, difference.after);
    const isChange = difference.kind === 'changed' && difference.columns.includes(column.id);
    return isChange ? `${before || '(none)'} → ${after || '(none)'}` : after || before;
  };
  const kind = column.form === 'term' ? column.kind : 'text';
  const made = termColumn({ ...headOf(column), kind }, differences.length, textAt);
  if (column.form !== 'term' || column.who === undefined) return made;
  return { ...made, who: whoOfTerms(made, pair, differences) };
}

function textOf(column: Column | undefined, row: number): string {
  return column === undefined ? '' : cellText(column, row);
}

function whoOfTerms(
  made: TermColumn,
  pair: Pair,
  differences: readonly Difference[],
): readonly (readonly Who[])[] {
  const who: (readonly Who[])[] = made.terms.map(() => []);
  for (const [row, difference] of differences.entries()) {
    const [column, at] =
      difference.kind === 'removed' ? [pair.before, difference.before] : [pair.after, difference.after];
    if (column?.form === 'term') who[made.at(row)] = column.who?.[column.at(at)] ?? [];
  }
  return who;
}

function sameNumber(pair: Pair, column: NumberColumn, differences: readonly Difference[]): NumberColumn {
  return numberColumn({ ...headOf(column), kind: column.kind }, (row) => {
    const difference = differences[row];
    const [from, at] =
      difference?.kind === 'removed'
        ? [pair.before, difference.before]
        : [pair.after, difference?.after ?? 0];
    return from?.form === 'number' ? from.at(at) : undefined;
  });
}

/** Of a count: how much came, and how much a second. */
function countColumns(
  pair: Pair,
  column: NumberColumn,
  {
    differences,
    seconds,
  }: { readonly differences: readonly Difference[]; readonly seconds: number | undefined },
): readonly Column[] {
  const countAt = (from: Column | undefined, row: number) => {
    const value = from?.form === 'number' ? from.at(row) : Number.NaN;
    return Number.isNaN(value) ? 0 : value;
  };
  const deltaAt = (row: number) => {
    const difference = differences[row];
    if (difference === undefined) return undefined;
    const before = difference.kind === 'added' ? 0 : countAt(pair.before, difference.before);
    const after = difference.kind === 'removed' ? 0 : countAt(pair.after, difference.after);
    return after - before;
  };
  const head = headOf(column);
  const delta = numberColumn(
    { ...head, title: `${head.title} +`, kind: column.kind, meaning: `How much came. ${head.meaning}` },
    deltaAt,
  );
  if (seconds === undefined || seconds <= 0) return [delta];
  const rate = numberColumn(
    {
      id: `${head.id}.rate`,
      title: `${head.title} /s`,
      kind: 'rate',
      meaning: `How much a second. ${head.meaning}`,
    },
    (row) => (deltaAt(row) ?? 0) / seconds,
  );
  return [delta, rate];
}

function headOf({ id, title, meaning, isExtra }: Column): ColumnHead {
  return { id, title, meaning, ...(isExtra && { isExtra }) };
}
