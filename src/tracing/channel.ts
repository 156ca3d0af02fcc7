/** What an output channel of VS Code does that is needed here. */
export interface Output {
  append(text: string): void;
  replace(text: string): void;
}

/**
 * Feeds an output channel in batches, and keeps it below a size: what is too much goes from its beginning, and that is
 * said. The whole is in a file.
 */
export class BoundedChannel {
  readonly #output: Output;
  readonly #maxLength: number;
  readonly #file: string;
  #batch: string[] = [];
  #batchLength = 0;
  /** What the channel holds, in pieces; the beginning goes first. */
  #held: string[] = [];
  #heldLength = 0;
  #letGo = 0;

  constructor(output: Output, { maxLength, file }: { readonly maxLength: number; readonly file: string }) {
    this.#output = output;
    this.#maxLength = Math.max(maxLength, 1000);
    this.#file = file;
  }

  /** Adds a text of whole lines to the next batch. */
  add(text: string): void {
    if (text === '') return;
    this.#batch.push(text);
    this.#batchLength += text.length;
  }

  /** Shows what has come since the last batch. */
  flush(): void {
    if (this.#batchLength === 0) return;
    const text = this.#batch.join('');
    this.#batch = [];
    this.#batchLength = 0;
    this.#held.push(text);
    this.#heldLength += text.length;
    if (this.#heldLength <= this.#maxLength) this.#output.append(text);
    else this.#output.replace(this.#shorten());
  }

  /** An eighth of what may be held: what replaces the rest is written anew by the editor, and takes it a while. */
  #shorten(): string {
    const target = this.#maxLength / 8;
    while (this.#heldLength > target) {
      const first = this.#held.shift() ?? '';
      this.#heldLength -= first.length;
      if (this.#heldLength >= target) {
        this.#letGo += countLines(first);
        continue;
      }
      const rest = lineFrom(first, first.length - (target - this.#heldLength));
      this.#letGo += countLines(first) - countLines(rest);
      this.#held.unshift(rest);
      this.#heldLength += rest.length;
      break;
    }
    return `… ${this.#letGo.toLocaleString('en')} lines let go; all are in ${this.#file}\n${this.#held.join('')}`;
  }
}

/** The text from the first line that begins at a place or behind it. */
function lineFrom(text: string, place: number): string {
  const end = text.indexOf('\n', Math.max(0, Math.floor(place) - 1));
  return end === -1 ? '' : text.slice(end + 1);
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
