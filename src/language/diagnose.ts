import { judgeDocument } from '../core/felix/document.ts';
import type { ClusterFacts } from '../core/felix/cluster.ts';
import { finding, type FelixFinding } from '../core/felix/findings.ts';
import { judgePatch } from '../core/felix/patch.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import type { Span } from '../core/text/problem.ts';
import { requoted, toCorrection } from './correction.ts';
import { diagnosis, toDiagnosis } from './diagnosis.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ParsedPiece } from './document.ts';
import { diagnoseEndpoint } from './objects/endpoint.ts';
import { diagnoseInstallation } from './objects/installation.ts';
import { diagnoseRestart } from './objects/restart.ts';
import { diagnoseAnnotations, diagnoseVariable } from './objects/variable.ts';
import type { ClusterAnswer } from './protocol.ts';
import { felixVersions, isWithoutKind } from './targets.ts';
import type { Target } from './targets.ts';
import { asScalar, pairOf, valueOf } from './yaml/node.ts';
import type { MapNode, Node } from './yaml/node.ts';
import { readList, readMap } from './yaml/value.ts';
import type { Place } from './yaml/place.ts';
import type { Reading } from './yaml/value.ts';
import { trimmed } from './yaml/trim.ts';

export interface DiagnoseContext {
  readonly version: CalicoVersion;
  readonly cluster: ClusterFacts | undefined;
  /** What the open cluster itself told, to compare a file with what is in effect there. */
  readonly answer?: ClusterAnswer | undefined;
  /** Whether the file is a patch, which names only what it changes. */
  readonly isPatch: boolean;
  /** Whether another YAML server is there that reports broken YAML and duplicate keys of any file. */
  readonly besideYamlServer: boolean;
}

const known = new WeakMap<ParsedPiece, { context: DiagnoseContext; found: readonly Diagnosis[] }>();

/** What is wrong in a piece; remembered, since most pieces outlive many edits. */
export function diagnosePiece(piece: ParsedPiece, context: DiagnoseContext): readonly Diagnosis[] {
  const before = known.get(piece);
  if (before?.context === context) return before.found;
  const found = [
    ...(context.besideYamlServer ? [] : syntaxOf(piece)),
    ...piece.targets.flatMap((target) => diagnoseTarget(piece, target, context)),
  ].map((each) => ({ ...each, span: trimmed(piece.text, each.span) }));
  known.set(piece, { context, found });
  return found;
}

function syntaxOf({ problems, targets }: ParsedPiece): readonly Diagnosis[] {
  // A text that merely mentions one of our names is not ours to correct.
  if (targets.length === 0) return [];
  return problems.map(({ span, message, replacement }) => {
    const correction =
      replacement === undefined ? undefined : { title: 'Use spaces', changes: [{ span, text: replacement }] };
    return diagnosis({ code: 'yaml', severity: 'error', message, span, correction });
  });
}

function diagnoseTarget(piece: ParsedPiece, target: Target, context: DiagnoseContext): readonly Diagnosis[] {
  switch (target.kind) {
    case 'felix':
      return [
        ...diagnoseFelix(piece, target.map, context),
        ...diagnoseAnnotations(target.map, context.version),
      ];
    case 'patch':
      return diagnosePatch(piece, target, context);
    case 'variable':
      return target.value === undefined
        ? []
        : diagnoseVariable({ ...target, value: target.value }, target.name.text, context.version);
    case 'installation':
      return diagnoseInstallation(target.map, piece.text, context.version);
    case 'endpoint':
      return diagnoseEndpoint(target.map);
  }
}

function diagnoseFelix(piece: ParsedPiece, map: MapNode, context: DiagnoseContext): readonly Diagnosis[] {
  const reading = readMap(map);
  if (reading.excessive) return [excessive(map)];
  const { version, cluster, isPatch } = context;
  const partial = isPatch || piece.isPatch || piece.partial || reading.partial;
  const findings = judgeDocument(reading.value, { version, partial, ...(cluster && { cluster }) });
  const found = findings
    .filter(({ code }) => code !== 'duplicate-key' || !(piece.partial || context.besideYamlServer))
    .map((finding) => placed(piece, reading, finding));
  const kind = isWithoutKind(map) && !partial ? [placed(piece, reading, withoutKind(map))] : kindOf(map);
  const all = [...kind, ...apiVersionOf(map), ...found];
  const isRefused = all.some(({ severity }) => severity === 'error');
  return context.answer === undefined || isRefused
    ? all
    : [...all, ...diagnoseRestart(map, context.answer, version)];
}

function placed(piece: ParsedPiece, reading: Reading, finding: FelixFinding): Diagnosis {
  return toDiagnosis(finding, spanOf(finding, reading.locate(finding.path)), {
    key: finding.path[0] === 'spec' && typeof finding.path[1] === 'string' ? finding.path[1] : undefined,
    correction: toCorrection(piece.text, reading, finding),
  });
}

function diagnosePatch(
  piece: ParsedPiece,
  { list, name }: Extract<Target, { kind: 'patch' }>,
  context: DiagnoseContext,
): readonly Diagnosis[] {
  const reading = readList(list);
  if (reading.excessive) return [excessive(list)];
  const { version, cluster } = context;
  const patch = { operations: reading.value, name };
  return judgePatch(patch, { version, ...(cluster && { cluster }) }).map((finding) =>
    placed(piece, reading, finding),
  );
}

function kindOf(map: MapNode): readonly Diagnosis[] {
  const written = asScalar(valueOf(map, 'kind'));
  if (written === undefined || written.text === 'FelixConfiguration') return [];
  const { span, text } = written;
  const message = `The kind is FelixConfiguration; there is none that is called ${text}.`;
  const correction = {
    title: 'Write FelixConfiguration',
    changes: [{ span, text: requoted(written, 'FelixConfiguration') }],
  };
  return [diagnosis({ code: 'enum', severity: 'error', message, span, correction })];
}

function withoutKind(map: MapNode): FelixFinding {
  const isThere = valueOf(map, 'kind') !== undefined;
  const message = 'kind is missing: FelixConfiguration, by the keys of the spec. The API server refuses it.';
  const title = 'Write kind: FelixConfiguration';
  const source = 'FelixConfiguration';
  return finding({
    code: 'missing-key',
    verdict: 'refused',
    message,
    path: isThere ? ['kind'] : [],
    fix: isThere
      ? { kind: 'replace', title, replacement: source }
      : { kind: 'add', title, path: ['kind'], source },
  });
}

function apiVersionOf(map: MapNode): readonly Diagnosis[] {
  const written = asScalar(valueOf(map, 'apiVersion'));
  if (written?.templated === true || felixVersions.includes(written?.text ?? '')) return [];
  const right = felixVersions.join(' or ');
  const isMissing = written === undefined || written.text === '';
  const message = isMissing
    ? `apiVersion is missing: ${right}.`
    : `FelixConfiguration is in ${right}, not in ${written.text}.`;
  const span = isMissing ? pairOf(map, 'kind')?.key.span : written.span;
  return [
    diagnosis({
      code: isMissing ? 'missing-key' : 'enum',
      severity: 'error',
      message,
      span: span ?? map.span,
    }),
  ];
}

function excessive({ span }: Node): Diagnosis {
  const message = 'The aliases of this document multiply beyond what any reader of YAML accepts.';
  return diagnosis({
    code: 'yaml',
    severity: 'error',
    message,
    span: { start: span.start, end: span.start + 1 },
  });
}

/** A finding underlines the key, or the value when that is written here; what is missing, the key around it. */
function spanOf({ at }: FelixFinding, { pair, node, exact }: Place): Span {
  if (pair !== undefined && (at === 'key' || !exact || node.kind === 'map')) return pair.key.span;
  if (node.kind === 'scalar' && node.span.start === node.span.end && pair !== undefined) return pair.key.span;
  if (node.kind === 'alias' || node.kind === 'scalar') return node.span;
  if (exact && node.kind === 'list') return node.span;
  const first = node.kind === 'map' ? node.pairs[0]?.key.span : node.items[0]?.span;
  return first ?? node.span;
}
