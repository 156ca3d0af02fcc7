import { fieldOfParameter, judgeEnvironment, nearestParameter } from '../../core/felix/environment.ts';
import type { Fix } from '../../core/felix/findings.ts';
import { annotationPrefix } from '../../core/felix/names.ts';
import type { CalicoVersion } from '../../core/felix/versions.ts';
import { requoted } from '../correction.ts';
import { diagnosis, toDiagnosis } from '../diagnosis.ts';
import type { Correction, Diagnosis } from '../diagnosis.ts';
import { configAnnotations } from '../targets.ts';
import { asScalar } from '../yaml/node.ts';
import type { MapNode, ScalarNode } from '../yaml/node.ts';

/** A parameter of Felix that is set by a text: with what name, to what. */
interface Setting {
  readonly name: ScalarNode;
  readonly value: ScalarNode;
  /** Whether both are words of a command, which have the quotes of what they stand in. */
  readonly inCommand: boolean;
}

/** What is wrong in the annotations that set a parameter. */
export function diagnoseAnnotations(map: MapNode, version: CalicoVersion): readonly Diagnosis[] {
  return configAnnotations(map).flatMap(({ key: name, value: node }) => {
    const value = asScalar(node);
    // What is no text is told with the rest of the metadata.
    if (value?.value.kind !== 'string') return [];
    const parameter = name.text.slice(annotationPrefix.length);
    const meant =
      fieldOfParameter(parameter) === undefined ? nearestParameter(parameter)?.parameter : undefined;
    return meant === undefined
      ? diagnoseVariable({ name, value, inCommand: false }, `FELIX_${parameter}`, version)
      : [unknownAnnotation(name, parameter, meant)];
  });
}

function unknownAnnotation(key: ScalarNode, parameter: string, meant: string): Diagnosis {
  return diagnosis({
    code: 'unknown-key',
    severity: 'warning',
    message: `Felix has no parameter “${parameter}”; ${meant} is near.`,
    span: key.span,
    correction: {
      title: `Rename to ${meant}`,
      changes: [{ span: key.span, text: requoted(key, annotationPrefix + meant) }],
    },
  });
}

/** What is wrong with a parameter given as text: by an environment variable or an annotation. */
export function diagnoseVariable(
  setting: Setting,
  variable: string,
  version: CalicoVersion,
): readonly Diagnosis[] {
  const { name, value } = setting;
  // Kubernetes puts another variable in the place of `$(NAME)`.
  if (value.templated || /\$\(\w+\)/.test(value.text)) return [];
  const findings = judgeEnvironment(variable, value.text, version).map((finding) => {
    const span = finding.at === 'key' ? name.span : value.span;
    return toDiagnosis(finding, span, { correction: toCorrection(finding.fix, setting) });
  });
  return value.value.kind === 'string' ? findings : [...findings, unquoted(value)];
}

function toCorrection(fix: Fix | undefined, { name, value, inCommand }: Setting): Correction | undefined {
  if (fix?.kind === 'rename')
    return {
      title: fix.title,
      changes: [{ span: name.span, text: inCommand ? fix.key : requoted(name, fix.key) }],
    };
  if (fix?.kind !== 'replace') return undefined;
  const text = inCommand ? asWord(fix.replacement) : quoted(fix.replacement);
  return text === undefined ? undefined : { title: fix.title, changes: [{ span: value.span, text }] };
}

/** A text as it stands in any command without quotes, if it can. */
function asWord(text: string): string | undefined {
  const bare = /^["'](.*)["']$/.exec(text)?.[1] ?? text;
  return /^[\w.,:/%@+=-]+$/.test(bare) ? bare : undefined;
}

/** Kubernetes takes only text here; YAML makes `true` and `90` something else. */
function unquoted({ text, span, value }: ScalarNode): Diagnosis {
  const what = value.kind === 'null' ? 'nothing' : value.kind === 'bool' ? 'a boolean' : 'a number';
  return diagnosis({
    code: value.kind === 'bool' ? 'yaml-boolean' : 'yaml-number',
    severity: 'error',
    message: `Kubernetes takes only text here, and YAML reads ${what}: the API server refuses the object. Write "${text}".`,
    span,
    correction: { title: `Quote: "${text}"`, changes: [{ span, text: quoted(text) }] },
  });
}

function quoted(text: string): string {
  return /^["']/.test(text) ? text : JSON.stringify(text);
}
