import { comparisonTable } from '../compare/comparisonTable.ts';
import { sortedText } from '../compare/sortedText.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { ColumnInfo, ComparedDumps, TableCalls, TableCells, TableShape, Tone } from './calls.ts';
import { cellText } from './cells.ts';
import { copyRows } from './copy.ts';
import { completeFilter } from './filter/complete.ts';
import { matchRows } from './filter/match.ts';
import { parseFilter } from './filter/parse.ts';
import { nameQuestions, withNames, type NameAnswer } from './naming.ts';
import { readTable, type TableDump } from './readTable.ts';
import { sortRows } from './sort.ts';
import { allRows, type Column, type NumberColumn, type Rows, type Table } from './table.ts';

type Output<C extends keyof TableCalls> = ReturnType<TableCalls[C]>;
type Input<C extends keyof TableCalls> = Parameters<TableCalls[C]>[0];

/** A dump as it was read: one, or both of a comparison. */
interface ReadSide {
  readonly text: string;
  table: Table;
  lines?: LineIndex;
}

/** A table that is open: what is asked of it, one after the other. */
export class TableService implements TableCalls {
  #sides: readonly ReadSide[] = [];
  #comparison: ComparedDumps | undefined;
  #table: Table = { rowCount: 0, columns: [], spanAt: () => ({ start: 0, end: 0 }) };
  #sideAt: (row: number) => 0 | 1 = () => 0;
  /** All rows, in the order that was last asked for. */
  #sorted: { readonly by: string; readonly rows: Rows } = { by: '[]', rows: new Uint32Array() };
  #shown: Rows = new Uint32Array();

  read({ probe, text }: Input<'read'>): Output<'read'> {
    const { table, problems } = readDumpTable(probe, text);
    this.#sides = [{ text, table }];
    this.#comparison = undefined;
    this.#take(table);
    const questions = nameQuestions(table);
    return { questions, counts: [questions.length], rowCount: table.rowCount, problems };
  }

  compare(dumps: ComparedDumps): Output<'compare'> {
    const read = [dumps.before, dumps.after].map(({ text }) => ({
      text,
      ...readDumpTable(dumps.probe, text),
    }));
    this.#sides = read;
    this.#comparison = dumps;
    const questions = read.map(({ table }) => nameQuestions(table));
    return {
      questions: questions.flat(),
      counts: questions.map(({ length }) => length),
      rowCount: 0,
      problems: read.flatMap(({ problems }) => problems),
    };
  }

  name(answers: readonly NameAnswer[]): Output<'name'> {
    const left = [...answers];
    for (const side of this.#sides) {
      side.table = withNames(side.table, left.splice(0, nameQuestions(side.table).length));
    }
    const [before, after] = this.#sides;
    if (this.#comparison !== undefined && before !== undefined && after !== undefined) {
      const compared = comparisonTable({
        ...this.#comparison,
        before: { ...this.#comparison.before, table: before.table },
        after: { ...this.#comparison.after, table: after.table },
      });
      this.#sideAt = compared.sideAt;
      this.#take(compared);
    } else if (before !== undefined) this.#take(before.table);
    return this.#table.columns.map((column) => toInfo(column, this.#table.rowCount));
  }

  show(shape: TableShape): Output<'show'> {
    const sorted = this.#sort(shape.sort);
    const { rows, problems } = matchRows(this.#table, sorted, parseFilter(shape.filter));
    if (problems.length === 0) this.#shown = rows;
    return { count: this.#shown.length, total: this.#table.rowCount, problems };
  }

  cells({ start, end, columns }: Input<'cells'>): readonly TableCells[] {
    const chosen = this.#columns(columns);
    return Array.from(this.#shown.subarray(start, end), (row) => ({
      texts: chosen.map((column) => cellText(column, row)),
      tones: chosen.map((column) => toneOf(column, row)),
    }));
  }

  line(index: number): Output<'line'> {
    const row = this.#shown[index] ?? 0;
    const side = this.#sideAt(row);
    const read = this.#sides[side];
    if (read === undefined) return { side, line: 0 };
    read.lines ??= new LineIndex(read.text);
    return { side, line: read.lines.positionAt(this.#table.spanAt(row).start).line };
  }

  sorted(): Output<'sorted'> {
    const comparison = this.#comparison;
    if (comparison === undefined) return ['', ''];
    const { probe, before, after, between } = comparison;
    const nodes = [before.node, after.node];
    const [first = '', second = ''] = this.#sides.map(({ table }, side) =>
      sortedText(probe, { table, node: nodes[side] }, { between, nodes }),
    );
    return [first, second];
  }

  copy({ format, columns, indices }: Input<'copy'>): string {
    const rows =
      indices === undefined
        ? this.#shown
        : Uint32Array.from(indices.flatMap((index) => this.#shown[index] ?? []));
    return copyRows(this.#columns(columns), rows, format);
  }

  complete({ text, at }: Input<'complete'>): Output<'complete'> {
    return completeFilter(this.#table, text, at);
  }

  #take(table: Table): void {
    this.#table = table;
    this.#sorted = { by: '[]', rows: allRows(table) };
    this.#shown = this.#sorted.rows;
  }

  /** All rows in an order; another filter of the same order does not sort again. */
  #sort(keys: TableShape['sort']): Rows {
    const by = JSON.stringify(keys);
    if (by === this.#sorted.by) return this.#sorted.rows;
    let rows = allRows(this.#table);
    for (const { id, direction } of keys.toReversed()) {
      const [column] = this.#columns([id]);
      if (column !== undefined) rows = sortRows(rows, column, direction);
    }
    this.#sorted = { by, rows };
    return rows;
  }

  #columns(ids: readonly string[]): readonly Column[] {
    return ids.flatMap((id) => this.#table.columns.find((column) => column.id === id) ?? []);
  }
}

function readDumpTable(probe: string, text: string): TableDump {
  const read = readTable(probe, text);
  if (read === undefined) throw new Error(`${probe} has no table.`);
  return read;
}

function toneOf(column: Column, row: number): Tone {
  if (column.form !== 'term') return '';
  const code = column.at(row);
  if (column.who?.[code]?.length === 0) return 'raw';
  return column.troubles?.includes(column.terms[code] ?? '') === true ? 'trouble' : '';
}

/** How many rows are looked at to tell how wide a column is. */
const sampleSize = 500;

function toInfo(column: Column, rowCount: number): ColumnInfo {
  const { id, title, meaning, kind, isExtra = false } = column;
  let width = title.length + 2;
  const step = Math.max(1, Math.floor(rowCount / sampleSize));
  for (let row = 0; row < rowCount; row += step) width = Math.max(width, cellText(column, row).length);
  const info = { id, title, meaning, kind, isExtra, width };
  return column.form === 'number' && kind === 'rate'
    ? { ...info, largest: largestOf(column, rowCount) }
    : info;
}

function largestOf({ at }: NumberColumn, rowCount: number): number {
  let largest = 0;
  for (let row = 0; row < rowCount; row++) largest = Math.max(largest, Math.abs(at(row)) || 0);
  return largest;
}
