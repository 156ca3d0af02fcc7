import type { Json } from '../../../src/core/felix/fields.ts';
import type { YamlValue } from '../../../src/core/felix/yamlValue.ts';

/** A JSON value as the judges see it: texts in quotes, all else plain. */
export function toYamlValue(json: Json): YamlValue {
  const source = JSON.stringify(json);
  if (json === null) return { kind: 'null', source, style: 'plain' };
  if (typeof json === 'string') return { kind: 'string', value: json, source, style: 'double' };
  if (typeof json === 'boolean') return { kind: 'bool', value: json, source, style: 'plain' };
  if (typeof json === 'number') return { kind: 'int', value: BigInt(json), source, style: 'plain' };
  if (isList(json)) return { kind: 'list', items: json.map(toYamlValue) };
  const entries = Object.entries(json).map(([key, value]) => ({ key, value: toYamlValue(value) }));
  return { kind: 'map', entries };
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
