import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcapError } from '../../../../src/core/felix/syntax/pcap.ts';

test('takes pcap filters', () => {
  for (const filter of [
    '',
    'host 10.0.0.1',
    'tcp and port 443',
    'not (udp or icmp)',
    'tcp[tcpflags] & tcp-syn != 0',
    'port http',
  ])
    assert.equal(pcapError(filter), undefined, filter);
});

test('tells of parentheses, joints and ports', () => {
  assert.equal(pcapError('(tcp'), 'a parenthesis is not closed');
  assert.equal(pcapError('tcp)'), 'it closes a parenthesis that is not open');
  assert.equal(pcapError('tcp and'), 'it ends with “and” or “or”');
  assert.equal(pcapError('and tcp'), 'nothing stands before “and”');
  assert.equal(pcapError('port 70000'), 'there is no port 70000');
  assert.equal(pcapError('host and port 1'), 'an address is missing behind “host”');
});
