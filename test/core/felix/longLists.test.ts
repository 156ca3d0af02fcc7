import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fields } from '../../../src/core/felix/fields.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import type { YamlList, YamlValue } from '../../../src/core/felix/yamlValue.ts';
import { versionOf } from './check.ts';
import { readYaml } from './yaml.ts';

const lists = [...fields.values()].filter(({ type }) => type.includes('list'));
const versions = ['v3.26.0', 'v3.30.0', 'v3.32.1', 'master'].map(versionOf);

const item = fc
  .constantFrom(
    '10.0.0.0/8',
    '10.0.0',
    '10.0.0.0/032',
    '256.0.0.1',
    'fd00::1',
    '192.168.255.1',
    '10.0.0.0/33',
    '"10.0.0.0/8,fd00::/8"',
    'none',
    '""',
    'null',
    '010',
    '7',
    'eth0',
    'eth+ ',
    '"a b"',
    '{port: 22, protocol: tcp}',
    '{port: 22, protocol: tpc, net: 10.0.0.0/8}',
    '{port: "22"}',
    '{min: 1, max: 60000}',
    '{name: a, timeout: 10}',
    '[1]',
  )
  .map((text): YamlValue => {
    const value = readYaml(text);
    assert.ok(value !== undefined);
    return value;
  });

const parts = fc.array(
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items): YamlList => ({ kind: 'list', items })),
  { minLength: 1, maxLength: 4 },
);

test('judges a list of parts as it judges a list of the same items, also when the parts are known', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...lists),
      fc.constantFrom(...versions),
      parts,
      parts,
      (field, version, first, more) => {
        for (const all of [first, [...more, ...first], first.slice(1), first.toReversed()]) {
          const items = all.flatMap((part) => part.items);
          assert.deepEqual(
            judgeValue(field, { kind: 'list', items, parts: all }, version),
            judgeValue(field, { kind: 'list', items }, version),
          );
        }
      },
    ),
    { numRuns: 2000 },
  );
});
