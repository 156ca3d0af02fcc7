import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose } from '../../../src/language/yaml/compose.ts';
import { asMap } from '../../../src/language/yaml/node.ts';
import { readMap } from '../../../src/language/yaml/value.ts';
import type { YamlValue } from '../../../src/core/felix/yamlValue.ts';

function read(text: string) {
  const map = asMap(compose(text).root);
  assert.ok(map !== undefined);
  return readMap(map);
}

function plain(value: YamlValue): unknown {
  switch (value.kind) {
    case 'list':
      return value.items.map(plain);
    case 'map':
      return value.entries.map(({ key, value }) => [key, plain(value)]);
    case 'null':
      return null;
    case 'string':
    case 'int':
    case 'float':
    case 'bool':
      return value.value;
  }
}

test('reads scalars as kubectl does, and says how they are written', () => {
  const { value: map } = read('a: Off\nb: "Off"\nc: 010\nd: !!str 5\ne:\nf: |\n  x\n');
  assert.deepEqual(plain(map), [
    ['a', false],
    ['b', 'Off'],
    ['c', 8n],
    ['d', '5'],
    ['e', null],
    ['f', 'x\n'],
  ]);
  assert.deepEqual(
    map.entries.map(({ value }) => 'style' in value && value.style),
    ['plain', 'double', 'plain', 'double', 'plain', 'block'],
  );
});

test('merges keys: the map’s own first, then those of earlier merges', () => {
  const { value: map } = read('x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n');
  assert.deepEqual(plain(map.entries[2]?.value ?? map), [
    ['a', 3n],
    ['b', 1n],
    ['c', 2n],
  ]);
});

test('leaves out what a template makes, and says so', () => {
  const reading = read('a: "${A}"\nb: 1\nc: [1, "${C}"]\n');
  assert.equal(reading.partial, true);
  assert.deepEqual(plain(reading.value), [
    ['b', 1n],
    ['c', [1n]],
  ]);
});

test('finds the place of a path, or of as much of it as there is', () => {
  const text = 'spec:\n  list: [1, {port: 2}]\n';
  const reading = read(text);
  const at = (...path: (string | number)[]) => {
    const { node, exact } = reading.locate(path);
    return [text.slice(node.span.start, node.span.end), exact];
  };
  assert.deepEqual(at('spec', 'list', 1, 'port'), ['2', true]);
  assert.deepEqual(at('spec', 'list', 0), ['1', true]);
  assert.deepEqual(at('spec', 'list', 1, 'net'), ['{port: 2}', false]);
});
