import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeNotices } from '../../../src/cluster/snapshot/notices.ts';

test('one reason is said once, with those it concerns', () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => `node-${index}`);
  const merged = mergeNotices(nodes.map((what) => ({ what, why: `version on ${what} failed: forbidden.` })));
  assert.deepEqual(
    merged.map(({ what }) => what),
    ['node-0, node-1, node-10, node-100, node-101 and 995 more'],
  );
  assert.match(merged[0]?.why ?? '', /^version on node-\d+ failed: forbidden\.$/);
});

test('resources that are refused alike are one notice, other reasons their own', () => {
  const refused = (what: string) => ({ what, why: `List ${what} failed: you may not list ${what}.` });
  const merged = mergeNotices([
    refused('pods'),
    refused('tiers.crd.projectcalico.org'),
    { what: 'nat.dump of node-a', why: 'its output is cut off' },
  ]);
  assert.deepEqual(
    merged.map(({ what }) => what),
    ['pods, tiers.crd.projectcalico.org', 'nat.dump of node-a'],
  );
});
