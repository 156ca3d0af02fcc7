import { judgeAnnotations } from './annotations.ts';
import type { JudgeContext } from './cluster.ts';
import { quote } from './expectation.ts';
import { finding, within, type FelixFinding } from './findings.ts';
import { judgeName } from './names.ts';
import { isLabelPart, isQualifiedName, judgeObjectMeta } from './objectMeta.ts';
import { duplicateKeys, missingKey, wrongShape } from './structure.ts';
import { isDnsSubdomain } from './syntax/network.ts';
import { entryOf, type YamlEntry, type YamlMap, type YamlValue } from './yamlValue.ts';

/** Judges the metadata of a FelixConfiguration; paths begin in it. */
export function judgeMetadata(
  metadata: YamlMap,
  spec: YamlValue | undefined,
  context: JudgeContext,
): readonly FelixFinding[] {
  return [
    ...judgeObjectMeta(metadata),
    ...annotationSize(metadata),
    ...['annotations', 'labels'].flatMap((key) => textFindings(metadata, key)),
    ...judgeAnnotations(metadata, spec),
    ...needless(metadata),
    ...nameFindings(metadata, spec, context),
  ];
}

/** Annotations and labels are texts, however much like a number or a boolean they look. */
function textFindings(metadata: YamlMap, key: string): readonly FelixFinding[] {
  const map = entryOf(metadata, key);
  if (map === undefined || map.kind === 'null') return [];
  if (map.kind !== 'map') return [within(key, wrongShape(`${key} must be a mapping.`))];
  const entries = map.entries.flatMap((entry) => {
    const wrong = notText(entry.value, key) ?? badName(entry, key);
    return wrong === undefined ? [] : [within(entry.key, wrong)];
  });
  return [...duplicateKeys(map), ...entries].map((inner) => within(key, inner));
}

/** Kubernetes bounds what all annotations of an object take, names and values (TotalAnnotationSizeLimitB). */
const maxAnnotationBytes = 256 * 1024;

function annotationSize(metadata: YamlMap): readonly FelixFinding[] {
  const map = entryOf(metadata, 'annotations');
  if (map?.kind !== 'map') return [];
  const texts = map.entries.flatMap(({ key, value }) => [key, value.kind === 'string' ? value.value : '']);
  if (new TextEncoder().encode(texts.join('')).length <= maxAnnotationBytes) return [];
  const message = 'The API server takes at most 256 KiB of annotations.';
  return [finding({ code: 'range', verdict: 'refused', message, path: ['annotations'], at: 'key' })];
}

function notText(value: YamlValue, key: string): FelixFinding | undefined {
  if (value.kind === 'string' || value.kind === 'null') return undefined;
  const wrong = wrongShape(`The API server takes only texts in ${key}: put this in quotes.`);
  if (value.kind === 'list' || value.kind === 'map') return wrong;
  const replacement = `"${value.source}"`;
  return { ...wrong, fix: { kind: 'replace', title: `Write ${replacement}`, replacement } };
}

/** Names of annotations and labels, and values of labels, by the rules of Kubernetes. */
function badName({ key, value }: YamlEntry, where: string): FelixFinding | undefined {
  if (!isQualifiedName(where === 'annotations' ? key.toLowerCase() : key)) {
    const message = `${quote(key)} is not a name for ${where}: [prefix/]name with at most 63 letters, digits, “-”, “_” and “.”.`;
    return finding({ code: 'name', verdict: 'refused', message, at: 'key' });
  }
  if (where === 'annotations' || value.kind !== 'string' || value.value === '' || isLabelPart(value.value))
    return undefined;
  const message = `${quote(value.value)} is not a value for a label: at most 63 letters, digits, “-”, “_” and “.”.`;
  return finding({ code: 'format', verdict: 'refused', message });
}

function needless(metadata: YamlMap): readonly FelixFinding[] {
  const findings: FelixFinding[] = [];
  const generated = entryOf(metadata, 'generateName');
  if (generated?.kind === 'string' && generated.value !== '') {
    if (!isDnsSubdomain(generated.value.replace(/-$/, ''))) findings.push(badGenerateName(generated.value));
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

function badGenerateName(text: string): FelixFinding {
  const message = `${quote(text)} begins no name: lower-case letters, digits, “-” and “.”.`;
  return finding({ code: 'name', verdict: 'refused', message, path: ['generateName'] });
}

/** Whether Kubernetes makes up the name. */
function isGenerated(metadata: YamlMap): boolean {
  const prefix = entryOf(metadata, 'generateName');
  return prefix !== undefined && !(prefix.kind === 'string' && prefix.value === '') && prefix.kind !== 'null';
}

function nameFindings(
  metadata: YamlMap,
  spec: YamlValue | undefined,
  { version, partial, cluster }: JudgeContext,
): readonly FelixFinding[] {
  const name = entryOf(metadata, 'name');
  if (name === undefined || name.kind === 'null') {
    if (partial === true || isGenerated(metadata)) return [];
    return [missingKey('name', 'The API server requires a name: “default”, or “node.<name>” for one node.')];
  }
  if (name.kind !== 'string') return [within('name', wrongShape('A name is a text: put it in quotes.'))];
  const selector = spec?.kind === 'map' ? entryOf(spec, 'nodeSelector') : undefined;
  return judgeName({ name: name.value, selector, version, cluster }).map((inner) => within('name', inner));
}
