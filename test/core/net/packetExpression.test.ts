import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcapError } from '../../../src/core/felix/syntax/pcap.ts';
import { packetExpression } from '../../../src/core/net/packetExpression.ts';

test('an address, a port and a protocol, alone and together, are a filter', () => {
  const expected: Readonly<Record<string, string>> = {
    '10.65.0.2': 'host 10.65.0.2',
    'fd00::1': 'host fd00::1',
    '[fd00::1]': 'host fd00::1',
    '10.65.0.0/16': 'net 10.65.0.0/16',
    '10.65.0.2:80': 'host 10.65.0.2 and port 80',
    '[fd00::1]:53/udp': 'host fd00::1 and udp port 53',
    '10.65.0.2:80/tcp': 'host 10.65.0.2 and tcp port 80',
    '10.65.0.0/16 ICMP': 'net 10.65.0.0/16 and icmp',
    ':443': 'port 443',
    '443': 'port 443',
    ' 53 udp ': 'udp port 53',
    tcp: 'tcp',
  };
  for (const [text, expression] of Object.entries(expected)) {
    assert.equal(packetExpression(text), expression, text);
    assert.equal(pcapError(expression), undefined, expression);
  }
});

test('what is neither is no filter', () => {
  for (const text of ['', 'cart', '10.65.0', '10.65.0.2:70000', '10.65.0.0/33', 'tcp or udp', ':'])
    assert.equal(packetExpression(text), undefined, text);
});
