import { defaultIn, existsIn, fields } from '../fields.ts';
import { finding, type FelixFinding, type FindingCode, type Verdict } from '../findings.ts';
import type { ClusterFacts } from '../cluster.ts';
import type { CalicoVersion } from '../versions.ts';
import type { YamlMap, YamlValue } from '../yamlValue.ts';

/** A spec as the rules see it. */
export interface Configuration {
  readonly spec: YamlMap;
  /** What is set in it and can be used: null and an empty text are as good as nothing. */
  readonly values: ReadonlyMap<string, YamlValue>;
  /** The keys whose values do not count, because they are refused or replaced. */
  readonly unusable: ReadonlySet<string>;
  readonly version: CalicoVersion;
  readonly name: string | undefined;
  /** Whether what it does not say is the default: only so for a whole document named `default`. */
  readonly complete: boolean;
  readonly cluster: ClusterFacts | undefined;
}

/** Tells what a whole spec means; paths begin with the key. */
export type Rule = (configuration: Configuration) => readonly FelixFinding[];

/** What is set in a spec but for some keys; of a key that is there twice the last value. */
export function valuesOf(spec: YamlMap, without: ReadonlySet<string>): ReadonlyMap<string, YamlValue> {
  const set = spec.entries.filter(({ key, value }) => !without.has(key) && !saysNothing(value));
  return new Map(set.map(({ key, value }) => [key, value]));
}

function saysNothing(value: YamlValue): boolean {
  return value.kind === 'null' || (value.kind === 'string' && value.value === '');
}

export function valueOf({ values }: Configuration, key: string): YamlValue | undefined {
  return values.get(key);
}

/** Whether a key is set, also to a value that does not count. */
export function isSet({ values, unusable }: Configuration, key: string): boolean {
  return values.has(key) || unusable.has(key);
}

/**
 * What Felix works with: the text of what is written, or the default; `undefined` when another object may say it
 * or the version does not know the key.
 * Words come in lower case.
 */
export function settingOf(configuration: Configuration, key: string): string | undefined {
  const value = valueOf(configuration, key);
  if (value !== undefined)
    return value.kind === 'list' || value.kind === 'map' || value.kind === 'null'
      ? undefined
      : String(value.value).toLowerCase();
  const field = fields.get(key);
  if (configuration.unusable.has(key)) return undefined;
  if (!configuration.complete || field === undefined || !existsIn(field, configuration.version))
    return undefined;
  const standard = defaultIn(field, configuration.version) ?? '';
  return typeof standard === 'object' ? undefined : String(standard).toLowerCase();
}

/** Whether BPF mode is asked for in so many words. */
export function isBpfOn(configuration: Configuration): boolean {
  const value = valueOf(configuration, 'bpfEnabled');
  return value?.kind === 'bool' && value.value;
}

/** A finding about a key of the spec. */
export function about(
  key: string,
  code: FindingCode,
  verdict: Verdict,
  message: string,
  more: Partial<FelixFinding> = {},
): FelixFinding {
  return finding({ code, verdict, message, path: [key], ...more });
}
