import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selectorError } from '../../../../src/core/felix/syntax/selector.ts';

test('takes selectors', () => {
  for (const selector of [
    '',
    'all()',
    'global( )',
    'has(node-role.kubernetes.io/worker)',
    "!has(a) && b == 'c'",
    'a in {"b", "c"} || a not in {}',
    'name contains "x" && (a starts with "b" || !(c ends with "d"))',
    'a != "b"',
    'has == "x"',
  ])
    assert.equal(selectorError(selector), undefined, selector);
});

test('tells what is wrong with others', () => {
  const wrong: readonly (readonly [selector: string, message: string])[] = [
    ['has(x) &&', 'a label or an expression is missing'],
    ['all(', '“)” is missing'],
    ['a', 'after “a” an operator is missing: ==, !=, in, not in, contains, starts with or ends with'],
    ['a == b', 'a value in quotes is missing'],
    ['a in "b"', '“{” is missing'],
    ['all() all()', '“all(” is not expected here'],
    ['a = "b"', '“= "b"” is not part of a selector'],
    ['a starts "b"', '“with” is missing'],
  ];
  for (const [selector, message] of wrong) assert.equal(selectorError(selector), message, selector);
});

test('reads any text to its end', () => {
  fc.assert(fc.property(fc.string(), (text) => void selectorError(text)));
});
