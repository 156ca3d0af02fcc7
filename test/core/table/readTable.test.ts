import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellText } from '../../../src/core/table/cells.ts';
import { hasTable, readTable } from '../../../src/core/table/readTable.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';
import { rowOf, tableOf } from './tables.ts';

test('a connection is a row with what is printed of it', () => {
  const table = tableOf(
    'conntrack.dump',
    'TCP 10.65.0.2:41000 -> 10.96.0.9:80 -> 10.65.1.3:8080  Active ago 1m2.5s SYN-SENT\n',
  );
  assert.deepEqual(rowOf(table, 0), {
    proto: 'TCP',
    src: '10.65.0.2:41000',
    svc: '10.96.0.9:80',
    dst: '10.65.1.3:8080',
    state: 'SYN-SENT',
    idle: '1m2s',
  });
});

test('a raw entry is turned so that whoever opened it is the source', () => {
  const table = tableOf(
    'conntrack.dump.raw',
    'ConntrackKey{proto=6 10.65.1.9:8080 <-> 192.168.5.9:51432} -> Entry{Type:2, LastSeen:91234500000, Flags: 0x140 ext-local B-A Data: {A2B:{Bytes:420 Packets:4 Seqno:7001 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:false Workload:true Ifindex:12} B2A:{Bytes:1500 Packets:12 Seqno:5002 SynSeen:true AckSeen:true FinSeen:false RstSeen:false Approved:true Opener:true Workload:false Ifindex:2} OrigDst:203.0.113.7 OrigSrc:0.0.0.0 OrigPort:80 OrigSPort:0 TunIP:0.0.0.0}} Active ago 1.054321987s ESTABLISHED\n',
  );
  assert.deepEqual(rowOf(table, 0), {
    type: 'nat-reverse',
    proto: 'TCP',
    src: '192.168.5.9:51432',
    svc: '203.0.113.7:80',
    dst: '10.65.1.9:8080',
    state: 'ESTABLISHED',
    idle: '1.054s',
    flags: 'ext-local B-A',
    sent: '1,500',
    'sent.packets': '12',
    srcif: '2',
    'sent.seen': 'syn ack approved opener',
    received: '420',
    'received.packets': '4',
    dstif: '12',
    'received.seen': 'syn ack approved workload',
  });
});

test('each backend is a row beside its frontend, and a frontend without any is one', () => {
  const table = tableOf(
    'nat.dump',
    '10.96.0.9 port 80 proto 6 id 3 count 2 local 1\n\t3:0\t 10.65.0.2:8080\n\t3:1\t is missing\n10.96.0.7 port 53 proto 17 id 4 count 0 local 0\n',
  );
  assert.deepEqual(
    [0, 1, 2].map((row) => {
      const { frontend, ordinal, backend, state } = rowOf(table, row);
      return [frontend, ordinal, backend, state];
    }),
    [
      ['10.96.0.9:80', '0', '10.65.0.2:8080', 'ok'],
      ['10.96.0.9:80', '1', '', 'missing'],
      ['10.96.0.7:53', '', '', 'no-backends'],
    ],
  );
});

test('counts beyond a double keep their digits', () => {
  const table = tableOf(
    'counters.dump',
    '| Total | packets | 18446744073709551615 | 7 | N/A |\ndumped eth0 counters.\n',
  );
  assert.equal(rowOf(table, 0)['ingress'], '18,446,744,073,709,551,615');
});

test('a column that no row fills is left out', () => {
  const table = tableOf('routes.dump', '10.65.0.0/16: remote in-pool\n');
  assert.deepEqual(Object.keys(rowOf(table, 0)), ['dest', 'flags']);
});

test('what has no rows has no table', () => {
  assert.ok(!hasTable('version'));
  assert.equal(readTable('felix.log', 'a line'), undefined);
});

/** A column whose text stands in the raw text as the table shows it, by probe. */
const verbatim: readonly (readonly [probe: string, column: string])[] = [
  ['conntrack.dump', 'src'],
  ['routes.dump', 'dest'],
  ['nat.dump', 'backend'],
  ['nat.aff', 'client'],
  ['nat.maglev', 'backend'],
  ['ipsets.dump', 'member'],
  ['ifstate.dump', 'iface'],
  ['arp.dump', 'ip'],
];

for (const recording of recordingNames) {
  test(`every row of ${recording} stands where its values are printed`, async () => {
    let rows = 0;
    for (const { probe, stream, text } of await recordedOutputs(recording)) {
      const found = verbatim.find(([start]) => probe === start || probe === `${start}.raw`);
      if (found === undefined || stream !== 'out') continue;
      const table = readTable(probe, text)?.table;
      const column = table?.columns.find(({ id }) => id === found[1]);
      if (table === undefined || column === undefined) continue; // A version without the map.
      const lines = text.split('\n');
      for (let row = 0; row < table.rowCount; row++, rows++) {
        const { start = 0, end } = table.spanAt?.(row) ?? {};
        const line = table.lineAt === undefined ? text.slice(start, end) : lines[table.lineAt(row)];
        assert.ok(line?.includes(cellText(column, row)), `${probe} ${row}: ${line}`);
      }
    }
    assert.ok(rows > 100);
  });
}

test('a row of NAT stands in the line of its backend, in each form', async () => {
  let count = 0;
  for (const recording of recordingNames) {
    for (const { probe, text } of await recordedOutputs(recording)) {
      if (!/^nat\.dump(?:\.grouped)?(?:\.v6)?(?:\.json)?$/.test(probe) || text.length > 1e6) continue;
      const lines = text.split('\n');
      const table = readTable(probe, text)?.table;
      const backend = table?.columns.find(({ id }) => id === 'backend');
      if (table === undefined || backend === undefined) continue;
      for (let row = 0; row < table.rowCount; row++) {
        const address = cellText(backend, row).replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
        const line = table.lineAt?.(row) ?? -1;
        // JSON has the address in the line below the brace.
        assert.ok(
          lines
            .slice(line, line + 2)
            .join('')
            .includes(address),
          `${recording} ${probe} row ${row}`,
        );
        if (address !== '') count++;
      }
    }
  }
  assert.ok(count > 100);
});
