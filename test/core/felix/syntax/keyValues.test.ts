import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeyValues } from '../../../../src/core/felix/syntax/keyValues.ts';

test('keeps of a key what Felix keeps', () => {
  assert.deepEqual(
    [...(parseKeyValues('a=1, b-c=x=y,,') ?? [])],
    [
      ['a', '1'],
      ['c', 'x=y'],
    ],
  );
  assert.equal(parseKeyValues('a=1,b'), undefined);
});
