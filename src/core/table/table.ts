import type { Span } from '../text/problem.ts';
import type { QuickFilter, RowDetail } from './detail.ts';

/** What numbers are: how they are shown and asked for. `duration` is in nanoseconds, `seconds` show their microseconds, `rate` is in a second. */
export type NumberKind = 'number' | 'bytes' | 'packets' | 'port' | 'duration' | 'seconds' | 'rate';
/** What texts are: how they are compared and asked for. */
export type TermKind = 'address' | 'cidr' | 'enum' | 'flags' | 'interface' | 'name' | 'text';

/** Who a value is asked for as; see `Names`. A `client` has a port that means nothing. */
export type Subject =
  | 'client'
  | 'endpoint'
  | 'cidr'
  | 'interface-index'
  | 'interface-name'
  | 'service-id'
  | 'ip-set';

export interface ColumnHead {
  /** What filters and copies call it: `src`. */
  readonly id: string;
  readonly title: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** Shown only when somebody chooses it. */
  readonly isExtra?: true;
  /** The column of names that belongs beside it. */
  readonly names?: {
    readonly title: string;
    readonly subject: Subject;
    /** The names alone stand in its place, and it behind all others. */
    readonly isApart?: true;
    /** Only whoever is that is named; elsewhere the column is empty. */
    readonly only?: Who['kind'];
  };
}

export interface NumberColumn extends ColumnHead {
  readonly form: 'number';
  readonly kind: NumberKind;
  /** NaN for none. */
  readonly at: (row: number) => number;
  /** All digits, where a double does not hold them. */
  readonly exactAt?: (row: number) => bigint | undefined;
}

/** A column of texts that repeat: each is kept once. */
export interface TermColumn extends ColumnHead {
  readonly form: 'term';
  readonly kind: TermKind;
  /** The texts, `''` for none; of flags all of a row, with spaces between. */
  readonly terms: readonly string[];
  /** The index of a row's text in `terms`. */
  readonly at: (row: number) => number;
  /** Those of the terms that tell of trouble. */
  readonly troubles?: readonly string[];
  /** For names: who each of the terms is. */
  readonly who?: readonly (readonly Who[])[];
}

export interface EndpointColumn extends ColumnHead {
  readonly form: 'endpoint';
  readonly kind: 'endpoint';
  /** The addresses, `''` for none. */
  readonly terms: readonly string[];
  /** The index of a row's address in `terms`. */
  readonly at: (row: number) => number;
  readonly portAt: (row: number) => number;
  /** IANA number; 0 where it is not known. */
  readonly protocolAt: (row: number) => number;
}

export type Column = NumberColumn | TermColumn | EndpointColumn;

/** A dump as rows and columns; a row is known by its index, in the order of the dump. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
  /** The number of the line in which a row stands, from zero, where that is known without the text. */
  readonly lineAt?: (row: number) => number;
  /** Else where it stands in the dump's text. */
  readonly spanAt?: (row: number) => Span;
  /** What a row opens to; its spans are of bytes. */
  readonly detailOf?: (row: number, source: DetailSource) => RowDetail;
  readonly quickFilters?: readonly QuickFilter[];
}

/** The table as it is shown, with names, and the text that it was read from. */
export interface DetailSource {
  readonly table: Table;
  readonly textOf: (span: Span) => string;
}

/** One who is behind a value: an `Identity` as far as tables need it. */
export interface Who {
  readonly kind: string;
  readonly label: string;
  readonly namespace: string | undefined;
  readonly node: string | undefined;
}

/** A set of rows in the order in which they are shown. */
export type Rows = Uint32Array;

export function allRows({ rowCount }: Pick<Table, 'rowCount'>): Rows {
  const rows = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) rows[row] = row;
  return rows;
}
