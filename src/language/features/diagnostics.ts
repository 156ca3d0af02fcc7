import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Diagnostic } from 'vscode-languageserver';
import { documentationUrl, fields } from '../../core/felix/fields.ts';
import type { FindingSeverity } from '../../core/felix/findings.ts';
import type { Steps } from '../../core/steps.ts';
import { diagnosePiece } from '../diagnose.ts';
import type { DiagnoseContext } from '../diagnose.ts';
import type { Diagnosis } from '../diagnosis.ts';
import type { PlacedPiece } from '../document.ts';
import type { OpenDocument } from '../openDocument.ts';

export const diagnosticSource = 'Calico';

const severities: Readonly<Record<FindingSeverity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** More than anybody reads; a file that is wrong all over is not sent whole with each key press. */
const maxDiagnostics = 1000;

/** What is wrong in a document, read and judged a piece in each step. */
export function* diagnosticsOf(document: OpenDocument, context: DiagnoseContext): Steps<Diagnostic[]> {
  const found: Diagnostic[] = [];
  const { pieces } = yield* document.read();
  for (const placed of pieces) {
    for (const each of diagnosePiece(placed.piece, context)) {
      if (found.length === maxDiagnostics) return found;
      found.push(toDiagnostic(document, placed, each));
    }
    yield;
  }
  return found;
}

function toDiagnostic(document: OpenDocument, placed: PlacedPiece, diagnosis: Diagnosis): Diagnostic {
  const { code, severity, message, span, key, page, faded } = diagnosis;
  const diagnostic: Diagnostic = {
    range: document.rangeOf(span, placed),
    severity: severities[severity],
    code,
    codeDescription: { href: page ?? linkTo(key) },
    source: diagnosticSource,
    message,
  };
  return faded ? { ...diagnostic, tags: [DiagnosticTag.Unnecessary] } : diagnostic;
}

/** Where the documentation tells of a key. */
export function linkTo(key: string | undefined): string {
  return key === undefined || !fields.has(key) ? documentationUrl : `${documentationUrl}#${key}`;
}
