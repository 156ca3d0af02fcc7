import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeCells } from '../../../src/core/table/cellLines.ts';
import { Pages } from '../../../src/webview/table/pages.ts';

const count = 512_000;

/** The first rows of the pages that are asked for while rows come into sight, one after the other. */
function asked(...firsts: readonly number[]): readonly number[] {
  const starts: number[] = [];
  const pages = new Pages(({ start }) => starts.push(start));
  for (const first of firsts) pages.expectAround({ first, last: first + 40 }, count);
  return starts;
}

test('what is in sight and a little around it is asked for, once', () => {
  assert.deepEqual(asked(0, 1, 2), [0]);
  assert.deepEqual(asked(5000), [4800, 5000]);
});

test('the faster it is scrolled, the farther ahead it is asked', () => {
  assert.deepEqual(asked(0, 50), [0, 200, 400]);
  assert.deepEqual(asked(1000, 950), [800, 1000, 400, 600]);
});

test('a jump leads nowhere else', () => {
  assert.deepEqual(asked(0, 300_000), [0, 299_800, 300_000]);
});

test('nothing is asked for below the end', () => {
  assert.deepEqual(asked(count - 41), [count - 200]);
});

test('an answer to a question of before is left', () => {
  const pages = new Pages(() => {});
  pages.expectAround({ first: 0, last: 40 }, count);
  pages.forget();
  assert.equal(pages.take({ number: 0, start: 0, lines: '' }), undefined);
});

test('the rows of an answer are known from then on', () => {
  const pages = new Pages(() => {});
  pages.expectAround({ first: 200, last: 240 }, count);
  assert.equal(pages.at(201), undefined);
  const rows = ['first', 'second'].map((text) => ({ texts: [text], tones: [] }));
  const known = pages.take({ number: 0, start: 200, lines: writeCells(rows) });
  assert.deepEqual(known, { first: 200, last: 399 });
  assert.deepEqual(pages.at(201)?.texts, ['second']);
  assert.equal(pages.at(202), undefined);
});
