import type { Path } from './findings.ts';
import { readScalar } from './scalar.ts';
import type { YamlValue } from './yamlValue.ts';

/** What a fix writes, as it will be read: a scalar on one line or a list of one; `undefined` for anything else. */
export function readReplacement(source: string): YamlValue | undefined {
  const item = /^\[(.*)\]$/s.exec(source)?.[1];
  if (item !== undefined) {
    const value = /^[^"'].*,/.test(item) ? undefined : readReplacement(item);
    return value && { kind: 'list', items: [value] };
  }
  if (/^\s|\s$|[\r\n]|^[|>&*!]/.test(source)) return undefined;
  const inner = /^"([^"\\]*)"$/.exec(source)?.[1] ?? /^'([^']*)'$/.exec(source)?.[1];
  if (inner !== undefined) return readScalar(inner, 'double', source);
  return /["']/.test(source) ? undefined : readScalar(source, 'plain');
}

/** The value with another one at a place in it. */
export function replacedAt(value: YamlValue, path: Path, replacement: YamlValue): YamlValue {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (value.kind === 'list')
    return {
      kind: 'list',
      items: value.items.map((item, index) => (index === step ? replacedAt(item, rest, replacement) : item)),
    };
  if (value.kind !== 'map') return value;
  const last = value.entries.findLastIndex(({ key }) => key === step);
  return {
    kind: 'map',
    entries: value.entries.map((entry, index) =>
      index === last ? { ...entry, value: replacedAt(entry.value, rest, replacement) } : entry,
    ),
  };
}
