import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArp } from '../../../src/core/dump/arp.ts';
import { findCapacity, parseBpftoolMaps } from '../../../src/core/dump/bpftoolMaps.ts';
import { countDrops, parseCounters } from '../../../src/core/dump/counters.ts';
import { parseIfState } from '../../../src/core/dump/ifstate.ts';
import { parseIpSets } from '../../../src/core/dump/ipsets.ts';
import { parseMaglev } from '../../../src/core/dump/maglev.ts';
import { parseNatAffinity } from '../../../src/core/dump/natAffinity.ts';
import { checkProblems } from './checkProblems.ts';

test('affinity: all three layouts give the same entry', () => {
  const old =
    'AffinityKey{ClientIP:10.65.0.2 FrontEndAffinityKey{Proto:6 Addr:10.96.4.7 Port:80}} AffinityValue{Timestamp:8123450000000,Backend:NATBackendValue{Addr:10.65.1.9 Port:8080}}';
  const entry = {
    client: '10.65.0.2',
    protocol: 6,
    frontend: { address: '10.96.4.7', port: 80 },
    backend: { address: '10.65.1.9', port: 8080 },
    sinceBoot: 8_123_450_000_000,
  };
  const read = (text: string) => {
    const { entries, problems } = parseNatAffinity(text);
    assert.deepEqual(problems, []);
    return entries;
  };
  assert.deepEqual(read(`${old} ${old}\n`), [entry, entry]);
  assert.deepEqual(read(`${old}\n\n`), [entry]);
  assert.deepEqual(read('client 10.65.0.2 svc proto 6 10.96.4.7:80 -> 10.65.1.9:8080 ts 2h15m23.45s\n\n'), [
    entry,
  ]);
  assert.deepEqual(read('\n'), []);
});

test('affinity: IPv6 clients and endpoints are read', () => {
  const { entries } = parseNatAffinity(
    'client fd00:65::2 svc proto 6 [fd00:96::7]:80 -> [fd00:65::1:9]:8080 ts 2h15m23.45s\n',
  );
  assert.deepEqual(entries[0]?.backend, { address: 'fd00:65::1:9', port: 8080 });
});

test('Maglev: a slot names its service and backend', () => {
  assert.deepEqual(parseMaglev('svc 12 ordinal 2 -> 10.65.1.12:8443\n').entries, [
    { serviceId: 12, ordinal: 2, backend: { address: '10.65.1.12', port: 8443 } },
  ]);
  checkProblems(
    parseMaglev,
    `
svc 12 ordinal 1 -> 10.65.1.12:8443
svc 12 ordinal x -> 10.65.1.12:8443
               ^ expected an ordinal`,
  );
});

test('ARP: an entry holds both MAC addresses', () => {
  assert.deepEqual(
    parseArp('dev    2: fe80::5054:ff:fecc:dd02 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n').entries,
    [
      {
        ifIndex: 2,
        address: 'fe80::5054:ff:fecc:dd02',
        sourceMac: '52:54:00:aa:bb:01',
        destinationMac: '52:54:00:cc:dd:02',
      },
    ],
  );
});

test('IP sets: members are CIDRs, or ports of addresses', () => {
  const { entries, problems } = parseIpSets(
    'IP set 0x9bb9786e55d550fe\n   10.65.0.2/32\n\nIP set 0xc0ffee1234\n   10.65.1.9:8080 (proto 6)\n   fd00:65::9:53 (proto 17)\n\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(entries, [
    { number: '0x9bb9786e55d550fe', members: [{ kind: 'cidr', cidr: '10.65.0.2/32' }] },
    {
      number: '0xc0ffee1234',
      members: [
        { kind: 'port', endpoint: { address: '10.65.1.9', port: 8080 }, protocol: 6 },
        { kind: 'port', endpoint: { address: 'fd00:65::9', port: 53 }, protocol: 17 },
      ],
    },
  ]);
  assert.deepEqual(parseIpSets('No IP sets found.\n'), { entries: [], spans: [], problems: [] });
});

test('interface state: the layouts of v3.24, v3.27 and v3.28 are read', () => {
  const read = (text: string) => {
    const { entries, problems } = parseIfState(text);
    assert.deepEqual(problems, []);
    return entries[0];
  };
  assert.deepEqual(read('    3 : {flags: workload,ready, name: cali0123456789a}\n'), {
    index: 3,
    name: 'cali0123456789a',
    flags: ['workload', 'ready'],
    programs: {},
  });
  const second = read(
    '    9 : {flags: host, XDPPolicy: -1, IngressPolicy: 3, EgressPolicy: 4, IngressFilter: -1, EgressFilter: -1, name: tunl0}\n',
  );
  assert.equal(second?.programs['IngressPolicy'], 3);
  const third = read(
    '   12 : {flags: workload,v4Ready,v6Ready, XDPPolicyV4: -1, IngressPolicyV4: 3, EgressPolicyV4: 4, XDPPolicyV6: -1, IngressPolicyV6: 5, EgressPolicyV6: 6, IngressFilter: -1, EgressFilter: -1, name: calic048fd9a750}\n',
  );
  assert.deepEqual([third?.flags.length, third?.programs['EgressPolicyV6']], [3, 6]);
});

test('interface state: an unknown flag is reported and kept', () => {
  const line = '    3 : {flags: workload,quick, name: cali0123456789a}';
  assert.deepEqual(parseIfState(line).entries[0]?.flags, ['workload', 'quick']);
  checkProblems(parseIfState, `${line}\n                         ^^^^^ unknown interface flag “quick”`);
});

const table = `+----------+--------------------------------+---------+--------+-----+
| CATEGORY |              TYPE              | INGRESS | EGRESS | XDP |
+----------+--------------------------------+---------+--------+-----+
| Accepted | by policy                      |    5012 |   4410 | N/A |
| Dropped  | Maglev lookup found no         |       1 |      0 | N/A |
|          | backends for service IP        |         |        |     |
|          | by policy                      |     786 |     42 | N/A |
| Total    | packets                        |    9144 |   5168 | N/A |
+----------+--------------------------------+---------+--------+-----+
dumped eth0 counters.
`;

test('counters: wrapped types are put together, categories carried down, N/A is unknown', () => {
  const { entries, problems } = parseCounters(table);
  assert.deepEqual(problems, []);
  assert.equal(entries[0]?.interface, 'eth0');
  assert.deepEqual(entries[0]?.counters[1], {
    category: 'Dropped',
    type: 'Maglev lookup found no backends for service IP',
    ingress: 1n,
    egress: 0n,
    xdp: undefined,
  });
  assert.equal(entries[0]?.counters[2]?.category, 'Dropped');
  assert.equal(countDrops(entries), 829n);
});

test('counters: a table without the XDP column, as v3.24 prints it, is read', () => {
  const { entries, problems } = parseCounters(
    '+---+\n| CATEGORY | TYPE | INGRESS | EGRESS |\n+---+\n| Total | packets | 18446744073709551615 | 5168 |\n+---+\ndumped eth0 counters.\n',
  );
  assert.deepEqual(problems, []);
  assert.equal(entries[0]?.counters[0]?.ingress, 18_446_744_073_709_551_615n);
});

test('counters: a table that ends without its caption is kept, and reported', () => {
  const { entries, problems } = parseCounters(table.replace('dumped eth0 counters.\n', ''));
  assert.deepEqual([entries[0]?.interface, entries[0]?.counters.length], ['', 4]);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['truncated'],
  );
});

test('bpftool: the capacity of a map is that of its newest version', () => {
  const maps = parseBpftoolMaps(
    '[{"id":1,"type":"hash","name":"cali_v4_ct3","max_entries":100},{"id":2,"type":"lru_hash","name":"cali_v4_ct4","max_entries":512000},{"id":3,"type":"hash","name":"cali_v4_routes","max_entries":262144}]',
  );
  assert.equal(findCapacity(maps, 'cali_v4_ct'), 512_000);
  assert.equal(findCapacity(maps, 'cali_v4_routes'), 262_144);
  assert.equal(findCapacity(maps, 'cali_v6_ct'), undefined);
  assert.deepEqual(parseBpftoolMaps('no JSON'), []);
});
