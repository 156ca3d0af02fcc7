import {
  allOf,
  describe,
  expectation,
  expectationOf,
  isDurationPattern,
  oneOf,
  quote,
} from '../expectation.ts';
import { valuesIn, type Field } from '../fields.ts';
import { finding, inItems, within, type FelixFinding, type Fix } from '../findings.ts';
import { findNearest } from '../nearest.ts';
import type { Schema } from '../schema.ts';
import { formatDuration, parseDuration } from '../syntax/duration.ts';
import type { CalicoVersion } from '../versions.ts';
import type { YamlList, YamlMap, YamlScalar, YamlString, YamlValue } from '../yamlValue.ts';

/** The key that is judged, and by which version. */
export interface Judged {
  readonly field: Field;
  readonly version: CalicoVersion;
  /** The part of an object that is judged, or an item of a list. */
  readonly part?: string;
}

/**
 * What the API server refuses, by the schema in the CRD: structural schemas with strict field validation, as
 * kube-apiserver 1.35 does it. A `null` of a key is dropped before it is looked at.
 */
export function judgeByServer(schema: Schema, value: YamlValue, judged: Judged): readonly FelixFinding[] {
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (value.kind === 'int') return numberFindings(schema, value.value);
    return value.kind === 'string' ? [] : [wrongType(schema, value, judged)];
  }
  switch (schema.type) {
    case 'object':
      return value.kind === 'map' ? mapFindings(schema, value, judged) : [wrongType(schema, value, judged)];
    case 'array':
      return value.kind === 'list' ? listFindings(schema, value, judged) : [wrongType(schema, value, judged)];
    case 'string':
      return value.kind === 'string'
        ? textFindings(schema, value, judged)
        : [wrongType(schema, value, judged)];
    case 'integer':
      return value.kind === 'int' ? numberFindings(schema, value.value) : [wrongType(schema, value, judged)];
    case 'boolean':
      return value.kind === 'bool' ? [] : [wrongType(schema, value, judged)];
    case undefined:
    default:
      return [];
  }
}

function mapFindings(schema: Schema, map: YamlMap, judged: Judged): readonly FelixFinding[] {
  const findings: FelixFinding[] = [];
  const seen = new Set<string>();
  for (const { key, value } of map.entries) {
    const part = schema.properties?.[key] ?? schema.additionalProperties;
    if (seen.has(key)) findings.push(within(key, duplicateKey(key)));
    else if (part === undefined) findings.push(within(key, unknownPart(key, schema)));
    else if (value.kind !== 'null')
      findings.push(
        ...judgeByServer(part, value, { ...judged, part: key }).map((inner) => within(key, inner)),
      );
    if (value.kind !== 'null') seen.add(key);
  }
  for (const key of schema.required ?? []) if (!seen.has(key)) findings.push(missingPart(key));
  return findings;
}

function listFindings(schema: Schema, list: YamlList, judged: Judged): readonly FelixFinding[] {
  const { items, maxItems } = schema;
  const each: Judged = { ...judged, part: 'Each item' };
  const findings = items === undefined ? [] : inItems(list.items, (item) => judgeByServer(items, item, each));
  if (maxItems === undefined || list.items.length <= maxItems) return findings;
  return [
    ...findings,
    refused('range', `There may be at most ${maxItems} items here, not ${list.items.length}.`),
  ];
}

function numberFindings({ minimum, maximum }: Schema, value: bigint): readonly FelixFinding[] {
  if (minimum !== undefined && value < minimum)
    return [refused('range', `${value} is less than the minimum, ${minimum}.`)];
  if (maximum !== undefined && value > maximum)
    return [refused('range', `${value} is more than the maximum, ${maximum}.`)];
  return [];
}

function textFindings(schema: Schema, text: YamlString, judged: Judged): readonly FelixFinding[] {
  const { value } = text;
  const options = schema.enum ?? schema.allOf?.[0]?.enum;
  if (options !== undefined && !options.includes(value)) return [wrongOption(value, options, 'exact')];
  if (schema.maxLength !== undefined && Array.from(value).length > schema.maxLength)
    return [refused('range', `This is longer than the ${schema.maxLength} characters allowed.`)];
  if (schema.pattern === undefined || toRegExp(schema.pattern).test(value)) return [];
  if (schema.pattern.startsWith('^(?i)')) return [wrongOption(value, knownValues(judged), 'any-case')];
  return [
    isDurationPattern(schema.pattern) ? wrongDuration(value, schema.pattern) : wrongFormat(value, judged),
  ];
}

/**
 * A pattern of the CRDs for JavaScript, which wants `(?i)` beside it. The one for timers reads `ms` in two ways, on
 * which JavaScript, unlike RE2, would try all combinations; here each unit is read once.
 */
function toRegExp(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const linear = pattern.replace(
    ambiguousTimers,
    '(?:(?=(?<timer>[0-9]*(?:\\.[0-9]*)?(?:ms|us|s|h|m)))\\k<timer>)+',
  );
  const expression = linear.startsWith('^(?i)')
    ? new RegExp(`^${linear.slice('^(?i)'.length)}`, 'i')
    : new RegExp(linear);
  compiled.set(pattern, expression);
  return expression;
}

const ambiguousTimers = '([0-9]*(\\.[0-9]*)?(ms|s|h|m|us)+)+';

const compiled = new Map<string, RegExp>();

function knownValues({ field, version }: Judged): readonly string[] {
  return valuesIn(field, version).map(({ value }) => value);
}

function wrongOption(value: string, options: readonly string[], match: 'exact' | 'any-case'): FelixFinding {
  const sameWord = options.find((option) => option.toLowerCase() === value.toLowerCase());
  const meant = sameWord ?? findNearest(value, options);
  const message =
    sameWord !== undefined && match === 'exact'
      ? `${quote(value)} must be written ${sameWord}: case matters here.`
      : `${quote(value)} is not allowed; write ${oneOf(options)}.`;
  return refused(
    sameWord === undefined ? 'enum' : 'enum-case',
    message,
    meant === undefined ? undefined : replaceBy(safe(meant)),
  );
}

function wrongDuration(value: string, pattern: string): FelixFinding {
  const nanoseconds = parseDuration(value);
  const whole = nanoseconds === undefined ? undefined : formatDuration(nanoseconds);
  const units = pattern.includes('|us') ? 'h, m, s, ms and us' : 'h, m, s and ms';
  const auto = pattern.includes('|Auto') ? ', or the word Auto' : '';
  if (whole !== undefined)
    return refused(
      'duration',
      `The API server refuses ${quote(value)}: it takes only whole numbers with the units ${units}${auto}. Write ${whole}.`,
      replaceBy(whole),
    );
  const fix = /^\d+$/.test(value) ? replaceBy(`${value}s`) : dayFix(value);
  return refused(
    'duration',
    `${quote(value)} is not a duration: write whole numbers with the units ${units}, such as 90s or 1h30m${auto}.`,
    fix,
  );
}

function dayFix(value: string): Fix | undefined {
  const days = /^(\d{1,5})d$/.exec(value)?.[1];
  return days === undefined ? undefined : replaceBy(`${Number(days) * 24}h`);
}

function wrongFormat(value: string, { field, version }: Judged): FelixFinding {
  return refused(
    'format',
    `${quote(value)} cannot be ${field.name}: it must be ${expectation(field, version)}.`,
  );
}

function wrongType(schema: Schema, value: YamlValue, judged: Judged): FelixFinding {
  const { field, version, part } = judged;
  const must =
    part === undefined
      ? `${field.name} must be ${expectation(field, version)}`
      : `${part} must be ${expectationOf(schema)}`;
  if (value.kind === 'list' || value.kind === 'map' || value.kind === 'null')
    return refused('type', `${must}, not ${describe(value)}.`);
  const fix = retyped(schema, value, judged);
  if (!takesText(schema) || value.kind === 'string')
    return refused('type', `${must}, not ${describe(value)}.`, fix);
  if (value.kind === 'int' || value.kind === 'float')
    return refused(
      'yaml-number',
      `${must}, and without quotes \`${value.source}\` is a number to Kubernetes.`,
      fix,
    );
  const spelt = value.kind === 'bool' && value.source.toLowerCase() !== String(value.value);
  const what = spelt
    ? `, and without quotes \`${value.source}\` is ${describe(value)} to Kubernetes`
    : `, not ${describe(value)}`;
  return refused(spelt ? 'yaml-boolean' : 'type', `${must}${what}.`, fix);
}

function takesText(schema: Schema): boolean {
  return schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true;
}

/** The same value as the type that is wanted, when only the writing is wrong. */
function retyped(schema: Schema, value: YamlScalar, judged: Judged): Fix | undefined {
  switch (schema.type) {
    case 'boolean':
      return asBoolean(value);
    case 'integer':
      return value.kind === 'string' && /^(?:-?\d+|0x[0-9a-fA-F]+)$/.test(value.value)
        ? replaceBy(value.value)
        : undefined;
    case 'array':
      return value.kind === 'string' && schema.items?.type === 'string'
        ? replaceBy(`[${value.source}]`)
        : undefined;
    case 'string':
      return asText(schema, value, judged);
    case 'object':
    case undefined:
    default:
      return undefined;
  }
}

function asText(schema: Schema, value: YamlScalar, { field, version, part }: Judged): Fix | undefined {
  const isDuration =
    part === undefined ? field.type === 'duration' : isDurationPattern(schema.pattern) || part === 'timeout';
  if (isDuration) return value.kind === 'int' && value.value >= 0n ? replaceBy(`${value.value}s`) : undefined;
  if (part === undefined && field.type === 'enum') {
    const written = value.source.toLowerCase();
    const option = valuesIn(field, version).find((one) => one.value.toLowerCase() === written);
    return option === undefined ? undefined : replaceBy(safe(option.value));
  }
  const fits = schema.pattern === undefined || toRegExp(schema.pattern).test(value.source);
  return fits && value.kind !== 'null' ? replaceBy(`"${value.source}"`) : undefined;
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', 'enabled', 'enable', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'disabled', 'disable', '0'].map((word) => [word, false] as const),
]);

function asBoolean(value: YamlScalar): Fix | undefined {
  if (value.kind === 'null') return undefined;
  const boolean = booleans.get(String(value.value).toLowerCase());
  return boolean === undefined ? undefined : replaceBy(String(boolean));
}

function duplicateKey(key: string): FelixFinding {
  return { ...refused('duplicate-key', `“${key}” is there twice; the API server refuses that.`), at: 'key' };
}

function unknownPart(key: string, { properties = {} }: Schema): FelixFinding {
  const names = Object.keys(properties);
  const meant = findNearest(key, names);
  const fix: Fix | undefined =
    meant === undefined ? undefined : { kind: 'rename', title: `Rename to ${meant}`, key: meant };
  const known = names.length === 0 ? '' : `: there are ${allOf(names)}`;
  return { ...refused('unknown-key', `There is no key “${key}” here${known}.`, fix), at: 'key' };
}

function missingPart(key: string): FelixFinding {
  return refused('missing-key', `“${key}” is missing; the API server requires it.`);
}

function refused(code: FelixFinding['code'], message: string, fix?: Fix): FelixFinding {
  return finding({ code, verdict: 'refused', message, fix });
}

export function replaceBy(replacement: string): Fix {
  return { kind: 'replace', title: `Write ${replacement}`, replacement };
}

/** A word as it may stand in YAML: `Off` and its like need quotes. */
export function safe(word: string): string {
  return /^(?:y|n|yes|no|on|off|true|false|null|~)?$/i.test(word) ? `"${word}"` : word;
}
