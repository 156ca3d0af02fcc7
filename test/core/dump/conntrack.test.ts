import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConntrack, type ConntrackConnection } from '../../../src/core/dump/conntrack.ts';
import type { RawConntrackEntry } from '../../../src/core/dump/conntrackRaw.ts';
import { checkProblems } from './checkProblems.ts';

function connection(line: string): ConntrackConnection {
  const { entries, problems } = parseConntrack(line);
  assert.deepEqual(problems, []);
  const [entry] = entries;
  assert.ok(entry?.kind === 'connection');
  return entry;
}

function raw(line: string): RawConntrackEntry {
  const { entries, problems } = parseConntrack(line);
  assert.deepEqual(problems, []);
  const [entry] = entries;
  assert.ok(entry?.kind === 'raw');
  return entry;
}

test('reads a connection without NAT, with the age that v3.28 prints', () => {
  const entry = connection('TCP 10.65.0.2:43562 -> 10.65.1.9:8080  Age: 12.5s Active ago 1.2s ESTABLISHED\n');
  assert.deepEqual(entry, {
    kind: 'connection',
    protocol: 'TCP',
    source: { address: '10.65.0.2', port: 43562 },
    service: undefined,
    destination: { address: '10.65.1.9', port: 8080 },
    forwarder: undefined,
    originalSourcePort: undefined,
    age: 12.5e9,
    idle: 1.2e9,
    state: 'ESTABLISHED',
    flags: undefined,
  });
});

test('reads a connection to a service, its forwarder and a changed port', () => {
  const external = connection(
    'TCP 192.168.5.9:51432 -> 192.168.5.20:30080 -> 10.65.1.9:8080 external client, service forwarded to/from 192.168.5.21  Active ago 3.1s SYN-SENT\n',
  );
  assert.deepEqual(external.service, { address: '192.168.5.20', port: 30080 });
  assert.equal(external.forwarder, '192.168.5.21');
  const changed = connection(
    'TCP 192.168.5.20:40000 -> 10.96.0.1:443 -> 192.168.5.20:6443 source port changed from 40000  Active ago 9.000000312s RESET\n',
  );
  assert.equal(changed.originalSourcePort, 40000);
  assert.equal(changed.state, 'RESET');
});

test('splits IPv6 endpoints at the last colon, and takes times just before the dump', () => {
  const entry = connection('ICMP6 fd00:65::2:0 -> fd00:65::1:9:8080  Active ago -12µs\n');
  assert.deepEqual(entry.destination, { address: 'fd00:65::1:9', port: 8080 });
  assert.equal(entry.idle, -12_000);
  assert.equal(entry.state, undefined);
});

test('reads raw entries from before v3.23', () => {
  const entry = raw(
    'ConntrackKey{proto=6 10.128.0.15:43562 <-> 10.48.134.84:9153} -> Entry{Type:0, Created:6500500000000, LastSeen:6501200000000, Flags: <none> Data: {A2B:{Seqno:12345 SynSeen:true AckSeen:true FinSeen:true RstSeen:false Whitelisted:true Opener:true Ifindex:2} B2A:{Seqno:9911 SynSeen:true AckSeen:true FinSeen:true RstSeen:false Whitelisted:true Opener:false Ifindex:7} OrigDst:0.0.0.0 OrigPort:0 TunIP:0.0.0.0}} Age: 1.170435126s Active ago 1.054321987s CLOSED\n',
  );
  assert.equal(entry.created, 6_500_500_000_000);
  assert.deepEqual([entry.flagBits, entry.flags], [0, []]);
  assert.equal(entry.legs?.aToB.approved, true);
  assert.equal(entry.legs?.aToB.bytes, undefined);
  assert.equal(entry.legs?.bToA.ifIndex, 7);
  assert.equal(entry.state, 'CLOSED');
});

test('reads raw entries of v3.30 and later, with flags, counts and addresses before NAT', () => {
  const entry = raw(
    'ConntrackKey{proto=6 10.65.1.9:8080 <-> 192.168.5.9:51432} -> Entry{Type:2, LastSeen:91234500000, Flags: 0x140 ext-local B-A Data: {A2B:{Bytes:420 Packets:4 Seqno:7001 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:false Workload:true Ifindex:12} B2A:{Bytes:1500 Packets:12 Seqno:5002 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:true Workload:false Ifindex:2} OrigDst:203.0.113.7 OrigSrc:0.0.0.0 OrigPort:80 OrigSPort:0 TunIP:0.0.0.0}} Active ago 1.054321987s ESTABLISHED\n',
  );
  assert.equal(entry.type, 'nat-reverse');
  assert.deepEqual([entry.flagBits, entry.flags], [0x140, ['ext-local', 'B-A']]);
  assert.equal(entry.legs?.bToA.bytes, 1500n);
  assert.equal(entry.legs?.bToA.workload, false);
  assert.equal(entry.original?.destination, '203.0.113.7');
  assert.equal(entry.original?.destinationPort, 80);
});

test('reads the key that a NAT-forward entry points to, in both spellings', () => {
  for (const spelling of ['REVKey: ', 'REVKey : ']) {
    const tail = spelling === 'REVKey: ' ? ' NATSPort: 7' : '';
    const entry = raw(
      `ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.96.0.10:53} -> Entry{Type:1, Created:81234000000, LastSeen:81234500000, Flags: <none> ${spelling}ConntrackKey{proto=17 10.65.0.2:34567 <-> 10.65.1.9:53}${tail}} Age: 2.5s Active ago 1.9995s\n`,
    );
    assert.equal(entry.type, 'nat-forward');
    assert.deepEqual(entry.reverse?.b, { address: '10.65.1.9', port: 53 });
    assert.equal(entry.natSourcePort, tail === '' ? undefined : 7);
  }
});

test('reads an entry whose type no version knows', () => {
  const entry = raw(
    'ConntrackKey{proto=17 10.65.0.2:1 <-> 10.96.0.10:2} -> Entry{Type:7, LastSeen:81234500000, Flags: 0x8 skip-fib TYPE INVALID} Active ago 1s\n',
  );
  assert.equal(entry.type, 'unknown');
  assert.deepEqual(entry.flags, ['skip-fib']);
});

test('says what it expected, where the line goes wrong', () => {
  checkProblems(
    parseConntrack,
    `
TCP 10.65.0.2:43562 -> 10.65.1.9:8080  Active ago soon
                                                  ^^^^ expected a duration
TCP 10.65.0.2:43562 -> 10.65.1.9:8080  Active ago 1s HALF-OPEN
                                                     ^^^^^^^^^ unknown state “HALF-OPEN”
TCP 10.65.0.2:43562 => 10.65.1.9:8080  Active ago 1s
                    ^^ expected “->”
ConntrackKey{proto=6 10.0.0.1:1 <-> 10.0.0.2:2} -> Entry{Type:0, LastSeen:soon
                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected “ -> Entry{Type:…, LastSeen:…, Flags:”`,
  );
});
