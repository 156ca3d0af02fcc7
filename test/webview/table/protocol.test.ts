import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFromView, readToView, readViewState } from '../../../src/webview/table/protocol.ts';

test('messages of the view are read', () => {
  const shape = { filter: 'tcp', sort: [{ id: 'idle', direction: 'descending' }] };
  for (const message of [
    { kind: 'ready' },
    { kind: 'show', number: 1, shape },
    { kind: 'cells', number: 2, start: 0, end: 200, columns: ['src'] },
    { kind: 'complete', number: 3, text: 'st', at: 2 },
    { kind: 'columns', chosen: ['src'] },
    { kind: 'line', index: 7 },
    { kind: 'copy', format: 'csv', columns: ['src'], indices: [1, 2] },
    { kind: 'copy', format: 'json', columns: [] },
  ])
    assert.deepEqual(readFromView(message), message);
});

test('anything else is no message', () => {
  for (const message of [
    undefined,
    'ready',
    [],
    { kind: 'other' },
    { kind: 'show', number: -1, shape: { filter: '', sort: [] } },
    { kind: 'show', number: 1, shape: { filter: 1, sort: [] } },
    { kind: 'cells', number: 1, start: 0, end: Number.NaN, columns: [] },
    { kind: 'copy', format: 'xml', columns: [] },
    { kind: 'line', index: '7' },
  ])
    assert.equal(readFromView(message), undefined);
  assert.equal(readToView({ kind: 'did-keydown' }), undefined);
});

test('one question asks for no more rows than fit an answer', () => {
  const read = readFromView({ kind: 'cells', number: 1, start: 10, end: 1e9, columns: [] });
  assert.ok(read?.kind === 'cells' && read.end === 1010);
});

test('of a state only what is usable is kept', () => {
  assert.deepEqual(readViewState(undefined), { filter: '', sort: [], top: 0 });
  assert.deepEqual(
    readViewState({
      filter: 'x',
      sort: [
        { id: 'a', direction: 'up' },
        { id: 'b', direction: 'ascending' },
      ],
      top: 5,
    }),
    { filter: 'x', sort: [{ id: 'b', direction: 'ascending' }], top: 5 },
  );
});
