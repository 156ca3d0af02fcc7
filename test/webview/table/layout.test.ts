import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnInfo } from '../../../src/core/table/calls.ts';
import { nextSort } from '../../../src/webview/table/head.ts';
import { fitted, layoutOf, layoutRules, widened, widthOf } from '../../../src/webview/table/layout.ts';

function column(id: string, isExtra = false): ColumnInfo {
  return { id, title: id, meaning: '', kind: 'text', isExtra, width: 10 };
}

const all = [column('a'), column('b'), column('c', true)];
const closed = { opens: false };
const ids = (chosen?: readonly string[]) => layoutOf(all, chosen, closed).columns.map(({ id }) => id);

test('at first all columns are shown but the extras', () => {
  assert.deepEqual(ids(), ['a', 'b']);
});

test('a choice is followed, unless it leaves nothing', () => {
  assert.deepEqual(ids(['c', 'a', 'gone']), ['a', 'c']);
  assert.deepEqual(ids(['gone']), ['a', 'b', 'c']);
});

test('the last column takes what is left, and a width that was drawn is kept', () => {
  const layout = widened(layoutOf(all, undefined, closed), 'a', 20);
  assert.equal(
    layoutRules(layout),
    `.row { grid-template-columns: calc(20ch + 18px) minmax(calc(10ch + 18px), 1fr); }
.head-group, .body { width: max(100%, 30ch + 36px); }`,
  );
});

test('wide columns give way to the others, and keep what makes a name readable', () => {
  const wide = ['a', 'b', 'c'].map((id) => ({ ...column(id), width: 40 }));
  const widths = (room: number) => {
    const layout = fitted(widened(layoutOf(wide, undefined, closed), 'b', 30), room);
    return wide.map((each) => widthOf(layout, each));
  };
  assert.deepEqual(widths(200), [40, 30, 40]);
  assert.deepEqual(widths(100), [32, 30, 32]);
  assert.deepEqual(widths(50), [22, 30, 22]);
});

test('where rows open, the first column has room for the sign of it', () => {
  assert.match(layoutRules(layoutOf(all, ['a'], { opens: true })), /minmax\(calc\(10ch \+ 34px\), 1fr\)/);
});

test('a title sorts ascending, then descending, then no longer', () => {
  const once = nextSort([], 'a', false);
  const twice = nextSort(once, 'a', false);
  assert.deepEqual(
    [once, twice, nextSort(twice, 'a', false)],
    [[{ id: 'a', direction: 'ascending' }], [{ id: 'a', direction: 'descending' }], []],
  );
});

test('another title takes its place, or comes second where it is added', () => {
  const sort = nextSort([], 'a', false);
  assert.deepEqual(
    nextSort(sort, 'b', false).map(({ id }) => id),
    ['b'],
  );
  const both = nextSort(sort, 'b', true);
  assert.deepEqual(
    both.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual(nextSort(both, 'a', true), [
    { id: 'a', direction: 'descending' },
    { id: 'b', direction: 'ascending' },
  ]);
});
