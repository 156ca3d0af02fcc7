import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields } from '../../../src/core/felix/fields.ts';
import { nodesReached, restartsFelix } from '../../../src/core/felix/reach.ts';

const nodes = [
  { metadata: { name: 'node-a', labels: { zone: 'eu-1' } } },
  { metadata: { name: 'node-b', labels: { zone: 'eu-2' } } },
];

test('a FelixConfiguration is for all nodes, for one, or for those that its selector matches', () => {
  for (const [name, spec, expected] of [
    ['default', {}, ['node-a', 'node-b']],
    ['node.node-b', {}, ['node-b']],
    ['node.gone', {}, []],
    ['europe', { nodeSelector: "zone starts with 'eu'" }, ['node-a', 'node-b']],
    ['first', { nodeSelector: "zone == 'eu-1'" }, ['node-a']],
    ['broken', { nodeSelector: 'zone ==' }, []],
    ['aimless', {}, []],
  ] as const) {
    assert.deepEqual(nodesReached({ metadata: { name }, spec }, nodes), expected, name);
  }
});

test('a change of any parameter restarts Felix but of those that the table of facts names', () => {
  for (const { name, restart, parameter } of fields.values()) {
    if (parameter !== undefined) assert.equal(restartsFelix(name), restart, name);
  }
});
