import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { findChange } = await import('../../src/host/kubeconfigWatch.ts');

const context = (name: string, isCurrent = false, server = 'https://here') => ({
  name,
  cluster: name,
  server,
  user: 'me',
  isCurrent,
});
const before = [context('a', true), context('b')];

test('a kubeconfig that was only written again means nothing', () => {
  assert.equal(findChange(before, before, 'a'), undefined);
  assert.equal(findChange(before, [...before, context('c')], 'a'), undefined);
});

test('a context that leads elsewhere, or is gone, is noticed', () => {
  const moved = [context('a', true, 'https://there'), context('b')];
  assert.deepEqual(findChange(before, moved, 'a'), { kind: 'moved', context: 'a' });
  assert.equal(findChange(before, moved, 'b'), undefined);
  assert.deepEqual(findChange(before, [context('b', true)], 'a'), { kind: 'gone', context: 'a' });
});

test('another current context is offered, unless it is the one that is open', () => {
  const switched = [context('a'), context('b', true)];
  assert.deepEqual(findChange(before, switched, 'a'), { kind: 'switched', to: 'b' });
  assert.equal(findChange(before, switched, 'b'), undefined);
});
