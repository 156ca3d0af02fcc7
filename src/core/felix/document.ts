import type { ClusterFacts } from './cluster.ts';
import { fields, fieldsIn } from './fields.ts';
import { finding, within, type FelixFinding, type Fix } from './findings.ts';
import { judgeAnnotations } from './annotations.ts';
import { judgeValue } from './judge.ts';
import { judgeName, judgeSelector } from './names.ts';
import { findNearest } from './nearest.ts';
import { judgeMeaning } from './rules/rules.ts';
import { compareVersions, type CalicoVersion } from './versions.ts';
import { entryOf, type YamlEntry, type YamlMap, type YamlValue } from './yamlValue.ts';

export type { ClusterFacts, NodeFacts } from './cluster.ts';

/** What is known besides the document itself. */
export interface JudgeContext {
  readonly version: CalicoVersion;
  /** A patch or template names only what it changes: nothing is missing in it. */
  readonly partial?: boolean;
  /** What a cluster or snapshot knows, when there is one. */
  readonly cluster?: ClusterFacts;
}

/** Judges a whole FelixConfiguration: names, structure, every value, and what they mean together. */
export function judgeDocument(document: YamlMap, context: JudgeContext): readonly FelixFinding[] {
  const metadata = entryOf(document, 'metadata');
  const spec = entryOf(document, 'spec');
  return [
    ...topLevelFindings(document),
    ...metadataFindings(metadata, spec, context),
    ...specFindings(spec, nameOf(metadata), context).map((inner) => within('spec', inner)),
  ];
}

const topLevel = ['apiVersion', 'kind', 'metadata', 'spec'];

function topLevelFindings(document: YamlMap): readonly FelixFinding[] {
  return [
    ...duplicates(document),
    ...document.entries.filter(({ key }) => !topLevel.includes(key)).map(({ key }) => unknownTop(key)),
  ];
}

function unknownTop(key: string): FelixFinding {
  const message = fields.has(key)
    ? `${key} belongs under spec; the API server refuses it here.`
    : `“${key}” is not known here: ${topLevel.join(', ')}.`;
  const meant = findNearest(key, topLevel);
  return finding({
    code: 'unknown-key',
    verdict: 'refused',
    message,
    path: [key],
    at: 'key',
    fix: renamed(meant),
  });
}

function nameOf(metadata: YamlValue | undefined): string | undefined {
  const name = metadata?.kind === 'map' ? entryOf(metadata, 'name') : undefined;
  return name?.kind === 'string' ? name.value : undefined;
}

function metadataFindings(
  metadata: YamlValue | undefined,
  spec: YamlValue | undefined,
  { version, partial = false, cluster }: JudgeContext,
): readonly FelixFinding[] {
  if (metadata === undefined || metadata.kind === 'null')
    return partial ? [] : [missing('metadata', 'The API server wants metadata with a name.')];
  if (metadata.kind !== 'map') return [wrongShape('metadata')];
  const name = entryOf(metadata, 'name');
  const selector = spec?.kind === 'map' ? entryOf(spec, 'nodeSelector') : undefined;
  const about: readonly FelixFinding[] = [
    ...duplicates(metadata),
    ...judgeAnnotations(metadata, spec),
    ...generated(metadata),
  ];
  const inside = about.map((inner) => within('metadata', inner));
  if (name === undefined || name.kind === 'null')
    return partial || entryOf(metadata, 'generateName') !== undefined
      ? inside
      : [
          ...inside,
          within(
            'metadata',
            missing('name', 'The API server wants a name: “default”, or “node.<name>” for one node.'),
          ),
        ];
  if (name.kind !== 'string') return [...inside, within('metadata', within('name', numberName()))];
  const object = { name: name.value, selector, version, cluster };
  return [
    ...inside,
    ...judgeName(object).map((inner) => within('metadata', within('name', inner))),
    ...judgeSelector(object).map((inner) => within('spec', within('nodeSelector', inner))),
  ];
}

function numberName(): FelixFinding {
  return finding({ code: 'type', verdict: 'refused', message: 'A name is a text: put it in quotes.' });
}

function generated(metadata: YamlMap): readonly FelixFinding[] {
  if (entryOf(metadata, 'generateName') === undefined) return [];
  const message = 'calicoctl refuses generateName, and a generated name is the name of no node.';
  return [
    finding({ code: 'name', verdict: 'calicoctl-refuses', message, path: ['generateName'], at: 'key' }),
  ];
}

/** From v3.32 a rule of the CRD looks into the spec, and fails when there is none. */
const specWanted: CalicoVersion = { major: 3, minor: 32, patch: 0 };

function specFindings(
  spec: YamlValue | undefined,
  name: string | undefined,
  context: JudgeContext,
): readonly FelixFinding[] {
  const { version, partial = false, cluster } = context;
  if (spec === undefined || spec.kind === 'null') {
    if (partial || compareVersions(version, specWanted) < 0) return [];
    const message = 'The API server wants a spec from v3.32 on; an empty one is written spec: {}.';
    return [finding({ code: 'missing-key', verdict: 'refused', message })];
  }
  if (spec.kind !== 'map') {
    const message = 'spec must be a mapping of keys to values.';
    return [finding({ code: 'type', verdict: 'refused', message })];
  }
  const values = [...duplicates(spec), ...spec.entries.flatMap((entry) => keyFindings(entry, version))];
  const wrong = new Set(values.filter(isUnusable).map(({ path }) => path[0]));
  const complete = name === 'default' && !partial;
  const meaning = judgeMeaning({ spec, version, name, complete, cluster });
  return [...values, ...rangesTwice(spec, version), ...meaning.filter(({ path }) => !wrong.has(path[0]))];
}

/** Whether the value does not count at all, so that nothing follows from it. */
function isUnusable({ severity, verdict }: FelixFinding): boolean {
  return severity === 'error' || verdict === 'replaced';
}

function keyFindings({ key, value }: YamlEntry, version: CalicoVersion): readonly FelixFinding[] {
  const field = fields.get(key);
  const findings = field === undefined ? [unknownKey(key, version)] : judgeValue(field, value, version);
  return findings.map((inner) => within(key, inner));
}

function unknownKey(key: string, version: CalicoVersion): FelixFinding {
  const meant = nearestKey(key, version);
  const suggestion = meant === undefined ? '' : ` Is ${meant} meant?`;
  const message = `FelixConfiguration has no key “${key}”; the API server refuses it.${suggestion}`;
  return finding({ code: 'unknown-key', verdict: 'refused', message, at: 'key', fix: renamed(meant) });
}

/** The key that is meant: also by Felix's own name of it, as environment variables have it. */
function nearestKey(key: string, version: CalicoVersion): string | undefined {
  const known = fieldsIn(version);
  const parameter = key.replace(/^FELIX_/i, '').toLowerCase();
  const named = known.find((field) => field.parameter?.toLowerCase() === parameter);
  return (
    named?.name ??
    findNearest(
      key,
      known.map(({ name }) => name),
    )
  );
}

function renamed(key: string | undefined): Fix | undefined {
  return key === undefined ? undefined : { kind: 'rename', title: `Rename to ${key}`, key };
}

function rangesTwice(spec: YamlMap, version: CalicoVersion): readonly FelixFinding[] {
  const both = ['routeTableRange', 'routeTableRanges'].map((key) => entryOf(spec, key));
  if (both.some((value) => value === undefined || value.kind === 'null')) return [];
  const byServer = compareVersions(version, specWanted) >= 0;
  return [
    finding({
      code: 'combination',
      verdict: byServer ? 'refused' : 'calicoctl-refuses',
      message: `${byServer ? 'The API server refuses' : 'calicoctl refuses'} routeTableRange beside routeTableRanges; leave it out.`,
      path: ['routeTableRange'],
      at: 'key',
      fix: { kind: 'remove', title: 'Remove routeTableRange' },
    }),
  ];
}

/** Keys that are there more than once, told at the last of them. */
function duplicates({ entries }: YamlMap): readonly FelixFinding[] {
  const seen = new Set<string>();
  const twice = entries.filter(({ key }) => seen.size === seen.add(key).size);
  return twice.map(({ key }) =>
    finding({
      code: 'duplicate-key',
      verdict: 'refused',
      message: `“${key}” is there twice; the API server refuses that.`,
      path: [key],
      at: 'key',
    }),
  );
}

function missing(key: string, message: string): FelixFinding {
  return finding({ code: 'missing-key', verdict: 'refused', message: `“${key}” is missing. ${message}` });
}

function wrongShape(key: string): FelixFinding {
  return finding({ code: 'type', verdict: 'refused', message: `${key} must be a mapping.`, path: [key] });
}
