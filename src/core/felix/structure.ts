import { finding, type FelixFinding, type Fix } from './findings.ts';
import type { YamlMap } from './yamlValue.ts';

/** Keys that are there more than once. */
export function duplicateKeys({ entries }: YamlMap): readonly FelixFinding[] {
  const seen = new Set<string>();
  const twice = entries.filter(({ key }) => seen.size === seen.add(key).size);
  return twice.map(({ key }) =>
    refusedKey(key, 'duplicate-key', `“${key}” is there twice; the API server refuses that.`),
  );
}

/** What a strategic-merge patch says of how it is merged; the object does not get it. */
export function isDirective(key: string): boolean {
  return /^\$(?:patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/.test(key);
}

/** A key that the API server does not take. */
export function refusedKey(
  key: string,
  code: FelixFinding['code'],
  message: string,
  fix?: Fix,
): FelixFinding {
  return finding({ code, verdict: 'refused', message, path: [key], at: 'key', fix });
}

export function missingKey(key: string, message: string): FelixFinding {
  return finding({ code: 'missing-key', verdict: 'refused', message: `“${key}” is missing. ${message}` });
}

export function wrongShape(message: string): FelixFinding {
  return finding({ code: 'type', verdict: 'refused', message });
}

export function renameTo(key: string | undefined): Fix | undefined {
  return key === undefined ? undefined : { kind: 'rename', title: `Rename to ${key}`, key };
}
