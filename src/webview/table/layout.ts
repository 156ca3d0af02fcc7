import type { ColumnInfo } from '../../core/table/calls.ts';

/** Which columns are shown, in which order, and how wide. */
export interface Layout {
  readonly columns: readonly ColumnInfo[];
  readonly widths: ReadonlyMap<string, number>;
  /** Rows open to what they consist of: there is room for a sign of that before the first cell. */
  readonly opens: boolean;
}

const narrowest = 4;
const widest = 44;

/** The columns that are shown at first, or those that were chosen before. */
export function layoutOf(
  all: readonly ColumnInfo[],
  chosen: readonly string[] | undefined,
  { opens }: Pick<Layout, 'opens'>,
): Layout {
  const isShown = ({ id, isExtra }: ColumnInfo) => (chosen === undefined ? !isExtra : chosen.includes(id));
  const columns = all.filter(isShown);
  // A choice that was made in a table of another version may leave nothing.
  return { columns: columns.length === 0 ? all : columns, widths: new Map(), opens };
}

export function widened(layout: Layout, id: string, width: number): Layout {
  return { ...layout, widths: new Map([...layout.widths, [id, Math.max(narrowest, width)]]) };
}

/** How many characters wide a column is. */
export function widthOf({ widths }: Layout, column: ColumnInfo): number {
  return widths.get(column.id) ?? Math.min(widest, Math.max(narrowest, column.width));
}

/**
 * The columns as a CSS grid, the last of which takes what is left, and how wide they are at least. As rules, because
 * to style a row that has to put a variable in its place takes twice as long.
 */
export function layoutRules(layout: Layout): string {
  const widths = layout.columns.map((column) => widthOf(layout, column));
  const room = widths.map((_, at) => (at === 0 && layout.opens ? padding + signWidth : padding));
  const tracks = widths.map((width, at) => `calc(${width}ch + ${room[at]}px)`);
  const last = tracks.pop();
  const columns = [...tracks, ...(last === undefined ? [] : [`minmax(${last}, 1fr)`])].join(' ');
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return `.row { grid-template-columns: ${columns}; }
.head-group, .body { width: max(100%, ${sum(widths)}ch + ${sum(room)}px); }`;
}

/** Of a cell, on both sides together. */
const padding = 18;

/** Of the sign that a row opens, in pixels. */
export const signWidth = 16;

export function isNumeric({ kind }: ColumnInfo): boolean {
  return ['number', 'bytes', 'packets', 'port', 'duration', 'rate'].includes(kind);
}
