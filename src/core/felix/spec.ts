import type { JudgeContext } from './cluster.ts';
import { fields, fieldsIn } from './fields.ts';
import { finding, within, type FelixFinding } from './findings.ts';
import { judgeValue } from './judge.ts';
import { judgeSelector } from './names.ts';
import { findNearest } from './nearest.ts';
import { valuesOf } from './rules/configuration.ts';
import { judgeMeaning } from './rules/rules.ts';
import { duplicateKeys, isDirective, refusedKey, renameTo, wrongShape } from './structure.ts';
import { compareVersions, type CalicoVersion } from './versions.ts';
import { entryOf, type YamlEntry, type YamlMap, type YamlValue } from './yamlValue.ts';

/** From v3.32 rules of the CRD look into the spec: one of them fails when there is none. */
const specRulesCame: CalicoVersion = { major: 3, minor: 32, patch: 0 };

/** Judges the spec of the FelixConfiguration of that name; paths begin in it. */
export function judgeSpec(
  spec: YamlValue | undefined,
  name: string | undefined,
  context: JudgeContext,
): readonly FelixFinding[] {
  const { version, partial = false, cluster } = context;
  if (spec === undefined || spec.kind === 'null')
    return partial || compareVersions(version, specRulesCame) < 0 ? [] : [noSpec()];
  if (spec.kind !== 'map') return [wrongShape('spec must be a mapping of keys to values.')];
  const entries = partial ? spec.entries.filter(({ key }) => !isDirective(key)) : spec.entries;
  const values = [...duplicateKeys(spec), ...entries.flatMap((entry) => keyFindings(entry, version))];
  const unusable = new Set(values.filter(isUnusable).map(({ path }) => String(path[0])));
  const complete = name === 'default' && !partial;
  const usable = valuesOf(spec, unusable);
  const meaning = judgeMeaning({ spec, values: usable, unusable, version, name, complete, cluster });
  return [
    ...values,
    ...selectorFindings(spec, name, context),
    ...rangesTwice(spec, version),
    ...meaning.filter(({ path }) => !unusable.has(String(path[0]))),
  ];
}

function noSpec(): FelixFinding {
  const message = 'The API server requires a spec from v3.32 on; an empty one is written spec: {}.';
  return finding({ code: 'missing-key', verdict: 'refused', message });
}

/** Whether a value does not count at all, so that nothing follows from it. */
function isUnusable({ severity, verdict }: FelixFinding): boolean {
  return severity === 'error' || verdict === 'replaced';
}

function keyFindings({ key, value }: YamlEntry, version: CalicoVersion): readonly FelixFinding[] {
  const field = fields.get(key);
  if (field === undefined) return [unknownKey(key, version)];
  return judgeValue(field, value, version).map((inner) => within(key, inner));
}

/** A key of the spec that no version has, with the one that may be meant. */
export function unknownKey(key: string, version: CalicoVersion): FelixFinding {
  const meant = nearestKey(key, version);
  const suggestion = meant === undefined ? '' : ` Is ${meant} meant?`;
  const message = `FelixConfiguration has no key “${key}”; the API server refuses it.${suggestion}`;
  return refusedKey(key, 'unknown-key', message, renameTo(meant));
}

/** The key that is meant: also by Felix's own name of it, as environment variables have it. */
function nearestKey(key: string, version: CalicoVersion): string | undefined {
  const known = fieldsIn(version);
  const parameter = key.replace(/^FELIX_/i, '').toLowerCase();
  const named = known.find((field) => field.parameter?.toLowerCase() === parameter);
  if (named !== undefined) return named.name;
  return findNearest(
    key,
    known.map(({ name }) => name),
  );
}

function selectorFindings(
  spec: YamlMap,
  name: string | undefined,
  { version, cluster }: JudgeContext,
): readonly FelixFinding[] {
  if (name === undefined || compareVersions(version, specRulesCame) < 0) return [];
  const selector = entryOf(spec, 'nodeSelector');
  return judgeSelector({ name, selector, version, cluster }).map((inner) => within('nodeSelector', inner));
}

function rangesTwice(spec: YamlMap, version: CalicoVersion): readonly FelixFinding[] {
  const both = ['routeTableRange', 'routeTableRanges'].map((key) => entryOf(spec, key));
  if (both.some((value) => value === undefined || value.kind === 'null')) return [];
  const byServer = compareVersions(version, specRulesCame) >= 0;
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
