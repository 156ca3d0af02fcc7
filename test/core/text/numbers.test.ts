import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from '../../../src/core/text/duration.ts';
import { LineIndex } from '../../../src/core/text/lineIndex.ts';
import { linesOf } from '../../../src/core/text/lines.ts';
import { parseLogLine } from '../../../src/core/text/logLine.ts';
import { parseUint } from '../../../src/core/text/number.ts';

test('whole numbers are read as long as a double holds them exactly', () => {
  assert.equal(parseUint('0'), 0);
  assert.equal(parseUint('007'), 7);
  assert.equal(parseUint('9007199254740991'), Number.MAX_SAFE_INTEGER);
  for (const text of ['', '-1', '1.5', '9007199254740993', '1e3', ' 1', '12345678901234567']) {
    assert.equal(parseUint(text), undefined, text);
  }
});

test('durations are read as Go writes them', () => {
  assert.equal(parseDuration('2h15m23.45s'), 8_123_450_000_000);
  assert.equal(parseDuration('431.5ms'), 431_500_000);
  assert.equal(parseDuration('-12µs'), -12_000);
  assert.equal(parseDuration('-1m2s'), -62e9);
  assert.equal(parseDuration('0s'), 0);
  for (const text of ['', 's', '1', '1 s', '1d', '1.s', '--1s', '1s!'])
    assert.equal(parseDuration(text), undefined, text);
});

test('an offset has the line and column that counting gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é') }), fc.nat(), (text, seed) => {
      const offset = seed % (text.length + 1);
      const before = text.slice(0, offset).split('\n');
      assert.deepEqual(new LineIndex(text).positionAt(offset), {
        line: before.length - 1,
        column: before.at(-1)?.length,
      });
    }),
  );
});

test('lines end with \\n or \\r\\n, and the last one may have no end', () => {
  const lines = (text: string) => [...linesOf(text)].map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(lines('a\r\n\nb'), ['a', '', 'b']);
  assert.deepEqual(lines('a\n'), ['a']);
  assert.deepEqual(lines(''), []);
});

test('log lines of both layouts are told from other lines', () => {
  assert.deepEqual(
    parseLogLine(
      '2026-05-10 10:59:28.401 [ERROR][2460] node/routes.go 48: Failed to dump routes map. error=gone',
    ),
    { level: 'error', message: 'Failed to dump routes map. error=gone' },
  );
  assert.deepEqual(
    parseLogLine('time="2026-08-22T04:11:52Z" level=fatal msg="it said \\"no\\"" error="gone"'),
    {
      level: 'fatal',
      message: 'it said "no" error="gone"',
    },
  );
  assert.equal(parseLogLine('2026-05-10 something else'), undefined);
});
