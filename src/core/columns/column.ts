/**
 * Columns: one number a row, in a typed array that grows as rows are written; 0 where nothing was. There is a class
 * for each kind of array, each with its own `set` and `at`: shared ones would see all four kinds and look every time
 * which one it is, which takes several times as long.
 */

interface Values {
  readonly length: number;
  readonly buffer: ArrayBuffer;
  readonly BYTES_PER_ELEMENT: number;
}

export abstract class Column {
  /** The values, with room for more rows than there are. */
  abstract readonly values: Values;

  abstract set(row: number, value: number): void;
  abstract at(row: number): number;

  /** Gives back the room for rows that did not come, where that is worth copying those that did. */
  trim(rows: number): void {
    if (this.values.length > rows * 1.25) this.resize(rows);
  }

  protected grow(rows: number): void {
    this.resize(Math.max(64, rows, this.values.length * 2));
  }

  protected resize(rows: number): void {
    this.take(this.values.buffer.transfer(rows * this.values.BYTES_PER_ELEMENT));
  }

  /** Has its values in another memory. */
  protected abstract take(buffer: ArrayBuffer): void;
}

class Uint8Column extends Column {
  values = new Uint8Array(new ArrayBuffer(0));

  set(row: number, value: number): void {
    if (row >= this.values.length) this.grow(row + 1);
    this.values[row] = value;
  }

  at(row: number): number {
    return this.values[row] ?? 0;
  }

  protected take(buffer: ArrayBuffer): void {
    this.values = new Uint8Array(buffer);
  }
}

class Uint16Column extends Column {
  values = new Uint16Array(new ArrayBuffer(0));

  set(row: number, value: number): void {
    if (row >= this.values.length) this.grow(row + 1);
    this.values[row] = value;
  }

  at(row: number): number {
    return this.values[row] ?? 0;
  }

  protected take(buffer: ArrayBuffer): void {
    this.values = new Uint16Array(buffer);
  }
}

class Uint32Column extends Column {
  values = new Uint32Array(new ArrayBuffer(0));

  set(row: number, value: number): void {
    if (row >= this.values.length) this.grow(row + 1);
    this.values[row] = value;
  }

  at(row: number): number {
    return this.values[row] ?? 0;
  }

  protected take(buffer: ArrayBuffer): void {
    this.values = new Uint32Array(buffer);
  }
}

class Float64Column extends Column {
  values = new Float64Array(new ArrayBuffer(0));

  set(row: number, value: number): void {
    if (row >= this.values.length) this.grow(row + 1);
    this.values[row] = value;
  }

  at(row: number): number {
    return this.values[row] ?? 0;
  }

  protected take(buffer: ArrayBuffer): void {
    this.values = new Float64Array(buffer);
  }
}

export const uint8 = (): Uint8Column => new Uint8Column();
export const uint16 = (): Uint16Column => new Uint16Column();
export const uint32 = (): Uint32Column => new Uint32Column();
export const float64 = (): Float64Column => new Float64Column();

/** All columns of a table of columns. */
export function columnsOf(table: object): readonly Column[] {
  return Object.values(table).filter((value) => value instanceof Column);
}
