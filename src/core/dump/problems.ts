import type { Problem } from '../text/problem.ts';
import { describeForeign, type DumpName } from './foreign.ts';

/** How many problems of one dump are listed one by one. */
export const maxProblems = 1000;

/** What of a dump its problems are judged by. */
export interface Judged<P extends Problem> {
  readonly name: DumpName;
  /** The text, or how it begins. */
  readonly text: string;
  readonly entryCount: number;
  /** All problems, or the first ones. */
  readonly problems: readonly P[];
  readonly problemCount: number;
  readonly describe?: typeof describeForeign;
}

/**
 * Problems made fit to show: a text that is no such dump at all gets one that says what it is, and of very many
 * problems the first ones and their number are kept.
 */
export function judgeProblems<P extends Problem>(judged: Judged<P>): readonly P[] {
  const { name, text, entryCount, problems, problemCount, describe = describeForeign } = judged;
  const [first] = problems;
  if (first === undefined) return problems;
  const foreign = entryCount === 0 && first.code !== 'limit' ? describe(text, name) : undefined;
  if (foreign !== undefined) {
    return [{ ...first, code: 'foreign', message: `This is no ${name}: it is ${foreign}.` }];
  }
  const next = problems[maxProblems];
  if (next === undefined) return problems;
  const more = problemCount - maxProblems;
  const message = `${more} more places cannot be read; only the first ${maxProblems} are listed.`;
  return [...problems.slice(0, maxProblems), { ...next, code: 'limit', message }];
}
