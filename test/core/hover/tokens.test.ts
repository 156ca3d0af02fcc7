import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenAt } from '../../../src/core/hover/tokens.ts';
import type { DumpLanguage } from '../../../src/core/probes.ts';

/** Checks what stands at the caret, which marks a column of the line above it: `^ kind text`. */
function checkToken(language: DumpLanguage, marked: string): void {
  const [line = '', ...marks] = marked.replace(/^\n/, '').split('\n');
  for (const mark of marks) {
    const [, spaces = '', expected = ''] = /^(\s*)\^ (.*)$/.exec(mark) ?? [];
    const token = tokenAt(language, line, spaces.length);
    assert.equal(token === undefined ? 'nothing' : `${token.kind} ${token.text}`, expected);
    if (token !== undefined) assert.equal(line.slice(token.span.start, token.span.end).trim(), token.text);
  }
}

test('a NAT frontend holds an address, a protocol, a service id, a count and flags', () => {
  checkToken(
    'calico-bpf-nat',
    `
10.96.0.10 port 53 proto 17 id 4 count 0 local 0 flags external-local src 10.0.0.0/8
  ^ address 10.96.0.10
                         ^ protocol 17
                               ^ serviceId 4
                                       ^ natCount 0
                                                          ^ natFlag external-local
                                                                            ^ cidr 10.0.0.0/8
              ^ nothing`,
  );
});

test('a NAT backend holds its service id and its endpoint', () => {
  assert.equal(tokenAt('calico-bpf-nat', '\t7:0\t 10.65.0.9:53', 2)?.kind, 'serviceId');
  assert.equal(tokenAt('calico-bpf-nat', '\t7:0\t 10.65.0.9:53', 12)?.text, '10.65.0.9:53');
  assert.equal(tokenAt('calico-bpf-nat', '\t7:0\t is missing', 9)?.kind, 'missing');
});

test('a route holds its CIDR, words, interface and next hop', () => {
  checkToken(
    'calico-bpf-routes',
    `
10.65.1.64/26: remote workload nat-out nh 192.168.5.21
     ^ cidr 10.65.1.64/26
                  ^ routeFlag remote
                                   ^ routeFlag nat-out
                                             ^ address 192.168.5.21`,
  );
});

test('a conntrack entry holds up to three endpoints and a state, pretty and raw', () => {
  checkToken(
    'calico-bpf-conntrack',
    `
TCP 10.65.0.2:43562 -> 10.96.4.7:80 -> 10.65.1.9:8080  Active ago 1.2s SYN-SENT
       ^ endpoint 10.65.0.2:43562
                            ^ endpoint 10.96.4.7:80
                                            ^ endpoint 10.65.1.9:8080
                                                                         ^ tcpState SYN-SENT`,
  );
  checkToken(
    'calico-bpf-conntrack',
    `
ConntrackKey{proto=6 10.0.0.1:80 <-> 10.0.0.2:81} -> Entry{Type:0, LastSeen:1, Flags: 0x100 B-A Data: {A2B:{Ifindex:12} B2A:{Ifindex:2} OrigDst:10.0.0.3 TunIP:0.0.0.0}}
                        ^ endpoint 10.0.0.1:80
                                        ^ endpoint 10.0.0.2:81
                                                                                             ^ conntrackFlag B-A
                                                                                                                     ^ ifIndex 12
                                                                                                                                                  ^ address 10.0.0.3`,
  );
});

test('sets, interfaces, counters and policies have their tokens', () => {
  assert.equal(tokenAt('calico-bpf-ipsets', 'IP set 0x9bb9786e55d550fe', 12)?.kind, 'ipSet');
  assert.equal(tokenAt('calico-bpf-ipsets', '   10.65.1.9:8080 (proto 6)', 6)?.text, '10.65.1.9:8080');
  assert.equal(
    tokenAt('calico-bpf-ifstate', '   12 : {flags: workload,v4Ready, name: calic048fd9a750}', 27)?.text,
    'v4Ready',
  );
  assert.equal(
    tokenAt('calico-bpf-ifstate', '   12 : {flags: workload,v4Ready, name: calic048fd9a750}', 45)?.kind,
    'interface',
  );
  assert.equal(
    tokenAt('calico-bpf-counters', '| Dropped  | by policy                      |     786 |', 15)?.text,
    'by policy',
  );
  assert.equal(
    tokenAt('calico-bpf-arp', 'dev   17:       10.65.0.1 : ee:ee:ee:ee:ee:ee -> 8a:11:22:33:44:55', 20)?.kind,
    'address',
  );
  assert.equal(tokenAt('calico-bpf-policy', '      IP sets: src=0x27e6ff21d0b1479c', 25)?.kind, 'ipSet');
  assert.equal(
    tokenAt('calico-bpf-policy', '      IP sets: dst={10.65.0.2/32, 10.65.1.9:80 (proto 6)}', 40)?.kind,
    'endpoint',
  );
});
