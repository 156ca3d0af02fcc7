/** What a row opens to, beyond its cells. */
import type { Explanation } from '../trace/explain.ts';

export interface RowDetail {
  readonly title: string;
  /** What explains the row, the most telling first. */
  readonly links: readonly RowLink[];
  /** What leaves the rows that belong together. */
  readonly filters: readonly QuickFilter[];
  /** The way that led here, step by step. */
  readonly steps: readonly RowStep[];
  /** The text that the row was read from. */
  readonly lines: readonly string[];
}

export interface RowLink {
  readonly title: string;
  readonly node: string | undefined;
  readonly explanation: Explanation;
}

/** A filter that is a click away. */
export interface QuickFilter {
  readonly title: string;
  /** In the syntax of filters: one term. */
  readonly filter: string;
}

export interface RowStep {
  readonly text: string;
  /** It is this row itself. */
  readonly isHere: boolean;
  readonly isTrouble: boolean;
}
