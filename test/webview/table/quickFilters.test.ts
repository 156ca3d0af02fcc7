import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toggleTerm, withTerm } from '../../../src/webview/table/quickFilters.ts';

test('a quick filter is added to what is filtered for, and taken away again', () => {
  const filter = toggleTerm('dir:out 10.0.0.1', 'verdict:denied');
  assert.equal(filter, 'dir:out 10.0.0.1 verdict:denied');
  assert.equal(toggleTerm(filter, 'verdict:denied'), 'dir:out 10.0.0.1');
  assert.equal(toggleTerm('', 'verdict:denied'), 'verdict:denied');
});

test('another flow takes the place of the one before', () => {
  assert.equal(withTerm('flow:3 verdict:denied', 'flow:7'), 'verdict:denied flow:7');
});
