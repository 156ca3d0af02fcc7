import type { ColumnInfo, SortKey, TableCells } from '../../core/table/calls.ts';
import { element } from '../dom.ts';
import { drawHead } from './head.ts';
import { fitted, layoutOf, layoutRules, signWidth, widened, type Layout } from './layout.ts';
import { drawRow } from './row.ts';
import { Rows, type RowRange } from './rows.ts';
import { moveSelection, noSelection, selectedRange, type Selection } from './selection.ts';

export interface GridOptions {
  readonly cellsAt: (index: number) => TableCells | undefined;
  /** Which rows are in sight now. */
  readonly onSight: (range: RowRange) => void;
  readonly onSort: (id: string, isAdded: boolean) => void;
  /** A row was entered. */
  readonly onOpen: (index: number) => void;
  /** The rows have come to rest. */
  readonly onRest: () => void;
}

/** The rows and columns of a table: draws them, scrolls, and follows keyboard and pointer. */
export class Grid {
  readonly view: HTMLElement;
  readonly #options: GridOptions;
  readonly #head = element('div', { class: 'row head', role: 'row', 'aria-rowindex': '1' });
  readonly #body = element('div', { class: 'body', role: 'rowgroup' });
  readonly #rows: Rows;
  /** Where the columns are. */
  readonly #style = new CSSStyleSheet();
  #layout: Layout = layoutOf([], undefined, { opens: false });
  /** As wide as ten characters. */
  readonly #measure = element('div', { class: 'measure', 'aria-hidden': 'true' });
  #sort: readonly SortKey[] = [];
  #selection: Selection = noSelection;
  #count = 0;

  constructor(options: GridOptions) {
    this.#options = options;
    const headGroup = element('div', { class: 'head-group', role: 'rowgroup' }, this.#head);
    this.view = element(
      'div',
      { class: 'grid', role: 'grid', tabindex: '0', 'aria-multiselectable': 'true', 'aria-label': 'Entries' },
      headGroup,
      this.#body,
      this.#measure,
    );
    document.adoptedStyleSheets.push(this.#style);
    this.#rows = new Rows({
      scroller: this.view,
      body: this.#body,
      createRow: () => element('div', { class: 'row', role: 'row' }),
      fillRow: (row, index) => this.#fillRow(row, index),
      onScroll: (range, isOver) => {
        options.onSight(range);
        if (isOver) options.onRest();
      },
    });
    new ResizeObserver(() => this.#fit()).observe(this.view);
    this.view.addEventListener('keydown', (event) => this.#onKey(event));
    this.#body.addEventListener('mousedown', (event) => this.#onPointer(event));
    this.#body.addEventListener('dblclick', (event) => {
      const index = indexOf(rowOf(event));
      if (index !== undefined) this.#options.onOpen(index);
    });
  }

  get layout(): Layout {
    return this.#layout;
  }

  get top(): number {
    return this.#rows.top;
  }

  /** The selected rows; `undefined` when there are none. */
  get selected(): { readonly first: number; readonly last: number } | undefined {
    return this.#count === 0 ? undefined : selectedRange(this.#selection);
  }

  /** The column of the active cell and what the cell shows. */
  get activeCell(): { readonly column: ColumnInfo; readonly text: string } | undefined {
    const column = this.#layout.columns[this.#selection.column];
    const text = this.#options.cellsAt(this.#selection.row)?.texts[this.#selection.column];
    return column === undefined || text === undefined ? undefined : { column, text };
  }

  /** Shows other columns, or their order by other keys. */
  arrange(layout: Layout, sort: readonly SortKey[]): void {
    this.#layout = fitted(layout, this.#room);
    this.#sort = sort;
    this.view.setAttribute('aria-colcount', String(layout.columns.length));
    this.#drawHead();
    this.#rows.refresh();
  }

  /** Shows other rows, from one on. */
  show(count: number, top: number): void {
    this.#count = count;
    this.#selection = { ...this.#selection, row: Math.min(top, Math.max(0, count - 1)), anchor: top };
    this.view.setAttribute('aria-rowcount', String(count + 1));
    this.#rows.reset(count, top);
    this.#tellActive();
  }

  /** Shows more rows; what is selected and in sight stays, but for the end, which is followed while no row is open. */
  extend(count: number): void {
    const isAtEnd = this.open === undefined && this.#count > 0 && this.top + this.#rows.height >= this.#count;
    this.#count = count;
    this.view.setAttribute('aria-rowcount', String(count + 1));
    this.#rows.extend(count);
    if (isAtEnd && count > 0) this.#rows.reveal(count - 1);
    this.#rows.refresh();
  }

  /** The row that is open. */
  get open(): number | undefined {
    return this.#rows.open;
  }

  /** Opens a row: what it consists of stands below it. */
  openRow(index: number, content: HTMLElement): void {
    this.#rows.openRow(index, openedRow(content, this.#layout.columns.length));
    this.#rows.refresh();
  }

  closeRow(): void {
    this.#rows.closeRow();
    this.#rows.refresh();
  }

  /** Fills rows, where they are in sight, with what has arrived. */
  refresh(range: RowRange): void {
    this.#rows.refresh(range);
  }

  focus(): void {
    this.view.focus();
  }

  /** How many characters fit side by side. */
  get #room(): number {
    return (this.view.clientWidth * 10) / this.#measure.clientWidth;
  }

  #fit(): void {
    const layout = fitted(this.#layout, this.#room);
    if (layout.most !== this.#layout.most) this.arrange(layout, this.#sort);
  }

  #drawHead(): void {
    this.#style.replaceSync(layoutRules(this.#layout));
    drawHead(this.#layout, this.#sort, {
      row: this.#head,
      onSort: this.#options.onSort,
      onResize: (id, width) => {
        this.#layout = widened(this.#layout, id, width);
        this.#style.replaceSync(layoutRules(this.#layout));
      },
    });
  }

  #fillRow(row: HTMLElement, index: number): void {
    const { selected: range } = this;
    drawRow(row, {
      index,
      layout: this.#layout,
      cells: this.#options.cellsAt(index),
      isSelected: range !== undefined && index >= range.first && index <= range.last,
      isOpen: index === this.#rows.open,
      active: index === this.#selection.row ? this.#selection.column : undefined,
    });
  }

  #onKey(event: KeyboardEvent): void {
    // What a row opens to has keys of its own.
    if (event.target !== this.view) return;
    const { row, column } = this.#selection;
    if (event.key === 'Enter' || event.key === ' ') {
      const head = this.#layout.columns[column];
      if (row < 0 && head !== undefined) this.#options.onSort(head.id, event.shiftKey);
      else if (this.#count > 0) this.#options.onOpen(row);
      event.preventDefault();
      return;
    }
    const extent = { rows: this.#count, columns: this.#layout.columns.length, page: this.#rows.height };
    const moved = moveSelection(this.#selection, event, extent);
    if (moved === undefined) return;
    event.preventDefault();
    this.#select(moved);
  }

  #onPointer(event: MouseEvent): void {
    const row = rowOf(event);
    const index = indexOf(row);
    if (row === undefined || index === undefined) return;
    const { target } = event;
    const column = Math.max(
      0,
      [...row.children].findIndex((cell) => target instanceof Node && cell.contains(target)),
    );
    const range = this.selected;
    const isInside = range !== undefined && index >= range.first && index <= range.last;
    // The menu of a selection is for all of it.
    const isMenu = event.button === 2 && isInside;
    const anchor = event.shiftKey || isMenu ? this.#selection.anchor : index;
    this.#select(isMenu ? { ...this.#selection, column } : { row: index, column, anchor });
    const isOnSign = event.clientX - row.getBoundingClientRect().left < signEnd;
    if (this.#layout.opens && event.button === 0 && isOnSign) this.#options.onOpen(index);
  }

  #select(selection: Selection): void {
    this.#selection = selection;
    if (selection.row >= 0) this.#rows.reveal(selection.row);
    this.#rows.refresh();
    this.#tellActive();
    const title = document.getElementById(`head-${selection.column}`);
    title?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Tells a screen reader which cell is the active one. */
  #tellActive(): void {
    const { row, column } = this.#selection;
    for (const title of this.#head.children) title.classList.remove('active-cell');
    if (row < 0) this.#head.children[column]?.classList.add('active-cell');
    this.view.setAttribute('aria-activedescendant', row < 0 ? `head-${column}` : `cell-${row}-${column}`);
  }
}

/** How far from a row's edge the sign that it opens can be clicked, in pixels. */
const signEnd = 9 + signWidth;

function rowOf({ target }: Event): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('.row')) || undefined;
}

function indexOf(row: HTMLElement | undefined): number | undefined {
  const index = row?.dataset['index'];
  return index === undefined ? undefined : Number(index);
}

/** A row of one cell over all columns. */
function openedRow(content: HTMLElement, columns: number): HTMLElement {
  const cell = element(
    'div',
    { class: 'opened-cell', role: 'gridcell', 'aria-colspan': String(columns) },
    content,
  );
  return element('div', { class: 'opened', role: 'row' }, cell);
}
