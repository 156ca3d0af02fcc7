import assert from 'node:assert/strict';
import type { ClusterFacts } from '../../../src/core/felix/cluster.ts';
import { judgeDocument } from '../../../src/core/felix/document.ts';
import { fields } from '../../../src/core/felix/fields.ts';
import type { FelixFinding } from '../../../src/core/felix/findings.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import { parseVersion, type CalicoVersion } from '../../../src/core/felix/versions.ts';
import { readMap, readYaml } from './yaml.ts';

export interface Circumstances {
  readonly calico?: string;
  readonly name?: string;
  readonly partial?: boolean;
  readonly cluster?: ClusterFacts;
}

export function versionOf(text: string): CalicoVersion {
  const version = parseVersion(text);
  assert.ok(version, text);
  return version;
}

/** What is found in a document with this spec. */
export function judgeSpec(spec: string, circumstances: Circumstances = {}): readonly FelixFinding[] {
  const { calico = 'v3.32.1', name = 'default', partial = false, cluster } = circumstances;
  const indented = spec.replace(/^/gm, '  ');
  const text = `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec:\n${indented}\n`;
  const document = readMap(spec.trim() === '' ? text.replace('spec:', 'spec: {}') : text);
  return judgeDocument(document, { version: versionOf(calico), partial, ...(cluster && { cluster }) });
}

/** Checks what is found in a spec, each as `path code`; severity information counts too. */
export function checkSpec(spec: string, expected: readonly string[], circumstances?: Circumstances): void {
  const found = judgeSpec(spec, circumstances);
  assert.deepEqual(
    found.map(({ path, code }) => `${path.filter((part) => part !== 'spec').join('.')} ${code}`),
    expected,
    found.map(({ message }) => message).join('\n'),
  );
}

/** Checks what becomes of one value, written as in YAML. */
export function checkValue(
  key: string,
  value: string,
  expected: readonly string[],
  calico = 'v3.32.1',
): readonly FelixFinding[] {
  const field = fields.get(key);
  const read = readYaml(value);
  assert.ok(field && read, key);
  const found = judgeValue(field, read, versionOf(calico));
  assert.deepEqual(
    found.map(({ verdict, code }) => `${verdict} ${code}`),
    expected,
    found.map(({ message }) => message).join('\n'),
  );
  return found;
}
