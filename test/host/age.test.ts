import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge } from '../../src/host/age.ts';

const now = new Date('2026-11-21T12:00:00Z');

test('an age is told in the largest unit that fits', () => {
  const ages = [
    '2026-11-21T11:59:30Z',
    '2026-11-21T11:58:00Z',
    '2026-11-21T09:10:00Z',
    '2026-11-18T12:00:00Z',
  ];
  assert.deepEqual(
    ages.map((moment) => formatAge(new Date(moment), now)),
    ['just now', '2 minutes ago', '2 hours ago', '3 days ago'],
  );
});

test('a clock that is ahead makes no negative age', () => {
  assert.equal(formatAge(new Date('2026-11-21T13:00:00Z'), now), 'just now');
});
