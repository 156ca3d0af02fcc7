import type { TableCells } from '../../core/table/calls.ts';
import { readCells, splitCells } from '../../core/table/cellLines.ts';
import type { RowRange } from './rows.ts';

const pageSize = 200;
/** What was in sight before is asked for again when it comes back. */
const maxPages = 64;
/** So many rows around those in sight are asked for at least, and at most. */
const nearest = 100;
const farthest = 800;
/** An answer takes about so many frames. */
const framesAhead = 8;

/** The cells of rows, page by page as they come into sight. */
export class Pages {
  readonly #ask: (page: { readonly number: number; readonly start: number; readonly end: number }) => void;
  /** The lines of the rows of a page, of which each is read when it is drawn. */
  readonly #pages = new Map<number, readonly string[] | 'asked'>();
  #number = 0;
  /** The first row in sight. */
  #first = 0;

  constructor(
    ask: (page: { readonly number: number; readonly start: number; readonly end: number }) => void,
  ) {
    this.#ask = ask;
  }

  /** The cells of a row; `undefined` while they are on their way. */
  at(index: number): TableCells | undefined {
    const page = Math.floor(index / pageSize);
    const held = this.#pages.get(page);
    if (held === undefined) this.#load(page);
    const line = held === undefined || held === 'asked' ? undefined : held[index % pageSize];
    return line === undefined ? undefined : readCells(line);
  }

  /** Asks for what comes into sight soon: the faster it is scrolled, the farther ahead. */
  expectAround({ first, last }: RowRange, count: number): void {
    const step = first - this.#first;
    this.#first = first;
    // After a jump nobody knows where the next one leads.
    const reach = Math.abs(step) > farthest ? 0 : Math.min(farthest, Math.abs(step) * framesAhead);
    const from = Math.max(0, first - Math.max(nearest, step < 0 ? reach : 0));
    const to = Math.min(count - 1, last + Math.max(nearest, step > 0 ? reach : 0));
    for (let page = Math.floor(from / pageSize); page <= Math.floor(to / pageSize); page++)
      if (!this.#pages.has(page)) this.#load(page);
  }

  /** Takes an answer in, and says which rows are known by it; `undefined` for one to a question of before. */
  take({
    number,
    start,
    lines,
  }: {
    readonly number: number;
    readonly start: number;
    readonly lines: string;
  }): RowRange | undefined {
    if (number !== this.#number) return undefined;
    this.#pages.set(start / pageSize, splitCells(lines));
    return { first: start, last: start + pageSize - 1 };
  }

  /** Forgets everything: rows are others now, or other columns are shown. */
  forget(): void {
    this.#number++;
    this.#pages.clear();
  }

  #load(page: number): void {
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= maxPages && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(page, 'asked');
    this.#ask({ number: this.#number, start: page * pageSize, end: (page + 1) * pageSize });
  }
}
