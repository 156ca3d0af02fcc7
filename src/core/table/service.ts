import { LineIndex } from '../text/lineIndex.ts';
import type { ColumnInfo, TableCalls, TableCells, TableShape, Tone } from './calls.ts';
import { cellText } from './cells.ts';
import { copyRows } from './copy.ts';
import { completeFilter } from './filter/complete.ts';
import { matchRows } from './filter/match.ts';
import { parseFilter } from './filter/parse.ts';
import { nameQuestions, withNames } from './naming.ts';
import { readTable } from './readTable.ts';
import { sortRows } from './sort.ts';
import { allRows, type Column, type Rows, type Table } from './table.ts';

/** A table that is open: what is asked of it, one after the other. */
export class TableService implements TableCalls {
  #text = '';
  #lines: LineIndex | undefined;
  #table: Table = { rowCount: 0, columns: [], spanAt: () => ({ start: 0, end: 0 }) };
  /** All rows, in the order that was last asked for. */
  #sorted: { readonly by: string; readonly rows: Rows } = { by: '[]', rows: new Uint32Array() };
  #shown: Rows = new Uint32Array();

  read({ probe, text }: Parameters<TableCalls['read']>[0]): ReturnType<TableCalls['read']> {
    const read = readTable(probe, text);
    if (read === undefined) throw new Error(`${probe} has no table.`);
    this.#text = text;
    this.#lines = undefined;
    this.#take(read.table);
    return { questions: nameQuestions(read.table), rowCount: read.table.rowCount, problems: read.problems };
  }

  name(answers: Parameters<TableCalls['name']>[0]): ReturnType<TableCalls['name']> {
    this.#take(withNames(this.#table, answers));
    return this.#table.columns.map((column) => toInfo(column, this.#table.rowCount));
  }

  show(shape: TableShape): ReturnType<TableCalls['show']> {
    const sorted = this.#sort(shape.sort);
    const { rows, problems } = matchRows(this.#table, sorted, parseFilter(shape.filter));
    if (problems.length === 0) this.#shown = rows;
    return { count: this.#shown.length, problems };
  }

  cells({ start, end, columns }: Parameters<TableCalls['cells']>[0]): readonly TableCells[] {
    const chosen = this.#columns(columns);
    return Array.from(this.#shown.subarray(start, end), (row) => ({
      texts: chosen.map((column) => cellText(column, row)),
      tones: chosen.map((column) => toneOf(column, row)),
    }));
  }

  line(index: number): number {
    this.#lines ??= new LineIndex(this.#text);
    const { start } = this.#table.spanAt(this.#shown[index] ?? 0);
    return this.#lines.positionAt(start).line;
  }

  copy({ format, columns, indices }: Parameters<TableCalls['copy']>[0]): string {
    const rows =
      indices === undefined
        ? this.#shown
        : Uint32Array.from(indices.flatMap((index) => this.#shown[index] ?? []));
    return copyRows(this.#columns(columns), rows, format);
  }

  complete({ text, at }: Parameters<TableCalls['complete']>[0]): ReturnType<TableCalls['complete']> {
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
  return { id, title, meaning, kind, isExtra, width };
}
