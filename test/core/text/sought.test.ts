import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findAll, findFirst, findLast, narrowing } from '../../../src/core/text/sought.ts';

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

test('of many those are left whose words stand in the text, whatever characters they have', () => {
  const all = [
    { words: ['aab', 'b.'], pattern: /a/ },
    { words: ['(b', 'a\\'], pattern: /b/ },
  ];
  const narrowed = narrowing(all);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.', '(', '\\') }), (each) => {
      const expected = all.filter(({ words }) => words.some((word) => each.includes(word)));
      assert.deepEqual(narrowed(each), expected);
    }),
  );
});

test('a word is found where it stands last', () => {
  fc.assert(fc.property(text, (each) => assert.equal(findLast(each, 'ab'), each.lastIndexOf('ab'))));
});
