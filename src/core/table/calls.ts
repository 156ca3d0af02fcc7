import type { JudgedSummary } from './summaryStream.ts';
import type { Fact } from '../facts/fact.ts';
import type { NamingObjects } from '../names/objects.ts';
import type { KubernetesObject } from '../objects/object.ts';
import type { MapId } from '../probes.ts';
import type { Problem } from '../text/problem.ts';
import type { QuickFilter, RowDetail } from './detail.ts';
import type { CopyFormat } from './copy.ts';
import type { Completion } from './filter/complete.ts';
import type { FilterProblem } from './filter/parse.ts';
import type { NameAnswer, NameQuestion } from './naming.ts';
import type { Direction } from './sort.ts';
import type { Column } from './table.ts';

/** What is asked of an open table, from another thread: all of it is plain data. */
export interface TableCalls {
  /**
   * Says of which probe a dump is, before its bytes: they are then read as they come, and kept only if they have to.
   * With a map it is to be summed up.
   */
  begin(dump: { readonly side: 0 | 1; readonly probe: string; readonly map?: MapId }): void;
  /** Takes some of a dump's bytes, of the first or of the second of two, before it is read; their memory is let go. */
  push(piece: { readonly side: 0 | 1; readonly bytes: Uint8Array }): void;
  /** The sum of the dump that was begun with a map, judged; `undefined` where nobody reads what the probe prints. */
  sum(dump: { readonly node: string }): JudgedSummary | undefined;
  /** Reads the dump. */
  read(source: {
    readonly probe: string;
    /** More will come. */
    readonly isGrowing?: boolean;
    /** Nobody knows names: there is nothing to ask, and very much of it. */
    readonly isNameless?: boolean;
  }): TableRead;
  /** Reads two dumps of one map, of which the differences become the table; in place of `read`. */
  compare(pair: ComparedDumps): TableRead;
  /** Takes some objects of the cluster, for `judge`. */
  know(some: { readonly resource: keyof NamingObjects; readonly objects: readonly KubernetesObject[] }): void;
  /** Adds columns of what follows from the dump that was read and the objects; answers what is about no row. */
  judge(dump: { readonly node: string }): readonly Pick<Fact, 'rule' | 'text'>[];
  /** Takes the names in, after the dumps were read. */
  name(answers: readonly NameAnswer[]): readonly ColumnInfo[];
  /** Filters and sorts: what the calls below count rows in. `keep` is the place of a row that matters. */
  show(shape: TableShape & { readonly keep?: number | undefined }): TableShown;
  /** The cells of some of the rows that are shown, in columns by id. */
  cells(page: {
    readonly start: number;
    readonly end: number;
    readonly columns: readonly string[];
  }): readonly TableCells[];
  /** The same for a view: see `readCells`. */
  cellLines(page: Parameters<TableCalls['cells']>[0]): string;
  /** The line in which a row that is shown stands, from zero; of two dumps in which of them. */
  line(index: number): { readonly side: 0 | 1; readonly line: number };
  /** What a row that is shown opens to; `undefined` where rows do not open. */
  detail(index: number): RowDetail | undefined;
  /** Takes in what was pushed since the dump was read; `name` follows again. */
  grow(state: { readonly isOver: boolean }): TableRead;
  /** Of two dumps, what is compared of each as sorted text. */
  sorted(nothing: undefined): readonly [before: string, after: string];
  copy(wanted: {
    readonly format: CopyFormat;
    readonly columns: readonly string[];
    /** Rows that are shown, by their places; all of them without it. */
    readonly indices?: readonly number[];
  }): string;
  complete(caret: { readonly text: string; readonly at: number }): readonly Completion[];
}

export interface ComparedDumps {
  readonly probe: string;
  /** The nodes of the dumps. */
  readonly nodes: readonly [before: string | undefined, after: string | undefined];
  readonly between: 'nodes' | 'times';
  /** How many seconds lie between them, where that is known. */
  readonly seconds: number | undefined;
}

export interface TableRead {
  readonly questions: readonly NameQuestion[];
  /** How many of them are about each dump. */
  readonly counts: readonly number[];
  /** Of a comparison 0: it is made when the names are there. */
  readonly rowCount: number;
  readonly problems: readonly Problem[];
  /** Whether `judge` has rules for it. */
  readonly hasRules: boolean;
  readonly hasDetails: boolean;
  readonly quickFilters: readonly QuickFilter[];
}

/** A column as far as a view shows it. */
export interface ColumnInfo {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  readonly kind: Column['kind'];
  readonly isExtra: boolean;
  /** How many characters its cells take, about. */
  readonly width: number;
  /** Of rates, the largest: what a bar is measured by. */
  readonly largest?: number;
}

export interface SortKey {
  readonly id: string;
  readonly direction: Direction;
}

export interface TableShape {
  readonly filter: string;
  /** The first counts most. */
  readonly sort: readonly SortKey[];
}

export interface TableShown {
  readonly count: number;
  /** How many rows there are without the filter. */
  readonly total: number;
  /** Where the row is now that was to be kept in sight, by its place before; `undefined` when it is gone. */
  readonly place?: number | undefined;
  /** Which terms of the filter cannot be followed, and why; the rows are those that fit the others. */
  readonly problems: readonly FilterProblem[];
}

/** `raw`: a value that has no name, in the place of one. */
export type Tone = '' | 'trouble' | 'raw';

export interface TableCells {
  readonly texts: readonly string[];
  /** How each is meant; `''` for nothing in particular. */
  readonly tones: readonly Tone[];
}
