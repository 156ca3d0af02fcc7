/** What may be between the lines of a trace, or be done to them, changes nothing of what the packets are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TraceRecord } from '../../../src/core/trace/packets.ts';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { TableService } from '../../../src/core/table/service.ts';
import { readTrace, recordsOf } from './recordedTraces.ts';

const names = [
  'v3.30.7-c2-gnp-log-deny',
  'v3.32.1-a-pod-to-clusterip-tcp-ctlb',
  'v3.32.1-d-no-backend-service-tc',
  'master-c-policy-denied-syn',
];
const traces = names.map(readTrace);
const anyTrace = fc.constantFrom(...traces);

/** All of a record but where it stands. */
function contentOf(record: TraceRecord): unknown {
  if (record.kind === 'connect') {
    const { lines, ...connect } = record.connect;
    return { ...record, connect: { ...connect, count: lines.count } };
  }
  const { lines, ...packet } = record.packet;
  return { ...record, packet: { ...packet, count: lines.count } };
}

const contentsOf = (text: string) => recordsOf(text).map(contentOf);

/** Lines that no program of Calico prints, and no line ends as they are. */
const foreign = [
  '',
  ' \t',
  '\r',
  'time="2026-11-21T10:00:00Z" level=info msg="New packet at ifindex=10"',
  '\0\u{FFFD}\u{1F600}\u001b[31m',
  '          <idle>-0       [000] ..s2.  7712.104987: bpf_trace_printk: my_tool: seen 10.0.0.1',
  '          <idle>-0       [001] ..s2.  7712.104987: bpf_trace_printk:',
  '          <idle>-0       [000] ..s2.  7712.1',
  '          <idle>-0       [00',
  '# tracer: nop',
  '...',
];

test('lines that end as on Windows are the same lines', () => {
  for (const text of traces) assert.deepEqual(contentsOf(text.replaceAll('\n', '\r\n')), contentsOf(text));
});

test('what others print between the lines of a packet changes nothing of it', () => {
  const places = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...foreign)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(anyTrace, places, (text, inserts) => {
      const lines = text.split('\n');
      for (const [where, line] of inserts) lines.splice(Math.floor(where * lines.length), 0, line);
      assert.deepEqual(contentsOf(lines.join('\n')), contentsOf(text));
    }),
    { numRuns: 60 },
  );
});

test('CPUs that take turns in any order print the same packets', () => {
  const [one = '', other = ''] = traces.map((text) => text.replace(/\[\d{3}\]/g, '[000]'));
  const onOther = other.replaceAll('[000]', '[001]');
  const facts = (text: string, cpu: number) =>
    recordsOf(text).flatMap((record) => {
      if (record.kind === 'connect' || record.packet.cpu !== cpu) return [];
      const { number: _number, lines, ...packet } = record.packet;
      return [{ ...packet, count: lines.count }];
    });
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (turns) => {
      const queues = [one, onOther].map((text) => text.split(/(?<=\n)/));
      const mixed: string[] = [];
      for (let turn = 0; queues.some((queue) => queue.length > 0); turn = 1 - turn)
        mixed.push(...(queues[turn]?.splice(0, turns.next().value ?? 1) ?? []));
      const text = mixed.join('');
      assert.deepEqual(facts(text, 0), facts(one, 0));
      assert.deepEqual(facts(text, 1), facts(onOther, 1));
    }),
    { numRuns: 40 },
  );
});

test('bytes in any pieces, some of them broken, come to the table without an error, and the rest stays what it is', () => {
  const bytes = Buffer.from(traces[0] ?? '');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 20 }),
      fc.array(fc.nat(bytes.length), { maxLength: 5 }),
      (damages, cuts) => {
        const damaged = Buffer.from(bytes);
        for (const [at, byte] of damages) damaged[at] = byte;
        const table = (places: readonly number[]) => {
          const service = new TableService();
          let start = 0;
          for (const end of [...places.toSorted((a, b) => a - b), damaged.length]) {
            service.push({ side: 0, bytes: Uint8Array.from(damaged.subarray(start, end)) });
            start = end;
          }
          const { rowCount } = service.read({ probe: 'trace.x' });
          service.name([]);
          for (let row = 0; row < rowCount; row++) service.detail(row);
          return service.cells({ start: 0, end: rowCount, columns: ['time', 'from', 'to', 'verdict'] });
        };
        const reader = new TraceReader();
        const records = [...reader.push(damaged.toString()), ...reader.end()];
        assert.deepEqual(table(cuts), table([]));
        const { lines, unknownLines, foreignLines, otherLines } = reader.counts;
        assert.ok(unknownLines <= lines && lines + foreignLines + otherLines > 0 && records.length > 0);
      },
    ),
    { numRuns: 60 },
  );
});
