import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { conntrackRows } from '../../../src/core/columns/conntrackRows.ts';
import { DumpStream } from '../../../src/core/columns/stream.ts';
import { parseConntrack } from '../../../src/core/dump/conntrack.ts';
import { parseConntrackJson } from '../../../src/core/dump/conntrackJson.ts';
import { isJson } from '../../../src/core/dump/json.ts';
import { readPacked, recordedOutputs, recordingNames } from '../../support/recordings.ts';
import { checkColumns } from './checkColumns.ts';

const judge = (text: string) => (isJson(text) ? parseConntrackJson : parseConntrack)(text);
const check = (text: string, chunkSize?: number) =>
  checkColumns({ open: conntrackRows, judge }, text, chunkSize);

/** Forms that the recordings do not hold: other versions, IPv6, and what is rare. */
const forms = `TCP 10.65.0.2:43562 -> 10.65.1.9:8080  Age: 12.5s Active ago 1.2s ESTABLISHED
UDP 10.65.0.2:34567 -> 10.96.0.10:53 -> 10.65.1.9:53  Active ago 431.020511ms
TCP 192.168.5.9:51432 -> 192.168.5.20:30080 -> 10.65.1.9:8080 external client, service forwarded to/from 192.168.5.21  Active ago 3.1s SYN-SENT
TCP 192.168.5.20:40000 -> 10.96.0.1:443 -> 192.168.5.20:6443 source port changed from 40000  Active ago 9.000000312s RESET
ICMP 10.65.0.2:0 -> 8.8.8.8:0  Active ago 812.5ms
ICMP6 fd00:65::2:0 -> ::1:0  Active ago 12.345µs
TCP fd00:65::2:41234 -> fd00:65::1:9:8080  Active ago 2m3.25s CLOSED
TCP 1:2:3:4:5:6:7:8:41234 -> ::ffff:10.0.0.1:8080  Active ago -12ns CLOSED
UNKNOWN 10.65.0.2:1 -> 10.65.0.3:2  Active ago 0s
Proto-47 10.65.0.2:1 -> 10.65.0.3:2  Active ago 3h0m1s
Proto-6 10.65.0.2:1 -> 10.65.0.3:2   Active ago -0s
UDP 10.65.0.2:65536 -> 10.65.0.3:2  Active ago 1s
UDP 10.65.00.2:1 -> 10.65.0.3:2  Active ago 1s
UDP 10.65.0.2:1 -> 10.65.0.256:2  Active ago 1s
UDP 10.65.0.2:1 -> 10.65.0.3:2  Active ago 1s ESTABLISHED more
UDP 10.65.0.2:1 -> 10.65.0.3:2  Active ago 1.s

2026-05-10 10:59:28.401 [ERROR][2460] node/conntrack.go 48: Failed to iterate. error=“µ”
UDP 10.65.0.2:1 -> 10.65.0.3:2 source port changed from 99999999  Active ago 1s
ConntrackKey{proto=6 10.128.0.15:43562 <-> 10.48.134.84:9153} -> Entry{Type:0, Created:6500500000000, LastSeen:6501200000000, Flags: <none> Data: {A2B:{Seqno:12345 SynSeen:true AckSeen:true FinSeen:true RstSeen:false Whitelisted:true Opener:true Ifindex:2} B2A:{Seqno:9911 SynSeen:true AckSeen:true FinSeen:true RstSeen:false Whitelisted:true Opener:false Ifindex:7} OrigDst:0.0.0.0 OrigPort:0 TunIP:0.0.0.0}} Age: 1.170435126s Active ago 1.054321987s CLOSED
ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.96.0.10:53} -> Entry{Type:1, Created:81234000000, LastSeen:81234500000, Flags: <none> REVKey: ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.65.1.9:53} NATSPort: 0} Age: 2.5s Active ago 1.9995s
ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.96.0.10:53} -> Entry{Type:1, Created:81234000000, LastSeen:81234500000, Flags: nat-out REVKey : ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.65.1.9:53}} Age: 2.5s Active ago 1.9995s
ConntrackKey{proto=6 10.65.1.9:8080 <-> 192.168.5.9:51432} -> Entry{Type:2, LastSeen:91234500000, Flags: 0x140 ext-local B-A Data: {A2B:{Bytes:420 Packets:4 Seqno:7001 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:false Workload:true Ifindex:12} B2A:{Bytes:18446744073709551615 Packets:12 Seqno:5002 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:true Workload:false Ifindex:2} OrigDst:203.0.113.7 OrigSrc:0.0.0.0 OrigPort:80 OrigSPort:0 TunIP:0.0.0.0}} Active ago 1.054321987s ESTABLISHED
ConntrackKey{proto=17 fd00:65::2:5353 <-> fd00:65::1:9:53} -> Entry{Type:0, LastSeen:91234500000, Flags: <none> Data: {A2B:{Bytes:420 Packets:4 Seqno:7001 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:false Workload:true Ifindex:12} B2A:{Bytes:1 Packets:12 Seqno:5002 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:true Workload:false Ifindex:2} OrigDst::: OrigSrc::: OrigPort:0 OrigSPort:0 TunIP:::}} Active ago 12.3s
ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.96.0.10:53} -> Entry{Type:1, LastSeen:81234500000, Flags: 0x1 nat-µ REVKey: ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.65.1.9:53} NATSPort: 0} Active ago 1.9995s
ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.96.0.10:53} -> Entry{Type:7, LastSeen:81234500000, Flags: 0x1 nat-out TYPE INVALID} Active ago 1.9995s
`;

const json = `[
  {
    "type": "nat",
    "proto": "TCP",
    "src": "10.65.0.2:43562",
    "dst": "10.65.1.9:8080",
    "orig_dst": "10.96.4.7:80",
    "tunnel_ip": "192.168.5.21",
    "orig_src_port": 4000,
    "flags": null,
    "active_ago": "1.2s",
    "tcp_state": "ESTABLISHED"
  },
  {
    "type": "normal",
    "proto": "UDP",
    "src": "[fd00:65::2]:5353",
    "dst": "[fd00:65::1:9]:53",
    "flags": [
      "B-A",
      "dscp"
    ],
    "active_ago": "12.5µs"
  },
  {
    "type": "other",
    "proto": "UDP",
    "src": "10.65.0.2:1",
    "dst": "10.65.0.3:2",
    "flags": [],
    "active_ago": "1s"
  },
  {
    "proto": "TCP",
    "addr_a": "10.65.0.2",
    "port_a": 34567,
    "addr_b": "10.96.0.10",
    "port_b": 53,
    "type": "nat-forward",
    "flags": null,
    "active_ago": "1s",
    "tcp_state": "CLOSED",
    "rev_proto": "TCP",
    "rev_addr_a": "10.65.0.2",
    "rev_port_a": 34567,
    "rev_addr_b": "10.65.1.9",
    "rev_port_b": 53
  },
  {
    "type": "normal",
    "proto": "ICMP",
    "src": "10.65.0.2:0",
    "dst": "10.65.0.3:0",
    "flags": null,
    "active_ago": "1s"
  }
]
`;

test('every form gives the entries, places and problems of the reader of whole texts', () => {
  check(forms);
  check(forms.replaceAll('\n', '\r\n'));
  check(`\u{feff}${forms}`);
  for (const line of forms.split('\n')) check(line);
  check(json);
  check(json.replaceAll('\n', '\r\n'));
  check(JSON.stringify(JSON.parse(json)));
  for (const text of [
    '',
    '\n',
    'null',
    'null\n',
    '[]',
    '[\n]\n',
    '{',
    '<html>',
    'Usage: Available Commands:',
  ])
    check(text);
});

test('it does not matter where chunks end', () => {
  for (const text of [forms, json, `2\n${json}`]) for (const size of [1, 7, 64, 1000]) check(text, size);
});

for (const recording of recordingNames) {
  test(`the conntrack dumps of ${recording} are the same in columns`, async () => {
    for (const { probe, stream, text } of await recordedOutputs(recording)) {
      if (stream === 'out' && probe.startsWith('conntrack.dump')) check(text);
    }
  });
}

test('a large dump is the same in columns, in blocks that end anywhere', () => {
  check(readPacked('big.conntrack.dump.out.gz'), 100_003);
  check(readPacked('big.conntrack.dump.raw.out.gz').slice(0, 2_000_000), 100_003);
  const records = json.slice(2, -3);
  check(`[\n${Array(2000).fill(records).join(',\n')}\n]\n`, 65_537);
});

test('cut-off and changed dumps are the same in columns', () => {
  const change = fc.record({
    text: fc.constantFrom(forms, json),
    at: fc.nat(forms.length),
    removed: fc.nat(40),
    added: fc.oneof(
      fc.constantFrom('', '\n', '  }\n', '{', ']', 'ConntrackKey{', 'UDP ', ' -> ', 'µ', ':', '  {\n', '9'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    end: fc.option(fc.nat(forms.length)),
    chunkSize: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(change, ({ text, at, removed, added, end, chunkSize }) => {
      const changed = text.slice(0, at) + added + text.slice(at + removed);
      check(changed.slice(0, end ?? undefined), chunkSize);
    }),
    { numRuns: 1500 },
  );
});

test('a text without an end of a line is left at a stated limit', () => {
  const stream = new DumpStream(conntrackRows());
  const chunk = new Uint8Array(1 << 20).fill(0x41);
  let chunks = 0;
  while (stream.push(chunk)) assert.ok(++chunks < 100);
  assert.deepEqual(
    stream.end().problems.map(({ code }) => code),
    ['limit'],
  );
});
