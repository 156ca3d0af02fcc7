import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readKey, readScalar } from '../../../src/core/felix/scalar.ts';

function checkPlain(text: string, kind: string, value?: unknown): void {
  const read = readScalar(text, 'plain');
  assert.equal(read.kind, kind, text);
  if (read.kind !== 'null') assert.equal(read.value, value, text);
}

test('reads words of YAML 1.1 as booleans', () => {
  for (const word of ['y', 'yes', 'On', 'TRUE']) checkPlain(word, 'bool', true);
  for (const word of ['n', 'NO', 'off', 'False']) checkPlain(word, 'bool', false);
  for (const word of ['oFF', 'tRUE', 'Enabled']) checkPlain(word, 'string', word);
});

test('reads nothing', () => {
  for (const word of ['', '~', 'null', 'NULL']) checkPlain(word, 'null');
});

test('reads numbers as JSON will carry them', () => {
  checkPlain('010', 'int', 8n);
  checkPlain('08', 'int', 8n);
  checkPlain('0x10', 'int', 16n);
  checkPlain('0o17', 'int', 15n);
  checkPlain('0b11', 'int', 3n);
  checkPlain('1_000', 'int', 1000n);
  checkPlain('+5', 'int', 5n);
  checkPlain('-5', 'int', -5n);
  checkPlain('1e3', 'int', 1000n);
  checkPlain('1.0', 'int', 1n);
  checkPlain('.5', 'float', 0.5);
  checkPlain('1.5', 'float', 1.5);
  checkPlain('9223372036854775807', 'int', 9223372036854775807n);
  checkPlain('9223372036854775808', 'float', 9223372036854775808);
  checkPlain('-.inf', 'float', -Infinity);
});

test('reads all else as text', () => {
  for (const text of ['12:30', '2020-01-01', '1.2.3', '0x', '1e', '-', '.', '1e999', '10s', '0777x', '._5'])
    checkPlain(text, 'string', text);
});

test('leaves what is quoted alone', () => {
  assert.equal(readScalar('Off', 'double', '"Off"').kind, 'string');
});

test('writes keys as texts', () => {
  assert.equal(readKey('80', 'plain'), '80');
  assert.equal(readKey('Off', 'plain'), 'false');
});

test('reads any text', () => {
  fc.assert(fc.property(fc.string(), (text) => readScalar(text, 'plain').source === text));
});
