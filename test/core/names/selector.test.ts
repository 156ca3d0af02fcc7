import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalSelector, matchesSelector, parseSelector } from '../../../src/core/names/selector.ts';

test('writes a selector as Felix hashes it', () => {
  for (const [text, canonical] of [
    ["app=='web'", 'app == "web"'],
    ["a == 'x' && b != 'y' && has(c)", '(a == "x" && b != "y" && has(c))'],
    ["a == 'x' || b == 'y' && c == 'z'", '(a == "x" || (b == "y" && c == "z"))'],
    ["app in { 'b', 'a', 'b' }", 'app in {"a", "b"}'],
    ["app not in {'a'}", 'app not in {"a"}'],
    ['! has(k8s-app)', '!has(k8s-app)'],
    ["!(a == 'x')", '!a == "x"'],
    ["name starts with 'db' && name ends with '0'", '(name starts with "db" && name ends with "0")'],
    ["name contains 'b'", 'name contains "b"'],
    ['all()', 'all()'],
    ['', 'all()'],
    ['global()', 'global()'],
    [`a == 'say "x"'`, `a == 'say "x"'`],
  ] as const) {
    assert.equal(canonicalSelector(text), canonical);
  }
});

test('puts a prefix before every label', () => {
  assert.equal(canonicalSelector("a == 'x' && has(b)", 'pcns.'), '(pcns.a == "x" && has(pcns.b))');
});

test('what is no selector has no canonical text', () => {
  for (const text of ["a == 'x", 'a ==', 'has(', 'a b c', "a in {'x'", '&&', "a == 'x' )", 'some()'])
    assert.equal(canonicalSelector(text), undefined, text);
});

test('canonical text is canonical, and no text makes it throw', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    "'x'",
    '"y"',
    '==',
    '&&',
    '||',
    '!',
    '(',
    ')',
    'has(a)',
    'in',
    '{',
    '}',
    ',',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const canonical = canonicalSelector(text);
        if (canonical !== undefined) assert.equal(canonicalSelector(canonical), canonical);
      },
    ),
  );
});

test('matches labels as Calico does; a label that is not there differs from every value', () => {
  const labels = { zone: 'eu-1', role: 'web' };
  for (const [text, expected] of [
    ['', true],
    ['global()', true],
    ['has(zone)', true],
    ['has(rack)', false],
    ["zone == 'eu-1'", true],
    ["rack == 'r1'", false],
    ["rack != 'r1'", true],
    ["zone in {'us-1', 'eu-1'}", true],
    ["rack in {'r1'}", false],
    ["rack not in {'r1'}", true],
    ["zone starts with 'eu' && zone ends with '1'", true],
    ["zone contains 'us' || role == 'web'", true],
    ["rack contains ''", false],
    ["!(role == 'web')", false],
  ] as const) {
    const selector = parseSelector(text);
    assert.ok(selector);
    assert.equal(matchesSelector(selector, labels), expected, text);
  }
});
