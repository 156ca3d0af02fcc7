import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConntrackStats, parseConntrackStatsJson } from '../../../src/core/dump/conntrackStats.ts';
import { parseProfiling } from '../../../src/core/dump/profiling.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { parseVersion } from '../../../src/core/dump/version.ts';
import { checkProblems } from './checkProblems.ts';

const stats = `Conntrack map size: 512000
Total connections: 812
Total entries: 1033
NAT connections: 221

TCP : 640
UDP : 150
Others : 22

TCP Established: 500
TCP Closed: 90
TCP Reset: 10
TCP Syn-sent: 40
`;

test('conntrack statistics: text and JSON give the same counts', () => {
  const { entries, problems } = parseConntrackStats(stats);
  assert.deepEqual(problems, []);
  assert.deepEqual(entries, [
    {
      mapSize: 512_000,
      totalConnections: 812,
      totalEntries: 1033,
      natConnections: 221,
      tcp: 640,
      udp: 150,
      others: 22,
      tcpEstablished: 500,
      tcpClosed: 90,
      tcpReset: 10,
      tcpSynSent: 40,
    },
  ]);
  const json =
    '{"map_size":512000,"total_connections":812,"total_entries":1033,"nat_connections":221,"tcp":640,"udp":150,"others":22,"tcp_established":500,"tcp_closed":90,"tcp_reset":10,"tcp_syn_sent":40}';
  assert.deepEqual(parseConntrackStatsJson(json).entries, entries);
});

test('conntrack statistics: a count that is missing or unknown is reported', () => {
  const { entries, problems } = parseConntrackStats(stats.slice(0, stats.indexOf('TCP Reset')));
  assert.deepEqual(entries, []);
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['truncated', 'the count “TCP Reset” is missing']],
  );
  checkProblems(parseConntrackStats, `${stats}SCTP : 3\n^^^^^^^^ expected the name of a count and a number`);
});

test('profiling: each direction has a mean and a number of samples, or neither', () => {
  const { entries, problems } =
    parseProfiling(`+-------+-------------+----+-------------+-----+------------+----+-------------+-----+
| IFACE | INGRESS NEW | #  | INGRESS EST |  #  | EGRESS NEW | #  | EGRESS EST  |  #  |
+-------+-------------+----+-------------+-----+------------+----+-------------+-----+
| eth0  | 8123.250 ns | 12 | 1920.111 ns | 431 | ---        | ---| 1633.004 ns | 518 |
+-------+-------------+----+-------------+-----+------------+----+-------------+-----+
`);
  assert.deepEqual(problems, []);
  assert.deepEqual(entries, [
    {
      interface: 'eth0',
      ingressNew: { nanoseconds: 8123.25, samples: 12 },
      ingressKnown: { nanoseconds: 1920.111, samples: 431 },
      egressNew: undefined,
      egressKnown: { nanoseconds: 1633.004, samples: 518 },
    },
  ]);
  checkProblems(
    parseProfiling,
    `
| eth0  | 8123.250 ms | 12 | --- | --- | --- | --- | --- | --- |
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected an interface and four times with their numbers of samples`,
  );
});

test('version: what a build leaves out is not known', () => {
  const text = 'Version:            v3.32.1\nFull git commit ID: \nBuild date:         \n';
  assert.deepEqual(parseVersion(text).entries, [
    { version: 'v3.32.1', commit: undefined, buildDate: undefined },
  ]);
  checkProblems(
    parseVersion,
    'Version:            v3.32.1\nv4\n^^ expected a version, a commit or a build date',
  );
});

test('a command that has no JSON prints text for it, which is read', () => {
  assert.deepEqual(readDump('version.json', 'Version:            v3.32.1\n')?.problems, []);
});

test('the line about a configuration file, and other programs’ log lines, are no part of a dump', () => {
  const text =
    'Using config file: /root/.calico-bpf.yaml\nW1121 07:00:10.123456   12345 feature_gate.go:241] Setting GA feature gate\n10.65.0.2/32: local workload idx 7\n';
  const dump = readDump('routes.dump', text);
  assert.deepEqual([dump?.entries.length, dump?.problems], [1, []]);
});

test('one dump that is taken for another is named', () => {
  const message = (probe: string, text: string) =>
    readDump(probe, text)?.problems.map((each) => each.message);
  assert.deepEqual(message('nat.dump', stats), ['This is no NAT dump: it is conntrack statistics.']);
  assert.deepEqual(message('version', '10.65.0.2/32: local workload idx 7\n'), [
    'This is no tool version: it is a routes dump.',
  ]);
  assert.deepEqual(message('policy.dump.eth0.all', '[\n  {\n    "dest": "10.0.0.0/8"\n  }\n]\n'), [
    'This is no policy dump: it is a routes dump as JSON.',
  ]);
});
