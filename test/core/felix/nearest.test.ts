import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearest } from '../../../src/core/felix/nearest.ts';

const words = ['bpfEnabled', 'bpfLogLevel', 'bpfLogFilters', 'healthPort'];

test('finds the word with a letter dropped, added, changed or swapped', () => {
  const mistyped = ['bpfEnable', 'bpffEnabled', 'bpfEnebled', 'bpfEnbaled', 'BPFENABLED'];
  for (const word of mistyped) assert.equal(findNearest(word, words), 'bpfEnabled', word);
});

test('finds nothing for what is far from all', () => {
  for (const word of ['', 'zebra', 'port', 'x'.repeat(100_000)])
    assert.equal(findNearest(word, words), undefined);
});

test('prefers the nearer of two', () => {
  assert.equal(findNearest('bpfLogFilter', words), 'bpfLogFilters');
});
