import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findAll, findFirst, findLast } from '../../../src/core/text/sought.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });

test('what is sought by its words is what the pattern finds', () => {
  const words = ['aab', 'aba'];
  fc.assert(
    fc.property(text, (each) => {
      assert.deepEqual(findFirst(each, { words, pattern: /aab|aba/ })?.index, /aab|aba/.exec(each)?.index);
      const all = (pattern: RegExp) => [...each.matchAll(pattern)].map(({ index }) => index);
      const found = [...findAll(each, { words, pattern: /aab|aba/g })].map(({ index }) => index);
      assert.deepEqual(found, all(/aab|aba/g));
    }),
  );
});

test('a word is found where it stands last', () => {
  fc.assert(fc.property(text, (each) => assert.equal(findLast(each, 'ab'), each.lastIndexOf('ab'))));
});
