/** Texts that come again and again, each kept once and known by a number from 1 on; 0 is none. */
export class WordTable {
  readonly #texts: string[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #byText = new Map<string, number>();
  readonly #byHash = new Map<number, number>();

  get count(): number {
    return this.#texts.length;
  }

  text(id: number): string | undefined {
    return this.#texts[id - 1];
  }

  /** All texts by their ids, `''` for 0. */
  list(): readonly string[] {
    return ['', ...this.#texts];
  }

  idOf(text: string): number {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.push(text);
    this.#byText.set(text, id);
    return id;
  }

  /**
   * The id of the text in a stretch of bytes; the text is made, and `spell` changes it, but once. −1 where
   * `spell` does not know it.
   */
  idOfBytes(
    bytes: Uint8Array,
    { start, end }: { readonly start: number; readonly end: number },
    spell: (text: string) => string | undefined = (text) => text,
  ): number {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const known = this.#byHash.get(hash);
    if (known !== undefined && isSame(this.#bytes[known] ?? none, bytes, start, end)) return known;
    const word = bytes.slice(start, end);
    const text = spell(decoder.decode(word));
    if (text === undefined) return -1;
    const id = this.idOf(text);
    this.#byHash.set(hash, id);
    this.#bytes[id] = word;
    return id;
  }
}

const none = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function isSame(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at++) if (word[at] !== bytes[start + at]) return false;
  return true;
}
