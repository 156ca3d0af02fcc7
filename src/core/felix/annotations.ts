import { fieldOfParameter } from './environment.ts';
import { finding, type FelixFinding } from './findings.ts';
import { annotationPrefix } from './names.ts';
import { entryOf, type YamlMap, type YamlValue } from './yamlValue.ts';

/** Judges the annotations that stand in for keys; paths begin in `metadata`. */
export function judgeAnnotations(metadata: YamlMap, spec: YamlValue | undefined): readonly FelixFinding[] {
  const annotations = entryOf(metadata, 'annotations');
  if (annotations?.kind !== 'map') return [];
  return annotations.entries
    .filter(({ key }) => key.startsWith(annotationPrefix))
    .flatMap(({ key }) => {
      const message = annotationMessage(key.slice(annotationPrefix.length), spec);
      const path = ['annotations', key];
      return message === undefined
        ? []
        : [finding({ code: 'no-effect', verdict: 'ignored', message, path, at: 'key' })];
    });
}

function annotationMessage(parameter: string, spec: YamlValue | undefined): string | undefined {
  const field = fieldOfParameter(parameter);
  if (field === undefined) return undefined;
  const written = spec?.kind === 'map' ? entryOf(spec, field.name) : undefined;
  if (written === undefined || written.kind === 'null') return undefined;
  return `This annotation outranks ${field.name} of the spec; say it in one place.`;
}
