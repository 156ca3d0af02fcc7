import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { patterns, type TokenLanguage } from '../../../src/core/hover/patterns.ts';
import { tokenAt } from '../../../src/core/hover/tokens.ts';

/** Checks what stands at the caret, which marks a column of the line above it: `^ kind text`. */
function checkToken(language: TokenLanguage, marked: string): void {
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

test('an affinity holds its client, service and backend, in every version’s layout', () => {
  checkToken(
    'calico-bpf-nat',
    `
client 10.65.0.2 svc proto 6 10.96.4.7:80 -> 10.65.1.9:8080 ts 2h15m23.45s
         ^ address 10.65.0.2
                                 ^ endpoint 10.96.4.7:80
                                               ^ endpoint 10.65.1.9:8080
                                                                ^ sinceBoot 2h15m23.45s`,
  );
  checkToken(
    'calico-bpf-nat',
    `
client 0.0.0.0 svc proto 6 10.96.4.7:80 -> 10.65.1.9:8080 ts 2h15m23.45s
         ^ connectTimeClient 0.0.0.0`,
  );
  checkToken(
    'calico-bpf-nat',
    `
AffinityKey{ClientIP:10.65.0.2 FrontEndAffinityKey{Proto:6 Addr:10.96.4.7 Port:80}} AffinityValue{Timestamp:8,Backend:NATBackendValue{Addr:10.65.1.9 Port:8080}}
                        ^ address 10.65.0.2
                                                                   ^ address 10.96.4.7
                                                                                                                                           ^ address 10.65.1.9`,
  );
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

test('a counter knows the category that a row above names', () => {
  const rows = [
    '| CATEGORY |              TYPE              | INGRESS | EGRESS | XDP |',
    '| Accepted | by policy                      |    5012 |   4410 | N/A |',
    '| Dropped  | Maglev lookup found no         |       0 |      0 | N/A |',
    '|          | backends for service IP        |         |        |     |',
    '|          | by policy                      |     786 |     42 | N/A |',
  ];
  const at = (row: number, column: number) =>
    tokenAt('calico-bpf-counters', rows[row] ?? '', column, (distance) => rows[row - distance]);
  assert.equal(at(1, 15)?.line['category'], 'Accepted');
  assert.equal(at(4, 15)?.line['category'], 'Dropped');
  assert.equal(at(2, 4)?.kind, 'category');
  assert.equal(at(0, 46)?.text, 'INGRESS');
  assert.equal(at(0, 20), undefined);
  assert.equal(at(1, (rows[1] ?? '').indexOf('N/A'))?.kind, 'unavailable');
});

test('a backend knows the protocol of the frontend above it', () => {
  const lines = [
    '10.96.0.10 port 53 proto 17 id 4 count 2 local 1',
    '\t4:0\t 10.65.0.9:53',
    '\t4:1\t 10.65.1.7:53',
  ];
  const token = tokenAt('calico-bpf-nat', lines[2] ?? '', 10, (distance) => lines[2 - distance]);
  assert.deepEqual([token?.text, token?.line['protocol']], ['10.65.1.7:53', '17']);
});

test('a raw conntrack entry holds its type, its flags and what each side has seen', () => {
  checkToken(
    'calico-bpf-conntrack',
    `
Entry{Type:2, LastSeen:1, Flags: 0x140 ext-local B-A Data: {A2B:{SynSeen:true Approved:false Ifindex:12} B2A:{}}}
        ^ entryType Type:2
                                   ^ flagBits 0x140
                                                                      ^ legFlag SynSeen:true
                                                                                    ^ legFlag Approved:false`,
  );
});

test('a policy dump holds actions, ends of tiers, hit counts and profiles, in every version’s layout', () => {
  const kindAt = (line: string, word: string) => {
    const token = tokenAt('calico-bpf-policy', line, line.indexOf(word) + 1);
    return token === undefined ? 'nothing' : `${token.kind} ${token.text}`;
  };
  assert.equal(kindAt('      Rule: shop/web  Action: deny', 'deny'), 'action deny');
  assert.equal(kindAt('  End Tier: default  (action: pass)', 'pass'), 'tierEnd pass');
  assert.equal(kindAt('// End of tier default: deny', 'deny'), 'tierEnd deny');
  assert.equal(kindAt('      Hit count: 4', 'count'), 'hitCount Hit count: 4');
  assert.equal(kindAt('// count = 17', 'count'), 'hitCount // count = 17');
  assert.equal(kindAt('      Rule: kns.shop  Action: allow', 'kns'), 'profile kns.shop');
  assert.equal(kindAt('// Start of rule action:"log" rule_id:"aBcD"', 'log'), 'action log');
});

test('a trace line holds its interface, direction, addresses, indices and verdicts', () => {
  checkToken(
    'calico-bpf-trace',
    `
   curl-21034   [003] b.s1  7712.104512: bpf_trace_printk: calic048fd9a750-E: IP s=10.65.0.2 d=10.65.1.9
                                                                ^ interface calic048fd9a750
                                                                           ^ traceHook E
                                                                                      ^ address 10.65.0.2
                                                                                                  ^ address 10.65.1.9`,
  );
  checkToken(
    'calico-bpf-trace',
    `
   <idle>-0   [001] ..s2. 7712.104987: bpf_trace_printk: eth0------------I: Final result=DENY (11). Program execution time: 7366ns
                                                          ^ interface eth0
                                                                                         ^ verdict DENY
                                                                                               ^ reason 11`,
  );
  checkToken(
    'calico-bpf-trace',
    `
   <...>-84582   [000] .Ns1  6851.690474: 0: ens192---E: IP id=1 s=a410002 d=1020304
                                                ^ interface ens192
                                                                    ^ hexAddress a410002
                                                                               ^ hexAddress 1020304`,
  );
  checkToken(
    'calico-bpf-trace',
    `
   curl-1   [003] b.s1  7712.1: bpf_trace_printk: CTLB------------: NAT: 1st level lookup addr=10.96.4.7 port=80 tcp
                                                    ^ traceSource CTLB
                                                                                                  ^ address 10.96.4.7
                                                                       ^ message NAT: 1st level lookup addr=10.96.4.7 port=80 tcp`,
  );
});

test('in a very long line a token is found at its own place', () => {
  const entry =
    'AffinityKey{ClientIP:10.65.0.2 FrontEndAffinityKey{Proto:6 Addr:10.96.4.7 Port:80}} AffinityValue{Timestamp:8,Backend:NATBackendValue{Addr:10.65.1.9 Port:8080}} ';
  const line = entry.repeat(1_000);
  const column = line.indexOf('10.65.1.9', 100_000);
  const token = tokenAt('calico-bpf-nat', line, column + 2);
  assert.deepEqual([token?.text, token?.span], ['10.65.1.9', { start: column, end: column + 9 }]);
});

test('no line and no column makes it throw, and a token is what stands at its place', () => {
  const piece = fc.constantFrom(
    '10.65.0.2',
    ':80',
    '/32',
    ' ',
    '\t',
    '| ',
    ' -> ',
    'proto 6',
    'id 4',
    '0x1f',
    'fd00::1',
    'local',
    ': ',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(patterns) as TokenLanguage[])),
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      fc.nat(80),
      (language, line, column) => {
        const token = tokenAt(language, line, column);
        if (token === undefined) return;
        assert.equal(line.slice(token.span.start, token.span.end).trim(), token.text);
        assert.ok(token.span.start <= column && column <= token.span.end);
      },
    ),
  );
});
