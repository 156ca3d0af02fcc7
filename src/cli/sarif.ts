import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentationUrl } from '../core/felix/fields.ts';
import type { LintFinding } from './lint.ts';

/** Findings as SARIF 2.1.0 (OASIS), which code scanning services read. */
export function toSarif(findings: readonly LintFinding[]): object {
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'calico-ebpf',
            rules: codes.map((id) => ({
              id,
              shortDescription: { text: ruleText(id) },
              helpUri: documentationUrl,
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => toResult(finding, codes.indexOf(finding.code))),
      },
    ],
  };
}

const levels = { error: 'error', warning: 'warning', information: 'note' } as const;

function toResult(finding: LintFinding, ruleIndex: number): object {
  const { file, line, column, endLine, endColumn, severity, code, message } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

function toUri(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}

const texts: Readonly<Record<string, string>> = {
  yaml: 'The text is not valid YAML.',
  'unknown-key': 'A key that Calico does not know.',
  'duplicate-key': 'A key that is there twice.',
  'missing-key': 'A key that must be there is missing.',
  type: 'A value of the wrong type.',
  enum: 'A value that is none of the allowed ones.',
  'enum-case': 'An allowed value in the wrong case.',
  range: 'A number out of range.',
  duration: 'A duration that is not written as one.',
  format: 'A text that is not of the form the key wants.',
  'yaml-boolean': 'A word that YAML reads as a boolean.',
  'yaml-number': 'A text that YAML reads as a number.',
  unusable: 'A value that Felix cannot use.',
  'not-yet': 'A key or value that comes with a later Calico version.',
  removed: 'A key or value that this Calico version no longer has.',
  deprecated: 'A key or value that should be replaced.',
  changed: 'A key or value that means something else in this Calico version.',
  name: 'A name that no node uses or the API server refuses.',
  selector: 'A node selector that does not work here.',
  combination: 'Keys that must not be set together.',
  'no-effect': 'Something that has no effect here.',
  risk: 'Something that probably does not work as meant.',
};

function ruleText(code: string): string {
  return texts[code] ?? code;
}
