import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipSetId, ipSetNumber, normalizeIpSetNumber } from '../../../src/core/names/ipSetId.ts';

test('names and numbers a set as Felix does', () => {
  for (const [selector, id, number] of [
    ['all()', 's:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug', '0x9bb9786e55d550fe'],
    [
      'projectcalico.org/namespace == "default"',
      's:4g010_DunYvItGg3dv2MxnaJYxWEVRwn0exiaA',
      '0x887397935f6074a0',
    ],
  ] as const) {
    assert.equal(ipSetId('s', selector), id);
    assert.equal(ipSetNumber(id), number);
  }
});

test('a number is the same with leading zeros and in capitals', () => {
  assert.equal(normalizeIpSetNumber('0x004F2BCC40D3FD0D6'), '0x4f2bcc40d3fd0d6');
  assert.equal(normalizeIpSetNumber('0x0'), '0x0');
});
