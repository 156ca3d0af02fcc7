import type { ColumnInfo } from '../../core/table/calls.ts';

/** Which columns are shown, in which order, and how wide. */
export interface Layout {
  readonly columns: readonly ColumnInfo[];
  /** Of columns that were drawn wider or narrower. */
  readonly widths: ReadonlyMap<string, number>;
  /** How many characters wide any other column is at most. */
  readonly most: number;
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
  return { columns: columns.length === 0 ? all : columns, widths: new Map(), most: widest, opens };
}

export function widened(layout: Layout, id: string, width: number): Layout {
  return { ...layout, widths: new Map([...layout.widths, [id, Math.max(narrowest, width)]]) };
}

/** How many characters wide a column is. */
export function widthOf({ widths, most }: Layout, column: ColumnInfo): number {
  return widths.get(column.id) ?? Math.min(most, Math.max(narrowest, column.width));
}

/**
 * Has wide columns give way so that more of them are in sight at once, as long as each keeps a fifth of the window.
 * @param room How many characters fit into the window side by side.
 */
export function fitted(layout: Layout, room: number): Layout {
  const least = Math.max(readable, Math.floor(room / 5));
  let fit = { ...layout, most: widest };
  while (fit.most > least && totalOf(fit) > room) fit = { ...fit, most: fit.most - 1 };
  return fit;
}

/** So much of a name tells it from most others. */
const readable = 22;

function totalOf(layout: Layout): number {
  // The space around a cell is about that of two characters.
  return layout.columns.reduce((total, column) => total + widthOf(layout, column) + 2, 0);
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
