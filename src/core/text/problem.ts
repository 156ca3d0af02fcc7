/** A stretch of text: UTF-16 offsets, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What kind of thing could not be read:
 * - `expected`: something is missing or not of its form; the message says what should be there;
 * - `unknown`: a word or line that no known version prints;
 * - `truncated`: the text ends in the middle of something;
 * - `tool-error`: an error line of the tool among its results;
 * - `foreign`: the text is not this dump at all (usage text, HTML, binary, another dump);
 * - `empty`: there is nothing, which may mean that there is nothing, or that it was lost;
 * - `limit`: reading stopped at a stated limit.
 */
export const problemCodes = [
  'expected',
  'unknown',
  'truncated',
  'tool-error',
  'foreign',
  'empty',
  'limit',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** Something a parser could not read, at its place. A problem is a value, never thrown. */
export interface Problem {
  readonly code: ProblemCode;
  readonly span: Span;
  readonly message: string;
}
