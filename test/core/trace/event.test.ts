import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage, type TraceEvent } from '../../../src/core/trace/event.ts';
import { readPrefix } from '../../../src/core/trace/prefix.ts';

function checkEvents(messages: Readonly<Record<string, TraceEvent | undefined>>, isIpv6 = false): void {
  for (const [message, event] of Object.entries(messages)) {
    const span = { start: 0, end: message.length };
    assert.deepEqual(readMessage(message, span, isIpv6), event, message);
  }
}

test('reads addresses dotted, and as hexadecimal numbers before v3.30', () => {
  checkEvents({
    'IP s=10.65.0.2 d=1.2.3.4': { kind: 'addresses', source: '10.65.0.2', destination: '1.2.3.4' },
    'IP s=a410002 d=1020304': { kind: 'addresses', source: '10.65.0.2', destination: '1.2.3.4' },
    'IP id=7 s=a410002 d=c0a80515': {
      kind: 'idAndAddresses',
      id: 7,
      source: '10.65.0.2',
      destination: '192.168.5.21',
    },
    'CT: lookup to   a410002:80': { kind: 'lookupTo', address: '10.65.0.2', port: 80 },
    'rt found for 0xa410002 local 1': { kind: 'backendRoute', address: '10.65.0.2', local: 1 },
    'tun_ip=0': { kind: 'stateTunnel', address: '0.0.0.0' },
    'CT: fwd tun_ip:0.0.0.0': { kind: 'forwardTunnel', address: '0.0.0.0' },
  });
});

test('reads addresses of IPv6 in brackets, and what is left of them before v3.30', () => {
  checkEvents(
    {
      'IP s=[fe80:0000:0000:0000:5054:00ff:fecc:dd02] d=[ff02:0000:0000:0000:0000:0001:ff00:0001]': {
        kind: 'addresses',
        source: 'fe80::5054:ff:fecc:dd02',
        destination: 'ff02::1:ff00:1',
      },
      'CT: lookup from [fd00:0000:0000:0000:0000:0000:0000:0001]:8080': {
        kind: 'lookupFrom',
        address: 'fd00::1',
        port: 8080,
      },
      'CT: lookup from feccdd02:8080': { kind: 'lookupFrom', address: '…:fecc:dd02', port: 8080 },
    },
    true,
  );
});

test('turns around what is printed in the order of the network', () => {
  checkEvents({
    'ICMP v4 reply: ip_orig.daddr != HOST_IP 0x1505a8c0': { kind: 'replyNotHost', address: '192.168.5.21' },
    'Lookup: ip=1505a8c0 port=20480(BE) cookie=1f': {
      kind: 'lookup',
      address: '192.168.5.21',
      port: 80,
      cookie: 31,
    },
  });
});

test('reads each version’s spelling of the same message as the same event', () => {
  const same: readonly (readonly string[])[] = [
    ['CT: Miss.', 'CT-6 Miss.', 'CT-17 Miss.'],
    ['CT: lookup from a410002:80', 'CT-6 lookup from a410002:80', 'CT: lookup from 10.65.0.2:80'],
    [
      'CT: Packet not allowed by ingress/egress approval flags (TH).',
      'CT-6 Packet not allowed by ingress/egress whitelist flags (TH).',
    ],
    ['Final result=ALLOW (3). Bypass mark set.', 'Final result=ALLOW (3). Bypass mark bit set.'],
    ['CT mid-flow miss; fall through to iptables.', 'CT mid-flow miss; fall through to iptables'],
    [
      'CT mid-flow miss away from host with no Linux conntrack entry, drop.',
      'CT mid-flow miss away from host with no Linux conntrack entry, will drop',
    ],
    [
      'tc_preamble iface cali1 failed to call log filter 7',
      'tc_preamble v4 iface cali1 failed to call log filter 7',
    ],
    ['Entering calico_tc_skb_accepted_entrypoint', 'Entering calico_tc_skb_accepted_entrypoint fib 1'],
  ];
  for (const [first = '', ...others] of same) {
    const kind = readMessage(first, { start: 0, end: first.length }, false)?.kind;
    assert.notEqual(kind, undefined, first);
    for (const other of others)
      assert.equal(readMessage(other, { start: 0, end: other.length }, false)?.kind, kind, other);
  }
});

test('reads the results of each version', () => {
  checkEvents({
    'Final result=ALLOW rc -1. Program execution time: 7366ns': {
      kind: 'allowed',
      tcCode: -1,
      nanoseconds: 7366,
    },
    'Final result=ALLOW (-1). Program execution time: 7366ns': {
      kind: 'allowedWithReason',
      reason: -1,
      nanoseconds: 7366,
    },
    'Final result=DENY (ed). Program execution time: 12ns': { kind: 'denied', reason: 'ed', nanoseconds: 12 },
    'policy DENIED  proto 6 src 10.0.0.1:5 dest 10.0.0.2:80': {
      kind: 'logDenied',
      protocol: 6,
      source: '10.0.0.1',
      sourcePort: 5,
      destination: '10.0.0.2',
      destinationPort: 80,
    },
  });
});

test('knows no message that is cut, longer than known, or has something else where a value should be', () => {
  checkEvents({
    '': undefined,
    'New packet at ifindex=12; mar': undefined,
    'CT: Miss. And more': undefined,
    'New packet at ifindex=twelve; mark=0': undefined,
    'IP s=10.65.0 d=1.2.3.4': undefined,
    'IP s=10.65.0.256 d=1.2.3.4': undefined,
    'IP s=123456789 d=1.2.3.4': undefined,
    'CT-six Miss.': undefined,
  });
});

test('reads the prefix of each version', () => {
  const prefixes: Readonly<Record<string, object>> = {
    'ens192---E: x': {
      kind: 'interface',
      hook: { interface: 'ens192', isShort: true, direction: 'E' },
      isIpv6: false,
    },
    'cali6d21-I: x': {
      kind: 'interface',
      hook: { interface: 'cali6d21', isShort: true, direction: 'I' },
      isIpv6: false,
    },
    'calic048fd9a750-E: x': {
      kind: 'interface',
      hook: { interface: 'calic048fd9a750', isShort: false, direction: 'E' },
      isIpv6: false,
    },
    'vxlan.calico----I: x': {
      kind: 'interface',
      hook: { interface: 'vxlan.calico', isShort: false, direction: 'I' },
      isIpv6: false,
    },
    'IPv6 eth0------------X: x': {
      kind: 'interface',
      hook: { interface: 'eth0', isShort: false, direction: 'X' },
      isIpv6: true,
    },
    'CALI-C: x': { kind: 'connect-time', name: 'CALI-C', isIpv6: false },
    'CTLB------------: x': { kind: 'connect-time', name: 'CTLB', isIpv6: false },
    'CTLB-V46--------: x': { kind: 'connect-time', name: 'CTLB-V46', isIpv6: false },
    'CTLB-V6---------: x': { kind: 'connect-time', name: 'CTLB-V6', isIpv6: true },
    'CT-CLEANER------: x': { kind: 'other', isIpv6: false },
    'CTLB-V99--------: x': { kind: 'connect-time', name: 'CTLB-V99', isIpv6: false },
    'MAGLEV-AGER-----: x': { kind: 'other', isIpv6: false },
    'eth0------------------I: x': {
      kind: 'interface',
      hook: { interface: 'eth0', isShort: false, direction: 'I' },
      isIpv6: false,
    },
  };
  for (const [text, program] of Object.entries(prefixes)) {
    const prefix = readPrefix(text, 0, text.length);
    assert.deepEqual(prefix?.program, program, text);
    assert.equal(text.slice(prefix?.end), 'x', text);
  }
  for (const text of ['CT: Miss.', 'hello-E: x', 'eth0-I: x', 'CTLB', '--------: x', 'a b--------: x', ''])
    assert.equal(readPrefix(text, 0, text.length), undefined, text);
});
