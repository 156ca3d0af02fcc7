import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDscp } from '../../../../src/core/felix/syntax/dscp.ts';

test('knows DSCP values by number and name', () => {
  const values = ['0', '63', 'af11', 'CS6', 'EF', '64', 'CS7', 'AF14', ''];
  assert.deepEqual(values.filter(isDscp), ['0', '63', 'af11', 'CS6', 'EF']);
});
