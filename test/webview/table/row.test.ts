import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortened } from '../../../src/webview/table/row.ts';

test('a name that is too long keeps its beginning and its end', () => {
  assert.equal(shortened('shop/cart-6f5b9c7d4c-m8t2l', 22), 'shop/cart-6f5b…c-m8t2l');
  assert.equal(shortened('shop/cart', 22), 'shop/cart');
});
