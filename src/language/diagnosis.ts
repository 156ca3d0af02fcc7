import type { FelixFinding, FindingSeverity } from '../core/felix/findings.ts';
import type { Span } from '../core/text/problem.ts';

/** A finding at its place in a text. */
export interface Diagnosis {
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly span: Span;
  /** The key of a FelixConfiguration that it is about. */
  readonly key: string | undefined;
  /** The page that explains it, when that is not the one of FelixConfiguration. */
  readonly page: string | undefined;
  /** Whether the text there has no use, as of a removed key. */
  readonly faded: boolean;
  readonly correction: Correction | undefined;
}

/** The one right answer to a diagnosis. */
export interface Correction {
  readonly title: string;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly span: Span;
  readonly text: string;
}

/** A diagnosis of our own making, with what is usual. */
export function diagnosis(
  about: Pick<Diagnosis, 'code' | 'severity' | 'message' | 'span'> & Partial<Diagnosis>,
): Diagnosis {
  return { key: undefined, page: undefined, faded: false, correction: undefined, ...about };
}

/** A finding of core at a place; codes of structure and values are the same for every kind of object. */
export function toDiagnosis(finding: FelixFinding, span: Span, about: Partial<Diagnosis>): Diagnosis {
  const { code, severity, message } = finding;
  return diagnosis({ code, severity, message, span, faded: code === 'removed', ...about });
}
