import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logPatterns } from '../../../../src/core/diagnose/rules/logPatterns.ts';

test('whatever a pattern of Felix’s log matches holds the words that are looked for first', () => {
  for (const { pattern, words } of logPatterns) {
    // What must not follow is nothing that could be generated.
    const source = pattern.source.replaceAll(/\(\?![^)]*\)/g, '');
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(source)), (text) =>
        assert.ok(
          words.some((each) => text.includes(each)),
          JSON.stringify(text),
        ),
      ),
    );
  }
});
