import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { goRegexpError, toJsRegexp } from '../../../../src/core/felix/syntax/goRegexp.ts';

test('takes what Go takes', () => {
  for (const pattern of [
    '',
    '^eth.*',
    '^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)',
    '(?i)ETH',
    '(?i:eth)0',
    '(?P<name>a)(?<other>b)',
    '[[:alpha:]]+',
    '[^]a]',
    '[a-]',
    '[a\\-z]',
    '\\Qa.b\\E',
    '\\pL\\p{Greek}',
    '\\x41\\x{1F600}\\101',
    'a{2}b{2,}c{2,3}?',
    'a{,2}',
    'a{x}',
    '{',
    'a|',
    '()',
    '|*'.slice(0, 1),
    '\\z',
    'a+?',
  ])
    assert.equal(goRegexpError(pattern), undefined, pattern);
});

test('refuses what Go refuses', () => {
  for (const pattern of [
    '^eth(',
    'eth)',
    '*',
    'a**',
    'a+*',
    '(*)',
    'a|*',
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '\\1',
    '\\8',
    '\\k',
    '\\',
    '[a',
    '[]',
    '[z-a]',
    '[[:alfa:]]',
    'a{1001}',
    'a{2,1}',
    '(a{100}){100}',
    '(?P<n>a)(?P<n>b)',
    '(?z)',
    '\\u0041',
  ])
    assert.notEqual(goRegexpError(pattern), undefined, pattern);
});

test('tells what is wrong', () => {
  assert.equal(goRegexpError('^eth('), 'a parenthesis is not closed');
});

test('tries an expression out with its flags', () => {
  assert.ok(toJsRegexp('(?i)^ETH')?.test('eth0'));
  assert.ok(toJsRegexp('\\Aeth0\\z')?.test('eth0'));
  assert.equal(toJsRegexp('^eth('), undefined);
  assert.equal(toJsRegexp('[[:alpha:]]('), undefined);
});

test('reads any text to its end', () => {
  fc.assert(fc.property(fc.string(), (text) => void goRegexpError(text)));
  assert.equal(goRegexpError('('.repeat(2000)), 'it nests too deeply');
});
