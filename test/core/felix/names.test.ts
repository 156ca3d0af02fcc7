import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterFacts } from '../../../src/core/felix/cluster.ts';
import { checkSpec, judgeSpec } from './check.ts';

const cluster: ClusterFacts = {
  nodes: [
    {
      name: 'worker-1',
      interfaces: [],
      labels: { zone: 'a' },
      environment: new Map(),
      mapEntries: new Map(),
    },
  ],
  configurations: new Map(),
};

test('takes the names that mean something', () => {
  checkSpec('', [], { name: 'default' });
  checkSpec('', [], { name: 'node.worker-1' });
  checkSpec('nodeSelector: has(a)', [], { name: 'mine' });
});

test('refuses what is no name, and mends it', () => {
  checkSpec('', ['metadata.name name'], { name: 'node.' });
  const [found] = judgeSpec('', { name: 'Node_1' });
  assert.deepEqual(found?.fix, { kind: 'replace', title: 'Write node-1', replacement: 'node-1' });
});

test('knows that an object for nobody has no effect', () => {
  checkSpec('', ['metadata.name name'], { name: 'mine' });
  checkSpec('nodeSelector: ""', ['metadata.name name'], { name: 'mine' });
  checkSpec('', ['metadata.name name'], { name: 'mine', calico: 'v3.31.0' });
});

test('lets a selector stand only where one may be', () => {
  checkSpec('nodeSelector: all()', ['nodeSelector selector']);
  checkSpec('nodeSelector: all()', ['nodeSelector selector'], { name: 'node.a' });
  checkSpec('nodeSelector: has(x) &&', ['nodeSelector selector'], { name: 'mine' });
});

test('knows the nodes of the cluster', () => {
  checkSpec('', ['metadata.name name'], { name: 'node.worker-2', cluster });
  checkSpec('', [], { name: 'node.worker-1', cluster });
});

test('knows which of the nodes a selector matches', () => {
  checkSpec("nodeSelector: zone == 'b'", ['nodeSelector selector'], { name: 'mine', cluster });
  checkSpec("nodeSelector: zone == 'a'", [], { name: 'mine', cluster });
  checkSpec("nodeSelector: zone == 'b'", [], { name: 'mine' });
});
