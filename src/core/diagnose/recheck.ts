import type { Report } from './diagnosis.ts';
import { severities, type Finding } from './finding.ts';

/** The checks that are worth running again: those that found something, and those that could not look everywhere. */
export function checksToRepeat({ findings, checks }: Report): readonly string[] {
  const found = new Set(findings.map(({ check }) => check));
  return checks.filter(({ id, why }) => found.has(id) || why !== undefined).map(({ id }) => id);
}

/** A report in which some checks were run again: what the others said still stands. */
export function mergeReports(before: Report, again: Report): Report {
  const repeated = new Map(again.checks.map((check) => [check.id, check]));
  const kept = before.findings.filter(({ check }) => !repeated.has(check));
  const rank = ({ severity }: Finding) => severities.indexOf(severity);
  return {
    ...before,
    findings: [...kept, ...again.findings].toSorted(
      (a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id, 'en'),
    ),
    checks: before.checks.map((check) => repeated.get(check.id) ?? check),
  };
}
