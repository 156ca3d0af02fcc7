import { judgeAnnotations } from './annotations.ts';
import type { JudgeContext } from './cluster.ts';
import { finding, within, type FelixFinding } from './findings.ts';
import { judgeName } from './names.ts';
import { findNearest } from './nearest.ts';
import { duplicateKeys, missingKey, refusedKey, renameTo, wrongShape } from './structure.ts';
import { entryOf, type YamlMap, type YamlValue } from './yamlValue.ts';

/** What Kubernetes knows in the metadata of any object (ObjectMeta in k8s.io/apimachinery/pkg/apis/meta/v1). */
const known = (
  'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation ' +
  'labels managedFields name namespace ownerReferences resourceVersion selfLink uid'
).split(' ');

/** Judges the metadata of a FelixConfiguration; paths begin in it. */
export function judgeMetadata(
  metadata: YamlMap,
  spec: YamlValue | undefined,
  context: JudgeContext,
): readonly FelixFinding[] {
  return [
    ...duplicateKeys(metadata),
    ...unknownKeys(metadata),
    ...['annotations', 'labels'].flatMap((key) => textFindings(metadata, key)),
    ...judgeAnnotations(metadata, spec),
    ...needless(metadata),
    ...nameFindings(metadata, spec, context),
  ];
}

function unknownKeys({ entries }: YamlMap): readonly FelixFinding[] {
  return entries
    .filter(({ key }) => !known.includes(key))
    .map(({ key }) => {
      const message = `Metadata has no key “${key}”; the API server refuses it.`;
      return refusedKey(key, 'unknown-key', message, renameTo(findNearest(key, known)));
    });
}

/** Annotations and labels are texts, however much like a number or a boolean they look. */
function textFindings(metadata: YamlMap, key: string): readonly FelixFinding[] {
  const map = entryOf(metadata, key);
  if (map === undefined || map.kind === 'null') return [];
  if (map.kind !== 'map') return [within(key, wrongShape(`${key} must be a mapping.`))];
  return map.entries.flatMap((entry) => {
    const { value } = entry;
    if (value.kind === 'string' || value.kind === 'null') return [];
    const quoted = value.kind === 'list' || value.kind === 'map' ? undefined : `"${value.source}"`;
    const fix =
      quoted === undefined
        ? undefined
        : ({ kind: 'replace', title: `Write ${quoted}`, replacement: quoted } as const);
    const message = `The API server takes only texts in ${key}: put this in quotes.`;
    return [finding({ code: 'type', verdict: 'refused', message, path: [key, entry.key], fix })];
  });
}

function needless(metadata: YamlMap): readonly FelixFinding[] {
  const findings: FelixFinding[] = [];
  if (entryOf(metadata, 'generateName') !== undefined) {
    const message = 'calicoctl refuses generateName, and a generated name is the name of no node.';
    findings.push(
      finding({ code: 'name', verdict: 'calicoctl-refuses', message, path: ['generateName'], at: 'key' }),
    );
  }
  const namespace = entryOf(metadata, 'namespace');
  if (namespace?.kind === 'string' && namespace.value !== '') {
    const message = 'A FelixConfiguration belongs to the whole cluster; its namespace means nothing.';
    const fix = { kind: 'remove', title: 'Remove namespace' } as const;
    findings.push(
      finding({ code: 'no-effect', verdict: 'advice', message, path: ['namespace'], at: 'key', fix }),
    );
  }
  return findings;
}

function nameFindings(
  metadata: YamlMap,
  spec: YamlValue | undefined,
  { version, partial, cluster }: JudgeContext,
): readonly FelixFinding[] {
  const name = entryOf(metadata, 'name');
  if (name === undefined || name.kind === 'null') {
    if (partial === true || entryOf(metadata, 'generateName') !== undefined) return [];
    return [missingKey('name', 'The API server wants a name: “default”, or “node.<name>” for one node.')];
  }
  if (name.kind !== 'string') return [within('name', wrongShape('A name is a text: put it in quotes.'))];
  const selector = spec?.kind === 'map' ? entryOf(spec, 'nodeSelector') : undefined;
  return judgeName({ name: name.value, selector, version, cluster }).map((inner) => within('name', inner));
}
