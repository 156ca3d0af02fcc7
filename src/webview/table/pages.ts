import type { TableCells } from '../../core/table/calls.ts';

const pageSize = 200;
/** What was in sight before is asked for again when it comes back. */
const maxPages = 64;

/** The cells of rows, page by page as they come into sight. */
export class Pages {
  readonly #ask: (page: { readonly number: number; readonly start: number; readonly end: number }) => void;
  readonly #pages = new Map<number, readonly TableCells[] | 'asked'>();
  #number = 0;

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
    return held === undefined || held === 'asked' ? undefined : held[index % pageSize];
  }

  /** Asks for what comes into sight soon. */
  expect(index: number): void {
    if (index >= 0) this.at(index);
  }

  /** Takes an answer in; false for one to a question of before. */
  take({
    number,
    start,
    cells,
  }: {
    readonly number: number;
    readonly start: number;
    readonly cells: readonly TableCells[];
  }): boolean {
    if (number !== this.#number) return false;
    this.#pages.set(start / pageSize, cells);
    return true;
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
