import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../../src/core/felix/syntax/duration.ts';

test('reads what Go reads', () => {
  const seconds: readonly (readonly [text: string, seconds: number])[] = [
    ['90s', 90],
    ['1h30m', 5400],
    ['1.5s', 1.5],
    ['.5s', 0.5],
    ['1.s', 1],
    ['-5s', -5],
    ['+5s', 5],
    ['0', 0],
    ['-0', 0],
    ['10us', 1e-5],
    ['10µs', 1e-5],
    ['1m1m', 120],
  ];
  for (const [text, expected] of seconds)
    assert.ok(Math.abs((parseDuration(text) ?? NaN) / 1e9 - expected) < 1e-12, text);
});

test('refuses what Go refuses', () => {
  for (const text of [
    '',
    '10',
    '1d',
    's',
    '.s',
    '-',
    '1 s',
    '1s ',
    '--1s',
    '5e3s',
    '300000h300000000h',
    'Auto',
  ])
    assert.equal(parseDuration(text), undefined, text);
});

test('writes a duration that reads back the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (milliseconds) => {
      const text = formatDuration(milliseconds * 1e6);
      assert.match(text ?? '', /^(\d+(ms|s|m|h))+$/);
      assert.equal(parseDuration(text ?? ''), milliseconds * 1e6);
    }),
  );
});
