import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveSelection, noSelection, selectedRange } from '../../../src/webview/table/selection.ts';

/** Where some keys lead in a table of ten rows and three columns, four rows of which fit in sight. */
function after(...keys: readonly string[]) {
  return keys.reduce((selection, text) => {
    const [key = '', ...held] = text.split('+').toReversed();
    const pressed = { key, shiftKey: held.includes('Shift'), ctrlKey: held.includes('Ctrl'), metaKey: false };
    return moveSelection(selection, pressed, { rows: 10, columns: 3, page: 4 }) ?? selection;
  }, noSelection);
}

test('arrows lead by one, pages by what is in sight, Home and End to the ends', () => {
  assert.equal(after('ArrowDown', 'ArrowDown').row, 2);
  assert.equal(after('PageDown', 'PageDown', 'PageDown').row, 9);
  assert.equal(after('End').row, 9);
  assert.equal(after('End', 'PageUp').row, 5);
  assert.equal(after('End', 'Home').row, 0);
  assert.equal(after('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft').column, 1);
});

test('above the first row are the titles, which are no selected row', () => {
  assert.equal(after('ArrowUp', 'ArrowUp').row, -1);
  assert.equal(selectedRange(after('ArrowUp')), undefined);
  assert.deepEqual(selectedRange(after('ArrowUp', 'ArrowDown')), { first: 0, last: 0 });
});

test('with Shift the rows in between are selected, and with A all', () => {
  assert.deepEqual(selectedRange(after('ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown')), {
    first: 1,
    last: 3,
  });
  assert.deepEqual(selectedRange(after('End', 'Shift+PageUp')), { first: 5, last: 9 });
  assert.deepEqual(selectedRange(after('Shift+ArrowDown', 'ArrowDown')), { first: 2, last: 2 });
  assert.deepEqual(selectedRange(after('Ctrl+a')), { first: 0, last: 9 });
});

test('other keys lead nowhere', () => {
  const pressed = { key: 'x', shiftKey: false, ctrlKey: false, metaKey: false };
  assert.equal(moveSelection(noSelection, pressed, { rows: 10, columns: 3, page: 4 }), undefined);
});
