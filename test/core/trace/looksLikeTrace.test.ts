import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeTrace } from '../../../src/core/trace/looksLikeTrace.ts';
import { readTrace, traceNames } from './recordedTraces.ts';

test('every recorded trace looks like one, whatever stands before it', () => {
  for (const name of traceNames) assert.ok(looksLikeTrace(readTrace(name)), name);
  const pasted = `I see this in the log:\n\n> ${readTrace('v3.32.1-filter-ctlb')}`;
  assert.ok(looksLikeTrace(pasted));
});

test('other texts do not', () => {
  const log = '2026-05-10 10:59:28.401 [ERROR][2460] node/routes.go 48: Failed to dump routes map.\n';
  for (const text of ['', log.repeat(300), '[001] 12.5: 0', '{ "a": [1] }']) assert.ok(!looksLikeTrace(text));
});
