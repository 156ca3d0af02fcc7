/** What is done to a text that somebody looks at. */
export interface Edit {
  readonly kind: 'append' | 'replace';
  readonly text: string;
}

export interface ChannelLimits {
  /** How many characters are held at most. */
  readonly maxLength: number;
  /** How many characters one edit has at most: an editor is held up by a longer one. */
  readonly maxEdit: number;
}

/**
 * The latest of a text that grows, as edits of it: one at a time, however much has come. It stays below a size: what
 * is too much goes from its beginning, and that is said. The whole is in a file.
 */
export class BoundedChannel {
  readonly #limits: ChannelLimits;
  readonly #file: string;
  /** What the channel holds, and behind it what comes into it next: in pieces, each shorter than an edit. */
  readonly #held = new Pieces();
  readonly #waiting = new Pieces();
  #letGo = 0;
  #isToBeReplaced = false;

  constructor(file: string, { maxLength, maxEdit }: ChannelLimits) {
    this.#file = file;
    this.#limits = { maxLength: Math.max(maxLength, 1000), maxEdit: Math.max(maxEdit, 100) };
  }

  /** Adds a text of whole lines. */
  add(text: string): void {
    const { maxEdit } = this.#limits;
    for (let from = 0; from < text.length;) {
      const to = text.length - from <= maxEdit ? text.length : endOfLines(text, from, from + maxEdit);
      this.#waiting.push(text.slice(from, to));
      from = to;
    }
  }

  /** The next edit; `undefined` when all that came is there. */
  take(): Edit | undefined {
    const { maxLength, maxEdit } = this.#limits;
    if (this.#waiting.length > maxLength) this.#startAnew([...this.#held.all(), ...this.#waiting.all()]);
    const next = this.#waiting.takeUpTo(maxEdit);
    if (next === '' && !this.#isToBeReplaced) return undefined;
    if (this.#held.length + next.length > maxLength) {
      this.#startAnew([...this.#held.all(), next, ...this.#waiting.all()]);
      return this.take();
    }
    this.#held.push(next);
    if (!this.#isToBeReplaced) return { kind: 'append', text: next };
    this.#isToBeReplaced = false;
    const lines = this.#letGo.toLocaleString('en');
    return { kind: 'replace', text: `… ${lines} lines let go; all are in ${this.#file}\n${next}` };
  }

  /** Lets go of all but the last eighth of what may be held, and has that come in edits like what is new. */
  #startAnew(pieces: string[]): void {
    let length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const most = this.#limits.maxLength / 8;
    while (length > most) {
      const first = pieces.shift() ?? '';
      length -= first.length;
      const rest = length < most ? lineFrom(first, first.length - (most - length)) : '';
      this.#letGo += countLines(first) - countLines(rest);
      if (rest === '') continue;
      pieces.unshift(rest);
      break;
    }
    this.#held.clear();
    this.#waiting.clear();
    for (const piece of pieces) this.#waiting.push(piece);
    this.#isToBeReplaced = true;
  }
}

/** Texts one after the other. */
class Pieces {
  #pieces: string[] = [];
  length = 0;

  push(piece: string): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /** Takes pieces from the beginning that are not longer together; at least one. */
  takeUpTo(most: number): string {
    let count = 0;
    let length = 0;
    for (const piece of this.#pieces) {
      if (count > 0 && length + piece.length > most) break;
      length += piece.length;
      count++;
    }
    this.length -= length;
    return this.#pieces.splice(0, count).join('');
  }

  all(): readonly string[] {
    return this.#pieces;
  }

  clear(): void {
    this.#pieces = [];
    this.length = 0;
  }
}

/** Where the last line ends that ends before a place; of a line longer than that, where it ends. */
function endOfLines(text: string, from: number, before: number): number {
  const end = text.lastIndexOf('\n', before - 1) + 1;
  if (end > from) return end;
  return text.indexOf('\n', before) + 1 || text.length;
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
