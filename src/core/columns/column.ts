type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** One number a row, in a typed array that grows as rows are written; 0 where nothing was. */
export class Column<T extends Numbers = Numbers> {
  /** The values, with room for more rows than there are. */
  values: T;
  readonly #over: (buffer: ArrayBuffer) => T;

  constructor(over: (buffer: ArrayBuffer) => T) {
    this.#over = over;
    this.values = over(new ArrayBuffer(0));
  }

  set(row: number, value: number): void {
    if (row >= this.values.length) this.#grow(row + 1);
    this.values[row] = value;
  }

  at(row: number): number {
    return this.values[row] ?? 0;
  }

  /** Gives back the room for rows that did not come. */
  trim(rows: number): void {
    if (this.values.length > rows) this.#resize(rows);
  }

  #grow(rows: number): void {
    this.#resize(Math.max(64, rows, this.values.length * 2));
  }

  /** `transfer` moves the memory where it can instead of copying it. */
  #resize(rows: number): void {
    const { buffer, BYTES_PER_ELEMENT } = this.values;
    this.values = this.#over(buffer.transfer(rows * BYTES_PER_ELEMENT));
  }
}

export const uint8 = (): Column<Uint8Array<ArrayBuffer>> => new Column((buffer) => new Uint8Array(buffer));
export const uint16 = (): Column<Uint16Array<ArrayBuffer>> => new Column((buffer) => new Uint16Array(buffer));
export const uint32 = (): Column<Uint32Array<ArrayBuffer>> => new Column((buffer) => new Uint32Array(buffer));
export const float64 = (): Column<Float64Array<ArrayBuffer>> =>
  new Column((buffer) => new Float64Array(buffer));

/** All columns of a table of columns. */
export function columnsOf(table: object): readonly Column[] {
  return Object.values(table).filter((value) => value instanceof Column);
}
