import type { YamlValue } from '../felix/yamlValue.ts';

/** A value of an object as the rules for FelixConfiguration read it. */
export function toYamlValue(value: unknown): YamlValue {
  const written = { source: JSON.stringify(value) ?? 'null', style: 'plain' } as const;
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toYamlValue) };
  if (typeof value === 'string') return { kind: 'string', value, ...written, style: 'double' };
  if (typeof value === 'boolean') return { kind: 'bool', value, ...written };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? { kind: 'int', value: BigInt(value), ...written }
      : { kind: 'float', value, ...written };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'null', ...written };
  const entries = Object.entries(value).map(([key, each]) => ({ key, value: toYamlValue(each) }));
  return { kind: 'map', entries };
}
