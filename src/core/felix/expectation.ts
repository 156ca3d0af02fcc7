import { valuesIn, type Field } from './fields.ts';
import type { Schema } from './schema.ts';
import type { CalicoVersion } from './versions.ts';
import type { YamlKind, YamlValue } from './yamlValue.ts';

/** What a value must be, to follow “must be”: `Off, Info or Debug`, `a duration such as 90s`. */
export function expectation(field: Field, version: CalicoVersion): string {
  switch (field.type) {
    case 'boolean':
      return 'true or false';
    case 'enum':
      return oneOf(valuesIn(field, version).map(({ value }) => value));
    case 'duration':
      return 'a duration such as 90s or 1h30m';
    case 'integer':
      return integerOf(field);
    case 'integer or string':
      return 'a number from 0 to 63 or a name such as AF31 or EF';
    case 'port range':
      return 'a port or a range such as "20000:29999"';
    case 'port range list':
      return 'a list of ports or ranges such as ["30000:32767"]';
    case 'CIDR list':
      return 'a list of addresses or CIDRs such as [10.0.0.0/8]';
    case 'string list':
      return 'a list of texts such as [docker+]';
    case 'list of objects':
      return `a list of mappings with ${partsOf(field)}`;
    case 'object':
      return `a mapping with ${partsOf(field)}`;
    case 'map of strings':
      return 'a mapping of interface names to filters';
    case 'string':
      return field.format ?? 'a text';
  }
}

/** What a part of an object wants, by its schema alone. */
export function expectationOf(schema: Schema): string {
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined
        ? 'a mapping'
        : `a mapping with ${allOf(Object.keys(schema.properties))}`;
    case 'array':
      return 'a list';
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return isDurationPattern(schema.pattern) ? 'a duration such as 90s or 1h30m' : 'a text';
    case undefined:
    default:
      return 'a number or a text';
  }
}

/** Whether a pattern of a CRD is one of those for durations. */
export function isDurationPattern(pattern: string | undefined): boolean {
  return pattern?.includes('ms|s|') === true;
}

/** `A`, `A or B`, `A, B or C`. */
export function oneOf(values: readonly string[]): string {
  if (values.length <= 2) return values.join(' or ');
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** `A`, `A and B`, `A, B and C`. */
export function allOf(values: readonly string[]): string {
  if (values.length <= 2) return values.join(' and ');
  return `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;
}

/** A text of the user in quotes, short and on one line. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ⏎ ');
  return `“${line.length > 60 ? `${line.slice(0, 59)}…` : line}”`;
}

const kinds: Readonly<Record<YamlKind, string>> = {
  string: 'the text',
  int: 'the number',
  float: 'the number',
  bool: 'the boolean',
  null: 'nothing',
  list: 'a list',
  map: 'a mapping',
};

/** What a value is: `the boolean false`, `a list`. */
export function describe(value: YamlValue): string {
  switch (value.kind) {
    case 'null':
    case 'list':
    case 'map':
      return kinds[value.kind];
    case 'string':
      return `${kinds.string} ${quote(value.value)}`;
    case 'int':
    case 'float':
    case 'bool':
      return `${kinds[value.kind]} ${value.value}`;
  }
}

function integerOf({ felix, validator }: Field): string {
  const min = felix?.min ?? validator?.min;
  const max = felix?.max ?? validator?.max;
  if (min !== undefined && max !== undefined) return `a whole number from ${min} to ${max}`;
  return min === undefined ? 'a whole number' : `a whole number, at least ${min}`;
}

function partsOf({ fields }: Field): string {
  return allOf(fields.map(({ name }) => name));
}
