import type { ColumnInfo } from '../../core/table/calls.ts';

/** Which columns are shown, in which order, and how wide. */
export interface Layout {
  readonly columns: readonly ColumnInfo[];
  readonly widths: ReadonlyMap<string, number>;
}

const narrowest = 4;
const widest = 44;

/** The columns that are shown at first, or those that were chosen before. */
export function layoutOf(all: readonly ColumnInfo[], chosen: readonly string[] | undefined): Layout {
  const isShown = ({ id, isExtra }: ColumnInfo) => (chosen === undefined ? !isExtra : chosen.includes(id));
  const columns = all.filter(isShown);
  // A choice that was made in a table of another version may leave nothing.
  return { columns: columns.length === 0 ? all : columns, widths: new Map() };
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
  const tracks = widths.map((width) => `calc(${width}ch + ${padding}px)`);
  const last = tracks.pop();
  const columns = [...tracks, ...(last === undefined ? [] : [`minmax(${last}, 1fr)`])].join(' ');
  const total = widths.reduce((sum, width) => sum + width, 0);
  return `.row { grid-template-columns: ${columns}; }
.head-group, .body { width: max(100%, ${total}ch + ${widths.length * padding}px); }`;
}

/** Of a cell, on both sides together. */
const padding = 18;

export function isNumeric({ kind }: ColumnInfo): boolean {
  return ['number', 'bytes', 'packets', 'port', 'duration', 'rate'].includes(kind);
}
