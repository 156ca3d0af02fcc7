import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../../src/core/steps.ts';
import { joinTraces } from '../../../src/core/trace/join.ts';
import { packetsOf, readTrace, recordsOf, traceOf } from './recordedTraces.ts';

/** The lines of packets on a node whose clock is ahead. */
function traceOn(node: string, packets: ReturnType<typeof packetsOf>, text: string, ahead: number) {
  const lines = packets.flatMap(({ lines }) => lines.spans.map(({ start, end }) => text.slice(start, end)));
  const shifted = lines
    .join('')
    .replaceAll(/(\d+\.\d{6}): bpf/g, (_all, time) => `${(Number(time) + ahead).toFixed(6)}: bpf`);
  return { node, text: shifted };
}

/** A recording in which all nodes share a clock, as traces of two nodes that do not. */
function splitInTwo(name: string, ahead: number) {
  const text = readTrace(name);
  const packets = packetsOf(text);
  const isAtHome = ({ hook }: (typeof packets)[number]) =>
    hook !== undefined && (hook.interface.startsWith('cali6d2') || hook.direction === 'E');
  const here = packets.filter(isAtHome);
  const there = packets.filter((packet) => !isAtHome(packet));
  return [traceOn('here', here, text, 0), traceOn('there', there, text, ahead)];
}

/** The hooks of each journey with their nodes, in the order of time. */
function journeysOf(text: string): readonly string[] {
  const journeys = new Map<number, { readonly time: number; readonly hook: string }[]>();
  for (const record of recordsOf(text)) {
    if (record.kind !== 'packet') continue;
    const { hook, node, time, bootedAt = 0 } = record.packet;
    const steps = journeys.get(record.journey) ?? [];
    steps.push({ time: time + bootedAt, hook: `${node} ${hook?.interface}-${hook?.direction}` });
    journeys.set(record.journey, steps);
  }
  return [...journeys.values()].map((steps) =>
    steps
      .toSorted((one, other) => one.time - other.time)
      .map(({ hook }) => hook)
      .join(', '),
  );
}

for (const ahead of [0, 86_400.25, -321.125]) {
  test(`a journey goes on in the trace of the node it came to, whose clock is ${ahead} s ahead`, () => {
    const joined = finish(joinTraces(splitInTwo('v3.32.1-c-policy-denied-syn', ahead)));
    assert.equal(
      journeysOf(joined)[0],
      'here cali6d2111c0d58-E, here vxlan.calico-E, here eth0-E, there eth0-I, there vxlan.calico-I, there cali192e293c0b8-I',
    );
  });
}

const run = (id: number) => `New packet at ifindex=2; mark=0
  IP id=${id} len=60
  IP s=10.0.0.1 d=10.0.0.2
  Final result=ALLOW rc 0. Program execution time: 12ns`;
test('clocks lead from node to node', () => {
  const leave = (id: number, time: number) => traceOf('eth0------------E: ', run(id), { time });
  const come = (id: number, time: number) => traceOf('eth0------------I: ', run(id), { time });
  const joined = finish(
    joinTraces([
      { node: 'a', text: leave(1, 100) },
      { node: 'b', text: come(1, 500.00001) + leave(2, 500.1) },
      { node: 'c', text: come(2, 900.10001) },
      { node: 'd', text: come(3, 5) },
    ]),
  );
  assert.deepEqual(joined.match(/^-- .*$/gm), [
    '-- node d',
    '-- node a, clock +0.000000 s',
    '-- node b, clock -400.000000 s',
    '-- node c, clock -800.000000 s',
  ]);
});

test('a trace that says since when its node is up needs no guess', () => {
  const mark = '-- node a, up since 2026-11-21T10:00:00.000Z\n';
  const text = `${mark}${traceOf('eth0------------E: ', run(1))}`;
  assert.ok(finish(joinTraces([{ node: 'a', text }])).startsWith(`${mark}${mark}`));
});

test('no line is lost, whatever the traces are', () => {
  const texts = [
    '',
    'no trace at all\n\n\n',
    'without an end',
    `${'x'.repeat(40_000)}\n`,
    traceOf('', run(1)),
  ];
  const joined = finish(joinTraces(texts.map((text, index) => ({ node: `n${index}`, text }))));
  const own = joined.split('\n').filter((line) => line !== '' && !line.startsWith('-- node '));
  assert.deepEqual(
    own.toSorted(),
    texts
      .flatMap((text) => text.split('\n'))
      .filter(Boolean)
      .toSorted(),
  );
});
