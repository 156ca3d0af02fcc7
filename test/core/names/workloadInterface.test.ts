import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workloadInterface } from '../../../src/core/names/workloadInterface.ts';

test('names the interface of a pod as Calico does', () => {
  assert.equal(workloadInterface('default', 'nginx-0'), 'calic048fd9a750');
  assert.equal(workloadInterface('shop', 'cart-6f5b9c7d4c-m8t2l'), 'cali8cb945225b4');
  assert.equal(workloadInterface('default', 'nginx-0', 'tap'), 'tapc048fd9a750');
});
