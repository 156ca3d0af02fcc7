import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from '../../../src/core/table/pieces.ts';

const encoder = new TextEncoder();

test('text is found across pieces, and characters that pieces cut are whole', () => {
  const pieces = new Pieces();
  const bytes = encoder.encode('eins zwölf drei');
  for (let at = 0; at < bytes.length; at += 3) pieces.push(bytes.subarray(at, at + 3));
  assert.equal(pieces.text(), 'eins zwölf drei');
  assert.equal(pieces.textOf({ start: 5, end: 11 }), 'zwölf');
});

test('each piece is read once, and a reader that wants no more gets no more', () => {
  const pieces = new Pieces();
  const read: string[] = [];
  const take = (bytes: Uint8Array) => read.push(new TextDecoder().decode(bytes)) < 3;
  pieces.push(encoder.encode('a'));
  pieces.readInto(take);
  for (const text of ['b', 'c', 'd']) pieces.push(encoder.encode(text));
  pieces.readInto(take);
  assert.deepEqual(read, ['a', 'b', 'c']);
});

test('of what is too long the oldest goes, once it was read', () => {
  const pieces = new Pieces(5);
  for (const text of ['one ', 'two ', 'six ']) pieces.push(encoder.encode(text));
  pieces.shorten();
  assert.equal(pieces.text(), 'one two six ');
  pieces.readInto(() => true);
  pieces.shorten();
  assert.equal(pieces.textOf({ start: 0, end: 4 }), '');
  assert.equal(pieces.textOf({ start: 8, end: 12 }), 'six ');
});
