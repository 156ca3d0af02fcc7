import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressVersion, cidrVersion, isDnsSubdomain } from '../../../../src/core/felix/syntax/network.ts';

test('tells IPv4 and IPv6 apart as Go does', () => {
  assert.equal(addressVersion('::ffff:10.0.0.1'), 4);
  assert.equal(addressVersion('010.0.0.1'), undefined);
  assert.equal(cidrVersion('10.0.0.1'), 4);
  assert.equal(cidrVersion('fd00::/64'), 6);
  assert.equal(cidrVersion('10.0.0.0/33'), undefined);
  assert.equal(cidrVersion('10.0.0.0/'), undefined);
});

test('knows names of objects', () => {
  const names = ['default', 'node.worker-1', 'a..b', '-a', 'A', 'a'.repeat(254)];
  assert.deepEqual(names.filter(isDnsSubdomain), ['default', 'node.worker-1']);
});
