/** Where the keyboard is, and which rows are selected: those between the anchor and it. */
export interface Selection {
  /** A row by its place; −1 is the row of titles. */
  readonly row: number;
  readonly column: number;
  readonly anchor: number;
}

export const noSelection: Selection = { row: 0, column: 0, anchor: 0 };

/** How far a key leads. */
export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** How many rows a page has. */
  readonly page: number;
}

interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Where a key leads; `undefined` for a key that leads nowhere. */
export function moveSelection(selection: Selection, pressed: Key, extent: Extent): Selection | undefined {
  const isCommand = pressed.ctrlKey || pressed.metaKey;
  if (isCommand && pressed.key.toLowerCase() === 'a')
    return { ...selection, anchor: 0, row: extent.rows - 1 };
  const row = nextRow(selection.row, pressed.key, extent);
  if (row !== undefined) {
    const anchor = pressed.shiftKey && row >= 0 ? Math.max(0, selection.anchor) : row;
    return { ...selection, row, anchor };
  }
  const column = nextColumn(selection.column, pressed.key, extent.columns);
  return column === undefined ? undefined : { ...selection, column };
}

function nextRow(row: number, key: string, { rows, page }: Extent): number | undefined {
  const last = rows - 1;
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, row + 1);
    case 'ArrowUp':
      return Math.max(-1, row - 1);
    case 'PageDown':
      return Math.min(last, row + page);
    case 'PageUp':
      return Math.max(Math.min(0, last), row - page);
    case 'Home':
      return Math.min(0, last);
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function nextColumn(column: number, key: string, columns: number): number | undefined {
  if (key === 'ArrowRight') return Math.min(columns - 1, column + 1);
  return key === 'ArrowLeft' ? Math.max(0, column - 1) : undefined;
}

/** The first and the last of the selected rows; `undefined` when it is the titles. */
export function selectedRange({
  row,
  anchor,
}: Selection): { readonly first: number; readonly last: number } | undefined {
  if (row < 0) return undefined;
  return { first: Math.min(row, Math.max(0, anchor)), last: Math.max(row, anchor) };
}
