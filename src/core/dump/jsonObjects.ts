import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog } from './dump.ts';
import { findClosing } from './jsonPath.ts';

/** Finds the objects in a text that are not inside of others. The text may come in parts. */
export class ObjectFinder {
  /** How many arrays are open. */
  arrays = 0;
  /** Up to where the last text was read; an object that does not end in a part is left from its indentation on. */
  at = 0;
  #isIndented = true;

  /** Where the objects stand. What is neither an object nor between them is reported, and so is an end too early. */
  *find(text: string, extent: 'part' | 'whole', problems: Problem[]): Generator<Span> {
    const structure = /[\s,]+|(\[)|(\])|null\b/y;
    for (this.at = 0; this.at < text.length;) {
      const start = this.at;
      structure.lastIndex = start;
      const match = structure.exec(text);
      if (match !== null) {
        this.arrays += match[1] === undefined ? 0 : 1;
        this.arrays -= match[2] === undefined ? 0 : 1;
        this.at = structure.lastIndex;
      } else if (text[start] === '{') {
        const end = this.#findEnd(text, extent);
        if (end === undefined) {
          if (extent === 'whole') problems.push(truncated({ start, end: text.length }));
          else this.at = lineStart(text, start);
          return;
        }
        yield { start, end };
        this.at = end;
      } else this.#skipLine(text, problems);
    }
    if (extent === 'whole' && this.arrays > 0) {
      problems.push(truncated({ start: text.length, end: text.length }));
    }
  }

  #skipLine(text: string, problems: Problem[]): void {
    const feed = text.indexOf('\n', this.at);
    const span = { start: this.at, end: feed === -1 ? text.length : feed };
    if (!isBlankOrLog(text, span, problems)) {
      problems.push({ code: 'expected', span, message: 'expected a JSON object' });
    }
    this.at = span.end;
  }

  /** The end of the object here: by indentation, which also holds for broken ones, or by matching brackets. */
  #findEnd(text: string, extent: 'part' | 'whole'): number | undefined {
    const opening = /\{\r?\n/y;
    opening.lastIndex = this.at;
    if (this.#isIndented && opening.test(text)) {
      const closing = `\n${text.slice(lineStart(text, this.at), this.at)}}`;
      const end = text.indexOf(closing, this.at);
      if (end !== -1) return end + closing.length;
      if (extent === 'part') return undefined;
      // To look for it again and again would take quadratic time.
      this.#isIndented = false;
    }
    return findClosing(text, this.at);
  }
}

function lineStart(text: string, at: number): number {
  let start = at;
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start--;
  return start;
}

function truncated(span: Span): Problem {
  return { code: 'truncated', span, message: 'the text ends before the JSON does' };
}
