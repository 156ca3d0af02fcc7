import type { JudgeContext } from './cluster.ts';
import { allOf } from './expectation.ts';
import { fields } from './fields.ts';
import { within, type FelixFinding } from './findings.ts';
import { judgeMetadata } from './metadata.ts';
import { findNearest } from './nearest.ts';
import { judgeSpec } from './spec.ts';
import { duplicateKeys, isDirective, missingKey, refusedKey, renameTo, wrongShape } from './structure.ts';
import { entryOf, type YamlMap, type YamlValue } from './yamlValue.ts';

/** Judges a whole FelixConfiguration: names, structure, every value, and what they mean together. */
export function judgeDocument(document: YamlMap, context: JudgeContext): readonly FelixFinding[] {
  const metadata = entryOf(document, 'metadata');
  const spec = entryOf(document, 'spec');
  return [
    ...duplicateKeys(document),
    ...unknownKeys(document, context),
    ...metadataFindings(metadata, spec, context),
    ...(mayLackSpec(document) ? [] : judgeSpec(spec, nameOf(metadata), context)).map((inner) =>
      within('spec', inner),
    ),
  ];
}

/** The CRD of the older group requires no spec; its rule looks into that of `default` and `node.<name>` alone. */
function mayLackSpec(document: YamlMap): boolean {
  const [apiVersion, spec] = ['apiVersion', 'spec'].map((key) => entryOf(document, key));
  if (apiVersion?.kind !== 'string' || apiVersion.value !== 'crd.projectcalico.org/v1') return false;
  const name = nameOf(entryOf(document, 'metadata')) ?? 'default';
  return (spec === undefined || spec.kind === 'null') && name !== 'default' && !name.startsWith('node.');
}

const topLevel = ['apiVersion', 'kind', 'metadata', 'spec'];

function unknownKeys({ entries }: YamlMap, { partial = false }: JudgeContext): readonly FelixFinding[] {
  return entries
    .filter(({ key }) => !topLevel.includes(key) && !(partial && isDirective(key)))
    .map(({ key }) => {
      const message = fields.has(key)
        ? `${key} belongs under spec; the API server refuses it here.`
        : `There is no key “${key}” here: there are ${allOf(topLevel)}.`;
      return refusedKey(key, 'unknown-key', message, renameTo(findNearest(key, topLevel)));
    });
}

function metadataFindings(
  metadata: YamlValue | undefined,
  spec: YamlValue | undefined,
  context: JudgeContext,
): readonly FelixFinding[] {
  if (metadata === undefined || metadata.kind === 'null')
    return context.partial === true
      ? []
      : [missingKey('metadata', 'The API server requires metadata with a name.')];
  if (metadata.kind !== 'map') return [within('metadata', wrongShape('metadata must be a mapping.'))];
  return judgeMetadata(metadata, spec, context).map((inner) => within('metadata', inner));
}

function nameOf(metadata: YamlValue | undefined): string | undefined {
  const name = metadata?.kind === 'map' ? entryOf(metadata, 'name') : undefined;
  return name?.kind === 'string' ? name.value : undefined;
}
