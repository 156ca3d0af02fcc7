import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterExample } from '../../../src/webview/table/example.ts';

test('the example of a filter has only columns that the table has', () => {
  assert.equal(
    filterExample(['proto', 'state', 'idle', 'src']),
    'Filter, such as pod:shop/* proto:tcp state:syn-sent idle>30s',
  );
  assert.equal(filterExample(['time', 'verdict']), 'Filter, such as pod:shop/* verdict:denied time>1.5');
  assert.equal(filterExample([]), 'Filter, such as pod:shop/*');
});
