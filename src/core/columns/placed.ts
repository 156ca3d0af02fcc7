import type { DumpName } from '../dump/foreign.ts';
import { judgeProblems, maxProblems } from '../dump/problems.ts';
import { countFeeds, lastFeed } from '../text/feeds.ts';
import type { Position } from '../text/lineIndex.ts';
import type { Problem } from '../text/problem.ts';

/** A problem with its line and column, for a text that is not at hand as a whole. */
export interface PlacedProblem extends Problem, Position {}

/** Where a piece of text stands in the whole one. */
export interface Place {
  /** In UTF-16 units. */
  readonly offset: number;
  /** From zero. */
  readonly line: number;
  /** The offset at which that line begins. */
  readonly lineStart: number;
}

/** The problems of a dump that is read piece by piece: the first ones, and how many there were. */
export class PlacedProblems {
  readonly #kept: PlacedProblem[] = [];
  #count = 0;

  /** Takes the problems of a piece of text. */
  add(problems: readonly Problem[], text: string, { offset, line, lineStart }: Place): void {
    for (const problem of problems) {
      this.#count++;
      if (this.#kept.length > maxProblems) continue;
      const { start, end } = problem.span;
      const span = { start: offset + start, end: offset + end };
      const feed = lastFeed(text, start);
      const column = feed === -1 ? span.start - lineStart : start - feed - 1;
      this.#kept.push({ ...problem, span, line: line + countFeeds(text, start), column });
    }
  }

  /** The problems fit to show; `head` is how the text begins. */
  judge(dump: {
    readonly name: DumpName;
    readonly head: string;
    readonly entryCount: number;
    readonly describe: (text: string, takenFor: DumpName) => string | undefined;
  }): readonly PlacedProblem[] {
    const { name, head, entryCount, describe } = dump;
    const judged = { name, text: head, entryCount, problems: this.#kept, problemCount: this.#count };
    return judgeProblems({ ...judged, describe });
  }
}
