import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePcap, type FilteredPacket } from '../../../src/core/net/pcapFilter.ts';

const web: FilteredPacket = {
  family: 4,
  protocol: 6,
  sources: [{ address: '10.65.0.2', port: 40000 }],
  destinations: [
    { address: '10.96.0.10', port: 80 },
    { address: '10.65.1.7', port: 8080 },
  ],
};
const dns: FilteredPacket = {
  family: 6,
  protocol: 17,
  sources: [{ address: 'fd00::1', port: 5353 }],
  destinations: [{ address: 'fd00::a', port: 53 }],
};

function check(text: string, [matchesWeb, matchesDns]: readonly [boolean, boolean]): void {
  const filter = compilePcap(text);
  assert.ok(filter, text);
  assert.deepEqual([filter(web), filter(dns)], [matchesWeb, matchesDns], text);
}

test('matches addresses, nets, ports and protocols, before and after NAT', () => {
  check('', [true, true]);
  check('host 10.65.0.2', [true, false]);
  check('10.65.1.7', [true, false]);
  check('src host 10.65.1.7', [false, false]);
  check('dst net 10.96.0.0/12', [true, false]);
  check('net fd00::/16', [false, true]);
  check('port 53', [false, true]);
  check('tcp dst port 8080', [true, false]);
  check('udp port 80 or icmp6', [false, false]);
  check('ip6 and not tcp', [false, true]);
  check('host 10.65.0.2 and (port 80 or port 53)', [true, false]);
  check('! (tcp || udp)', [false, false]);
  check('HOST FD00::1 && UDP', [false, true]);
});

test('what cannot be told from addresses, ports and protocols is not guessed', () => {
  for (const text of [
    'tcp[tcpflags] & tcp-syn != 0',
    'vlan 3',
    'portrange 1-5',
    'greater 100',
    'host',
    '(tcp',
    'tcp)',
  ]) {
    assert.equal(compilePcap(text), undefined, text);
  }
});

test('no text makes it throw', () => {
  const words = fc.constantFrom(
    '(',
    ')',
    'and',
    'or',
    'not',
    'host',
    'port',
    'src',
    'tcp',
    '10.0.0.1',
    '53',
    'x',
  );
  fc.assert(
    fc.property(fc.array(words), (tokens) => {
      compilePcap(tokens.join(' '))?.(web);
    }),
  );
});
