import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainFinding, findPlaces } from '../../../src/core/diagnose/explain.ts';
import { advise, type Finding } from '../../../src/core/diagnose/finding.ts';

const seen = { probe: 'nat.dump', node: 'node_a', kind: 'probe' } as const;
const finding: Finding = {
  id: 'x',
  check: 'nat-integrity',
  severity: 'error',
  subject: { kind: 'service', namespace: 'shop', name: 'db' },
  cause: 'no backends',
  nodes: ['node_a'],
  title: 'Service shop/db has no backends.',
  evidence: [
    { at: { ...seen, line: 2 }, shows: 'The frontend.', value: 'count 0', time: undefined },
    { at: { ...seen, line: 2 }, shows: 'Again.', value: 'nat.dump of node_a, line 2', time: '2026-01-01' },
  ],
  fix: advise('Give it some.'),
};

test('each piece of evidence has its place in the explanation, of equal ones each its own', () => {
  const text = explainFinding(finding, undefined);
  const places = findPlaces(text, finding);
  assert.deepEqual(
    places.map(({ span, evidence }) => [text.slice(span.start, span.end), evidence.shows]),
    [
      ['nat.dump of node\\_a, line 2', 'The frontend.'],
      ['nat.dump of node\\_a, line 2', 'Again.'],
    ],
  );
  const [first, second] = places;
  assert.ok((first?.span.end ?? 0) < text.indexOf('Again.'));
  assert.ok((second?.span.start ?? 0) > text.indexOf('`nat.dump of'));
});

test('a text that explains something else has none of its places', () => {
  assert.deepEqual(findPlaces('This is no longer found.\n', finding), []);
});
