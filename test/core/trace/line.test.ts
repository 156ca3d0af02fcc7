import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraceLine } from '../../../src/core/trace/line.ts';

function read(line: string) {
  const result = readTraceLine(line, 0, line.length);
  if (result.kind !== 'message') return result;
  const { header, message } = result;
  return {
    task: line.slice(header.task.start, header.task.end),
    cpu: header.cpu,
    time: header.time,
    message: line.slice(message.start, message.end),
  };
}

test('reads the header that each kernel prints', () => {
  const headers: readonly (readonly [line: string, cpu: number, time: number])[] = [
    ['          <...>-84582   [000] .Ns1  6851.690474: 0: eth0', 0, 6851.690474],
    ['           curl-21034   [003] b.s1  7712.104512: bpf_trace_printk: eth0', 3, 7712.104512],
    ['         <idle>-0       [001] ..s2. 7712.104987: bpf_trace_printk: eth0', 1, 7712.104987],
    ['         <idle>-0       [128] ...s2.. 2154289.312688: bpf_trace_printk: eth0', 128, 2154289.312688],
    ['  kworker/u8:2-12 (  12) [001] .... 12.000001: 0x00000001: eth0', 1, 12.000001],
    ['  npm i some-pack-12 [001] 12.000001: 0x00000001: eth0', 1, 12.000001],
  ];
  for (const [line, cpu, time] of headers) {
    const header = read(line);
    assert.ok('message' in header, line);
    assert.deepEqual([header.message, header.cpu, header.time], ['eth0', cpu, time]);
  }
});

test('a task may hold brackets, and spaces before it a line number', () => {
  const line = '4945  [x] [001] a-12 [002] ..s. 12.5: 0: eth0-----E: CT Hit';
  assert.deepEqual(read(line), {
    task: '4945  [x] [001] a-12',
    cpu: 2,
    time: 12.5,
    message: 'eth0-----E: CT Hit',
  });
});

test('reads carriage returns as a part of the line end', () => {
  const line = '  a-1 [000] ..s2. 1.000001: bpf_trace_printk: CT Hit\r';
  assert.deepEqual(read(line), { task: 'a-1', cpu: 0, time: 1.000001, message: 'CT Hit' });
});

test('tells lost events, blank lines and what is no trace', () => {
  assert.deepEqual(read('CPU:3 [LOST 1234 EVENTS]'), { kind: 'lost', cpu: 3, events: 1234 });
  assert.deepEqual(read(' \t\r'), { kind: 'blank' });
  assert.deepEqual(read('Running! Hang up with ^C!'), { kind: 'other' });
  assert.deepEqual(read('# tracer: nop'), { kind: 'other' });
});

test('a line that is cut anywhere in its header is no trace, and one that is cut behind it is its beginning', () => {
  const whole = '  curl-21034   [003] b.s1  7712.104512: bpf_trace_printk: eth0------------I: CT Hit';
  const header = whole.indexOf(' eth0');
  for (let length = 1; length < header; length++) {
    assert.ok(['other', 'blank'].includes(readTraceLine(whole, 0, length).kind), whole.slice(0, length));
  }
  for (let length = header + 1; length < whole.length; length++) {
    assert.equal(readTraceLine(whole, 0, length).kind, 'message', whole.slice(0, length));
  }
});
