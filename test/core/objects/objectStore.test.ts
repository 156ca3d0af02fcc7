import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectStore } from '../../../src/core/objects/objectStore.ts';

const pod = (name: string, fields: object = {}, resourceVersion = '1') => ({
  metadata: { name, namespace: 'shop', resourceVersion },
  ...fields,
});

test('an object is news when it is new or changed, not when only its version is', () => {
  const store = new ObjectStore();
  assert.equal(store.put(pod('a', { status: 'up' })), true);
  assert.equal(store.put(pod('a', { status: 'up' }, '2')), false);
  assert.equal(store.put(pod('a', { status: 'down' }, '3')), true);
  assert.deepEqual(store.objects, [pod('a', { status: 'down' }, '3')]);
});

test('objects of one name in two namespaces are two', () => {
  const store = new ObjectStore();
  store.put(pod('a'));
  store.put({ metadata: { name: 'a', namespace: 'other' } });
  assert.equal(store.objects.length, 2);
  assert.equal(store.remove(pod('a')), true);
  assert.equal(store.remove(pod('a')), false);
  assert.equal(store.objects.length, 1);
});

test('a list takes the place of what there was', () => {
  const store = new ObjectStore();
  store.put(pod('a'));
  store.replace([pod('b')]);
  assert.equal(store.find(pod('a')), undefined);
  assert.deepEqual(store.find(pod('b')), pod('b'));
});
