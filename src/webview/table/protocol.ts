/** What a table's view and the extension say to each other. Neither trusts what arrives: see the readers below. */
import type { ColumnInfo, SortKey, TableShape, TableShown } from '../../core/table/calls.ts';
import { copyFormats, type CopyFormat } from '../../core/table/copy.ts';
import type { QuickFilter, RowDetail } from '../../core/table/detail.ts';
import type { Completion } from '../../core/table/filter/complete.ts';

/** How a table is looked at; VS Code keeps it for the view. */
export interface ViewState extends TableShape {
  /** The first row in sight. */
  readonly top: number;
}

export type ToView =
  | { readonly kind: 'reading'; readonly what: string }
  | { readonly kind: 'failed'; readonly message: string }
  /** The table was read, or read again. */
  | {
      readonly kind: 'table';
      readonly columns: readonly ColumnInfo[];
      /** The columns that were chosen before, by id; without it those that are no extras. */
      readonly chosen: readonly string[] | undefined;
      /** What a row is: `entries`, `differences`. */
      readonly noun: string;
      /** What is to be known of the dump: that it is cut off, that some of it cannot be read. */
      readonly remarks: readonly string[];
      /** Rows open to details. */
      readonly hasDetails: boolean;
      readonly quickFilters: readonly QuickFilter[];
    }
  /** There are more rows; those that were there stay. */
  | { readonly kind: 'grown'; readonly columns: readonly ColumnInfo[]; readonly remarks: readonly string[] }
  | { readonly kind: 'shown'; readonly number: number; readonly shown: TableShown }
  | {
      readonly kind: 'cells';
      readonly number: number;
      readonly start: number;
      /** The cells of the rows from there on: see `readCells`. */
      readonly lines: string;
    }
  | { readonly kind: 'details'; readonly number: number; readonly detail: RowDetail | undefined }
  | { readonly kind: 'completions'; readonly number: number; readonly completions: readonly Completion[] }
  /** What a command wants. */
  | { readonly kind: 'focus-filter' }
  | { readonly kind: 'copy'; readonly format: CopyFormat }
  | { readonly kind: 'go-to-line' }
  | { readonly kind: 'open-details' }
  | { readonly kind: 'explain' }
  | { readonly kind: 'filter-flow' }
  | { readonly kind: 'trace' }
  | { readonly kind: 'filter-cell'; readonly isExcluded: boolean };

export type FromView =
  | { readonly kind: 'ready' }
  /** `number` is given back with the answer. */
  | { readonly kind: 'show'; readonly number: number; readonly shape: TableShape; readonly keep?: number }
  | {
      readonly kind: 'cells';
      readonly number: number;
      readonly start: number;
      readonly end: number;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'complete'; readonly number: number; readonly text: string; readonly at: number }
  | { readonly kind: 'columns'; readonly chosen: readonly string[] }
  | { readonly kind: 'line'; readonly index: number }
  | { readonly kind: 'details'; readonly number: number; readonly index: number }
  /** A trace of what a row is about. */
  | { readonly kind: 'trace'; readonly index: number }
  /** What explains a row is wanted: one of its links. */
  | { readonly kind: 'follow'; readonly index: number; readonly link: number }
  | {
      readonly kind: 'copy';
      readonly format: CopyFormat;
      readonly columns: readonly string[];
      /** Places of rows; all that are shown without it. */
      readonly indices?: readonly number[];
    };

type Fields = Readonly<Record<string, unknown>>;

/** A message of a view; `undefined` for anything else. */
export function readFromView(message: unknown): FromView | undefined {
  if (!isFields(message)) return undefined;
  const { kind, number, start, end, text, at, index, format, link } = message;
  switch (kind) {
    case 'ready':
      return { kind };
    case 'show': {
      const shape = readShape(message['shape']);
      const { keep } = message;
      if (!isCount(number) || shape === undefined) return undefined;
      return { kind, number, shape, ...(isCount(keep) && { keep }) };
    }
    case 'cells': {
      const columns = readTexts(message['columns']);
      if (!isCount(number) || !isCount(start) || !isCount(end) || columns === undefined) return undefined;
      return { kind, number, start, end: Math.min(end, start + maxPage), columns };
    }
    case 'complete':
      return isCount(number) && typeof text === 'string' && isCount(at)
        ? { kind, number, text, at }
        : undefined;
    case 'columns': {
      const chosen = readTexts(message['chosen']);
      return chosen && { kind, chosen };
    }
    case 'line':
    case 'trace':
      return isCount(index) ? { kind, index } : undefined;
    case 'details':
      return isCount(number) && isCount(index) ? { kind, number, index } : undefined;
    case 'follow':
      return isCount(index) && isCount(link) ? { kind, index, link } : undefined;
    case 'copy': {
      const columns = readTexts(message['columns']);
      const known = copyFormats.find((each) => each === format);
      const indices = Array.isArray(message['indices']) ? message['indices'].filter(isCount) : undefined;
      if (columns === undefined || known === undefined) return undefined;
      return { kind, format: known, columns, ...(indices && { indices }) };
    }
    default:
      return undefined;
  }
}

/** The most rows of one answer. */
const maxPage = 1000;

/** A message of the extension; `undefined` for what is none, such as those that other frames send. */
export function readToView(message: unknown): ToView | undefined {
  if (!isFields(message) || !toViewKinds.some((kind) => kind === message['kind'])) return undefined;
  return message as unknown as ToView; // Its sender is checked: only the extension has the frame's origin.
}

const toViewKinds: readonly ToView['kind'][] = [
  'reading',
  'failed',
  'table',
  'grown',
  'details',
  'shown',
  'cells',
  'completions',
  'focus-filter',
  'copy',
  'go-to-line',
  'open-details',
  'explain',
  'filter-flow',
  'trace',
  'filter-cell',
];

/** What VS Code kept of a view; as at first where it is not to be used. */
export function readViewState(state: unknown): ViewState {
  const shape = readShape(state) ?? { filter: '', sort: [] };
  const top = isFields(state) && isCount(state['top']) ? state['top'] : 0;
  return { ...shape, top };
}

function readShape(value: unknown): TableShape | undefined {
  if (!isFields(value) || typeof value['filter'] !== 'string' || !Array.isArray(value['sort']))
    return undefined;
  return { filter: value['filter'], sort: value['sort'].flatMap((key) => readSortKey(key) ?? []) };
}

function readSortKey(value: unknown): SortKey | undefined {
  if (!isFields(value)) return undefined;
  const { id, direction } = value;
  const isDirection = direction === 'ascending' || direction === 'descending';
  return typeof id === 'string' && isDirection ? { id, direction } : undefined;
}

function readTexts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
