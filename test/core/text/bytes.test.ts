import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes } from '../../../src/core/text/bytes.ts';

test('an amount of bytes is told in the unit that fits, with the digits that mean something', () => {
  assert.deepEqual([0, 812, 1400, 15_300, 999_000, 356e6, 4.2e9].map(formatBytes), [
    '0 B',
    '812 B',
    '1.4 kB',
    '15.3 kB',
    '999 kB',
    '356 MB',
    '4.2 GB',
  ]);
});
