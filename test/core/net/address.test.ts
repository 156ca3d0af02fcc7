import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, ipBytes, parseCidr, parseIp } from '../../../src/core/net/address.ts';
import { parseEndpoint } from '../../../src/core/net/endpoint.ts';
import { PrefixMap, cidrContains } from '../../../src/core/net/prefix.ts';

test('reads addresses into canonical text', () => {
  assert.equal(parseIp('10.65.0.2'), '10.65.0.2');
  assert.equal(parseIp('FD00:0:0:0:0:0:0:1'), 'fd00::1');
  assert.equal(parseIp('::'), '::');
  assert.equal(parseIp('::ffff:10.0.0.1'), '::ffff:a00:1');
});

test('refuses what is no address', () => {
  for (const text of [
    '',
    '10.65.0',
    '10.65.0.256',
    '10.65.0.02',
    '1.2.3.4.5',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    'g::1',
  ]) {
    assert.equal(parseIp(text), undefined, text);
  }
  assert.equal(parseCidr('10.0.0.0/33'), undefined);
  assert.equal(parseCidr('10.0.0.0/08'), undefined);
});

test('writes every IPv6 address so that it reads back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      assert.deepEqual(ipBytes(formatIp(bytes)), bytes);
    }),
  );
});

test('splits an unbracketed IPv6 endpoint at its last colon', () => {
  assert.deepEqual(parseEndpoint('fd00::1:80'), { address: 'fd00::1', port: 80 });
  assert.deepEqual(parseEndpoint('[fd00::1]:80'), { address: 'fd00::1', port: 80 });
});

test('finds the most specific prefix of an address', () => {
  const map = new PrefixMap<string>();
  for (const text of ['10.0.0.0/8', '10.65.0.0/16', '10.65.0.2/32']) {
    const cidr = parseCidr(text);
    if (cidr !== undefined) map.set(cidr, text);
  }
  const find = (text: string) => {
    const address = parseIp(text);
    return address === undefined ? undefined : map.find(address);
  };
  assert.equal(find('10.65.0.2'), '10.65.0.2/32');
  assert.equal(find('10.65.9.9'), '10.65.0.0/16');
  assert.equal(find('10.1.1.1'), '10.0.0.0/8');
  assert.equal(find('fd00::1'), undefined);
});

test('knows whether an address lies in a CIDR', () => {
  const cidr = parseCidr('10.244.0.64/26');
  const inside = parseIp('10.244.0.127');
  const outside = parseIp('10.244.0.128');
  assert.ok(cidr !== undefined && inside !== undefined && outside !== undefined);
  assert.equal(cidrContains(cidr, inside), true);
  assert.equal(cidrContains(cidr, outside), false);
});
