import { letGo } from '../columns/memory.ts';
import { judgeSummary, openSummary, type SummaryStream } from './summaryStream.ts';
import { comparisonTable } from '../compare/comparisonTable.ts';
import { sortedText } from '../compare/sortedText.ts';
import type { Problem } from '../text/problem.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type {
  ColumnInfo,
  ComparedDumps,
  TableCalls,
  TableCells,
  TableRead,
  TableShape,
  Tone,
} from './calls.ts';
import { lookAround, type KnownAround } from '../facts/known.ts';
import { noObjects } from '../names/objects.ts';
import type { NamingObjects } from '../names/objects.ts';
import type { KubernetesObject } from '../objects/object.ts';
import { writeCells } from './cellLines.ts';
import { cellText } from './cells.ts';
import { withFacts } from './factColumns.ts';
import { copyRows } from './copy.ts';
import { completeFilter } from './filter/complete.ts';
import { matchRows } from './filter/match.ts';
import { parseFilter } from './filter/parse.ts';
import { countQuestions, nameQuestions, withNames, type NameAnswer, type NameQuestion } from './naming.ts';
import { Pieces } from './pieces.ts';
import { openTable, type Judge, type TableStream } from './readTable.ts';
import { sortRows } from './sort.ts';
import { allRows, type Column, type NumberColumn, type Rows, type Table } from './table.ts';

type Output<C extends keyof TableCalls> = ReturnType<TableCalls[C]>;
type Input<C extends keyof TableCalls> = Parameters<TableCalls[C]>[0];

/** A dump: one, or both of a comparison. */
interface DumpSide {
  readonly pieces: Pieces;
  stream?: TableStream;
  table: Table;
  judge?: Judge;
  lines?: LineIndex;
}

const noTable: Table = { rowCount: 0, columns: [] };

/** A table that is open: what is asked of it, one after the other. */
export class TableService implements TableCalls {
  readonly #sides: readonly [DumpSide, DumpSide] = [
    { pieces: new Pieces(), table: noTable },
    { pieces: new Pieces(), table: noTable },
  ];
  #objects: { -readonly [resource in keyof NamingObjects]?: KubernetesObject[] } = {};
  #comparison: ComparedDumps | undefined;
  #table: Table = noTable;
  #sideAt: (row: number) => 0 | 1 = () => 0;
  /** All rows, in the order that was last asked for. */
  #sorted: { readonly by: string; readonly rows: Rows } = { by: '[]', rows: new Uint32Array() };
  #shown: Rows = new Uint32Array();
  #isGrown = false;
  #summary: SummaryStream | undefined;

  begin({ side, probe, map }: Input<'begin'>): void {
    if (map === undefined) this.#sides[side].stream = begun(probe);
    else this.#summary = openSummary(map, probe);
  }

  push({ side, bytes }: Input<'push'>): void {
    const { stream, pieces } = this.#sides[side];
    const reader = this.#summary ?? (stream?.knowsLines === true ? stream : undefined);
    if (reader === undefined) {
      pieces.push(bytes);
      return;
    }
    reader.push(bytes);
    letGo(bytes);
  }

  sum({ node }: Input<'sum'>): Output<'sum'> {
    return this.#summary && judgeSummary(this.#summary, () => this.#around(node));
  }

  read({ probe, isGrowing = false, isNameless = false }: Input<'read'>): Output<'read'> {
    const [side] = this.#sides;
    const problems = readSide(side, probe, isGrowing);
    this.#take(side.table);
    return toRead(side, problems, isNameless ? [] : nameQuestions(side.table));
  }

  know({ resource, objects }: Input<'know'>): void {
    (this.#objects[resource] ??= []).push(...objects);
  }

  judge({ node }: Input<'judge'>): Output<'judge'> {
    const [side] = this.#sides;
    const facts = side.judge?.(this.#around(node)) ?? [];
    delete side.judge;
    side.table = withFacts(side.table, facts);
    this.#take(side.table);
    return facts.filter(({ rows }) => rows.length === 0).map(({ rule, text }) => ({ rule, text }));
  }

  grow({ isOver }: Input<'grow'>): Output<'grow'> {
    const [side] = this.#sides;
    const problems = extendSide(side, isOver);
    side.pieces.shorten();
    this.#isGrown = true;
    return toRead(side, problems, nameQuestions(side.table));
  }

  compare(dumps: ComparedDumps): Output<'compare'> {
    const problems = this.#sides.flatMap((side) => readSide(side, dumps.probe, false));
    this.#comparison = dumps;
    const questions = this.#sides.map(({ table }) => nameQuestions(table));
    const counts = questions.map(({ length }) => length);
    return {
      questions: questions.flat(),
      counts,
      rowCount: 0,
      problems,
      hasRules: false,
      hasDetails: false,
      quickFilters: [],
    };
  }

  name(answers: readonly NameAnswer[]): Output<'name'> {
    const left = [...answers];
    for (const side of this.#sides) {
      side.table = withNames(side.table, left.splice(0, countQuestions(side.table)));
    }
    const [before, after] = this.#sides;
    if (this.#comparison === undefined) this.#take(before.table);
    else {
      const [first, second] = this.#comparison.nodes;
      const compared = comparisonTable({
        ...this.#comparison,
        before: { table: before.table, node: first },
        after: { table: after.table, node: second },
      });
      this.#sideAt = compared.sideAt;
      this.#take(compared);
    }
    return this.#table.columns.map((column) => toInfo(column, this.#table.rowCount));
  }

  show({ keep, ...shape }: Input<'show'>): Output<'show'> {
    const kept = keep === undefined ? undefined : this.#shown[keep];
    const sorted = this.#sort(shape.sort);
    const { rows, problems } = matchRows(this.#table, sorted, parseFilter(shape.filter));
    this.#shown = rows;
    const place = kept === undefined ? -1 : this.#shown.indexOf(kept);
    const found = place === -1 ? {} : { place };
    return { count: this.#shown.length, total: this.#table.rowCount, problems, ...found };
  }

  cells({ start, end, columns }: Input<'cells'>): readonly TableCells[] {
    const chosen = this.#columns(columns);
    return Array.from(this.#shown.subarray(start, end), (row) => ({
      texts: chosen.map((column) => cellText(column, row)),
      tones: chosen.map((column) => toneOf(column, row)),
    }));
  }

  cellLines(page: Input<'cells'>): string {
    return writeCells(this.cells(page));
  }

  line(index: number): Output<'line'> {
    const row = this.#shown[index] ?? 0;
    const at = this.#sideAt(row);
    const side = this.#sides[at];
    const known = this.#table.lineAt?.(row);
    if (known !== undefined) return { side: at, line: known };
    side.lines ??= new LineIndex(side.pieces.text());
    return { side: at, line: side.lines.positionAt(this.#table.spanAt?.(row).start ?? 0).line };
  }

  detail(index: number): Output<'detail'> {
    const row = this.#shown[index];
    const { pieces } = this.#sides[0];
    if (row === undefined) return undefined;
    return this.#table.detailOf?.(row, { table: this.#table, textOf: (span) => pieces.textOf(span) });
  }

  sorted(): Output<'sorted'> {
    if (this.#comparison === undefined) return ['', ''];
    const { probe, nodes, between } = this.#comparison;
    const [before, after] = this.#sides;
    const view = { between, nodes };
    return [
      sortedText(probe, { table: before.table, node: nodes[0] }, view),
      sortedText(probe, { table: after.table, node: nodes[1] }, view),
    ];
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

  /** What is around a node, of the objects that are then no longer needed. */
  #around(node: string): KnownAround {
    const objects = { ...noObjects, ...this.#objects };
    this.#objects = {};
    return lookAround({ node, objects });
  }

  #take(table: Table): void {
    this.#table = table;
    if (this.#isGrown) {
      // The rows that are shown are still those, until it is asked for others.
      this.#sorted = { by: '', rows: this.#shown };
      return;
    }
    const { by, rows } = this.#sorted;
    const isSame = by === '[]' && rows.length === table.rowCount;
    this.#sorted = { by: '[]', rows: isSame ? rows : allRows(table) };
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

/** Reads what was pushed of a dump, and answers what of it could not be read. */
function readSide(side: DumpSide, probe: string, isGrowing: boolean): readonly Problem[] {
  side.stream ??= begun(probe);
  return extendSide(side, !isGrowing);
}

function begun(probe: string): TableStream {
  const stream = openTable(probe);
  if (stream === undefined) throw new Error(`${probe} has no table.`);
  return stream;
}

/** Reads what has been pushed since. */
function extendSide(side: DumpSide, isOver: boolean): readonly Problem[] {
  const { stream, pieces } = side;
  if (stream === undefined) return [];
  pieces.readInto((bytes) => stream.push(bytes));
  const { table, problems, judge } = (isOver ? undefined : stream.soFar?.()) ?? stream.end();
  if (isOver) delete side.stream;
  side.table = table;
  if (judge !== undefined) side.judge = judge;
  return problems;
}

function toRead(
  { table, judge }: DumpSide,
  problems: readonly Problem[],
  questions: readonly NameQuestion[],
): TableRead {
  return {
    questions,
    counts: [questions.length],
    rowCount: table.rowCount,
    problems,
    hasRules: judge !== undefined,
    hasDetails: table.detailOf !== undefined,
    quickFilters: table.quickFilters ?? [],
  };
}

function toneOf(column: Column, row: number): Tone {
  if (column.form !== 'term') return '';
  const code = column.at(row);
  if (column.who?.[code]?.length === 0) return 'raw';
  return column.troubles?.includes(column.terms[code] ?? '') === true ? 'trouble' : '';
}

/** How many rows, or different texts, are looked at to tell how wide a column is. */
const sampleSize = 500;

function toInfo(column: Column, rowCount: number): ColumnInfo {
  const { id, title, meaning, kind, isExtra = false } = column;
  let width = title.length + 2;
  if (column.form === 'term' && column.terms.length <= sampleSize) {
    for (const term of column.terms) width = Math.max(width, term.length);
  } else {
    const step = Math.max(1, Math.floor(rowCount / sampleSize));
    for (let row = 0; row < rowCount; row += step) width = Math.max(width, cellText(column, row).length);
  }
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
