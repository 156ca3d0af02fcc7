import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPortName, parsePort } from '../../../../src/core/felix/syntax/port.ts';

test('reads ports, ranges and names of ports', () => {
  assert.deepEqual(parsePort('80'), { kind: 'range', min: 80, max: 80 });
  assert.deepEqual(parsePort('1:2'), { kind: 'range', min: 1, max: 2 });
  assert.deepEqual(parsePort('1-2'), { kind: 'name', name: '1-2' });
  for (const text of ['', '2:1', '65536', '1:65536', ' ', 'a b', 'a/b'])
    assert.equal(parsePort(text), undefined, text);
});

test('knows names of ports by the rules of Kubernetes', () => {
  const names = ['http', 'a-b', '1a', 'None', '80', '-a', 'a--b', 'a'.repeat(16)];
  assert.deepEqual(names.filter(isPortName), ['http', 'a-b', '1a']);
});
