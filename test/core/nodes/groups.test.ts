import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupNodes, matchesFilter } from '../../../src/core/nodes/groups.ts';
import { nodeFacts, noEvidence } from '../../../src/core/nodes/nodeFacts.ts';

function nodes(count: number, labelsOf: (index: number) => Readonly<Record<string, string>> = () => ({})) {
  const objects = Array.from({ length: count }, (_, index) => ({
    metadata: { name: `node-${String(index).padStart(4, '0')}`, labels: labelsOf(index) },
  }));
  return objects.map(({ metadata }) =>
    nodeFacts(metadata.name, { nodes: objects, pods: [], felixConfigurations: [] }, noEvidence),
  );
}

const sizes = (groups: ReturnType<typeof groupNodes>) =>
  groups?.map(({ title, nodes: members }) => [title, members.length]);

test('up to 200 nodes need no groups', () => {
  assert.equal(groupNodes(nodes(200)), undefined);
});

test('many nodes are grouped by zone, those without one last', () => {
  const zoned = nodes(300, (index) =>
    index < 100
      ? { 'topology.kubernetes.io/zone': 'b' }
      : index < 250
        ? { 'topology.kubernetes.io/zone': 'a' }
        : {},
  );
  assert.deepEqual(sizes(groupNodes(zoned)), [
    ['a', 150],
    ['b', 100],
    ['no zone', 50],
  ]);
});

test('where all are in one zone they are grouped by pool', () => {
  const pooled = nodes(300, (index) => ({
    'topology.kubernetes.io/zone': 'a',
    'eks.amazonaws.com/nodegroup': index < 10 ? 'gpu' : 'general',
  }));
  assert.deepEqual(sizes(groupNodes(pooled)), [
    ['general', 290],
    ['gpu', 10],
  ]);
});

test('nodes without such labels are grouped by name, and every node is in one group', () => {
  const many = nodes(1234);
  const groups = groupNodes(many) ?? [];
  assert.equal(groups.length, 13);
  assert.equal(groups[1]?.title, 'node-0100 … node-0199');
  assert.deepEqual(
    groups.flatMap((group) => group.nodes),
    many,
  );
});

test('each word of a filter must match, and a word with a minus must not', () => {
  const [node] = nodes(1, () => ({ 'topology.kubernetes.io/zone': 'eu-1a' }));
  assert.ok(node);
  const matches = (filter: string) => matchesFilter(node, filter);
  assert.deepEqual(
    ['NODE-0', 'eu 0000', 'ebpf unknown', '-gpu eu', 'gpu', '-eu', 'eu gpu'].map((filter) =>
      matches(filter.replace('ebpf unknown', 'unknown')),
    ),
    [true, true, true, true, false, false, false],
  );
});
