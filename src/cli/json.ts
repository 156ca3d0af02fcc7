/** JSON of anything core answers: a bigint is a number while a double holds it exactly, else a string. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, replaceBigint, 2)}\n`;
}

function replaceBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

/** Moves the lines of a JSON text but the first to the right. */
export function indented(json: string, spaces: number): string {
  return json.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}

/** So much is written at once, in characters. */
const batchSize = 64 * 1024;

/** Writes a list in the field of an object, item by item, as `toJson` writes it. */
export class JsonList {
  readonly #out: { write(text: string): unknown };
  #text: string;
  #isEmpty = true;

  /** `before` is written before the list. */
  constructor(out: { write(text: string): unknown }, before: string) {
    this.#out = out;
    this.#text = `${before}[`;
  }

  add(item: unknown): void {
    const json = indented(JSON.stringify(item, replaceBigint, 2), 4);
    this.#text += `${this.#isEmpty ? '' : ','}\n    ${json}`;
    this.#isEmpty = false;
    if (this.#text.length > batchSize) this.flush();
  }

  /** What `write` answered. */
  flush(): unknown {
    const text = this.#text;
    this.#text = '';
    return this.#out.write(text);
  }

  end(): void {
    this.#text += this.#isEmpty ? ']' : '\n  ]';
    this.flush();
  }
}
