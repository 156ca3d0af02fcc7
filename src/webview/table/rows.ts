import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';

export const rowHeight = 22;

export interface RowsOptions {
  /** What scrolls: it holds a fixed row of titles and the body. */
  readonly scroller: HTMLElement;
  /** What holds the rows, as high as all of them. */
  readonly body: HTMLElement;
  readonly createRow: () => HTMLElement;
  readonly fillRow: (row: HTMLElement, index: number) => void;
  readonly onScroll: (range: RowRange, isOver: boolean) => void;
}

/** A row that is open, and what it opens to. */
interface OpenRow {
  readonly index: number;
  readonly content: HTMLElement;
  readonly height: number;
}

/** Rows by their places, the last one included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** Rows of which only those in sight are in the document. */
export class Rows {
  readonly #options: RowsOptions;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #rows = new Map<number, HTMLElement>();
  readonly #spare: HTMLElement[] = [];
  #count = 0;
  #open: OpenRow | undefined;

  constructor(options: RowsOptions) {
    this.#options = options;
    this.#virtualizer = new Virtualizer(this.#virtualizerOptions());
    this.#virtualizer._didMount();
  }

  /** The first row in sight. To ask the scroller would have the browser lay out what was just drawn. */
  get top(): number {
    const offset = this.#virtualizer.scrollOffset ?? 0;
    if (this.#open === undefined) return Math.floor(offset / rowHeight);
    const { index, height } = this.#open;
    const closed = Math.max(offset - height, Math.min(offset, index * rowHeight));
    return Math.floor(closed / rowHeight);
  }

  /** How many rows fit in sight below the titles. */
  get height(): number {
    return Math.max(1, Math.floor(this.#options.scroller.clientHeight / rowHeight) - 1);
  }

  /** The row that is open. */
  get open(): number | undefined {
    return this.#open?.index;
  }

  /** Shows so many rows, from one on; none is open. */
  reset(count: number, top: number): void {
    this.#count = count;
    this.#leave();
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    this.#virtualizer.setOptions(this.#virtualizerOptions());
    this.#virtualizer.measure();
    this.#virtualizer._willUpdate();
    this.#draw();
    this.#options.scroller.scrollTop = top * rowHeight;
  }

  /** Has more rows below; those in sight stay where they are. */
  extend(count: number): void {
    this.#count = count;
    this.#virtualizer.setOptions(this.#virtualizerOptions());
    this.#virtualizer.measure();
    this.#draw();
  }

  /** Opens a row to what stands below it from now on, and brings that into sight; another row is closed. */
  openRow(index: number, content: HTMLElement): void {
    this.#leave();
    this.#options.body.append(content);
    content.style.top = `${(index + 1) * rowHeight}px`;
    this.#open = { index, content, height: content.offsetHeight };
    this.#place();
    const { scroller } = this.#options;
    const end = (index + 2) * rowHeight + this.#open.height;
    const wanted = Math.max(scroller.scrollTop, end - scroller.clientHeight);
    scroller.scrollTop = Math.min(index * rowHeight, wanted);
  }

  closeRow(): void {
    if (this.#open === undefined) return;
    this.#leave();
    this.#place();
  }

  #leave(): void {
    this.#open?.content.remove();
    this.#open = undefined;
  }

  /** Has the rows stand where they belong, after one was opened or closed. */
  #place(): void {
    this.#virtualizer.measure();
    for (const [index, row] of this.#rows) row.style.transform = this.#transformOf(index);
    this.#draw();
  }

  #transformOf(index: number): string {
    const moved = this.#open !== undefined && index > this.#open.index ? this.#open.height : 0;
    return `translateY(${index * rowHeight + moved}px)`;
  }

  /** Fills the rows in sight anew, or those of them in a range. */
  refresh({ first, last }: RowRange = { first: 0, last: Number.POSITIVE_INFINITY }): void {
    for (const [index, row] of this.#rows)
      if (index >= first && index <= last) this.#options.fillRow(row, index);
  }

  reveal(index: number): void {
    this.#virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  #virtualizerOptions() {
    return {
      count: this.#count,
      getScrollElement: () => this.#options.scroller,
      estimateSize: (index: number) => rowHeight + (index === this.#open?.index ? this.#open.height : 0),
      // The titles stand above the first row, and in front of what is scrolled.
      scrollMargin: rowHeight,
      scrollPaddingStart: rowHeight,
      overscan: 6,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.#draw(),
    };
  }

  /** Puts the rows in sight into the document; elements of those that went out are used again. */
  #draw(): void {
    const { body, createRow, fillRow, onScroll } = this.#options;
    const items = this.#virtualizer.getVirtualItems();
    body.style.height = `${this.#count * rowHeight + (this.#open?.height ?? 0)}px`;
    const wanted = new Set(items.map(({ index }) => index));
    for (const [index, row] of this.#rows) {
      if (wanted.has(index)) continue;
      this.#rows.delete(index);
      this.#spare.push(row);
    }
    for (const { index } of items) {
      if (this.#rows.has(index)) continue;
      const row = this.#spare.pop() ?? createRow();
      this.#rows.set(index, row);
      row.style.transform = this.#transformOf(index);
      fillRow(row, index);
      if (row.parentElement !== body) body.append(row);
    }
    for (const row of this.#spare.splice(0)) row.remove();
    const [first, last] = [items[0], items.at(-1)];
    if (first === undefined || last === undefined) return;
    onScroll({ first: first.index, last: last.index }, !this.#virtualizer.isScrolling);
  }
}
