import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields } from '../../../src/core/felix/fields.ts';
import { nodesReached, nodesUsing, restartsFelix } from '../../../src/core/felix/reach.ts';

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

test('of several FelixConfigurations that select a node the oldest is used there', () => {
  const selecting = (name: string, creationTimestamp: string, nodeSelector: string) => ({
    metadata: { name, creationTimestamp },
    spec: { nodeSelector },
  });
  const used = nodesUsing(
    [
      selecting('younger', '2026-02-01T00:00:00Z', "zone starts with 'eu'"),
      selecting('older', '2026-01-01T00:00:00Z', "zone == 'eu-1'"),
      selecting('as-young', '2026-02-01T00:00:00Z', 'all()'),
      { metadata: { name: 'default' }, spec: {} },
    ],
    nodes,
  );
  assert.deepEqual(Object.fromEntries(used), {
    default: ['node-a', 'node-b'],
    older: ['node-a'],
    'as-young': ['node-b'],
    younger: [],
  });
});

test('a change of any parameter restarts Felix but of those that the table of facts names', () => {
  for (const { name, restart, parameter } of fields.values()) {
    if (parameter !== undefined) assert.equal(restartsFelix(name), restart, name);
  }
});
