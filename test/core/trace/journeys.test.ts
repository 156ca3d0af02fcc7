import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrace, recordsOf, traceOf } from './recordedTraces.ts';

/** The hooks of each journey, in their order. */
function journeysOf(text: string): readonly (readonly string[])[] {
  const journeys = new Map<number, string[]>();
  for (const record of recordsOf(text)) {
    if (record.kind !== 'packet') continue;
    const { hook } = record.packet;
    const hooks = journeys.get(record.journey) ?? [];
    hooks.push(`${hook?.interface}-${hook?.direction}`);
    journeys.set(record.journey, hooks);
  }
  return [...journeys.values()];
}

test('a packet is one from pod to pod, through the tunnel between their nodes', () => {
  const [first] = journeysOf(readTrace('v3.32.1-c-policy-denied-syn'));
  assert.deepEqual(first, [
    'cali6d2111c0d58-E',
    'vxlan.calico-E',
    'eth0-E',
    'eth0-I',
    'vxlan.calico-I',
    'cali192e293c0b8-I',
  ]);
});

test('it stays one through the address translation of a NodePort', () => {
  const [first, reply] = journeysOf(readTrace('v3.32.1-b-external-nodeport-remote-backend'));
  assert.deepEqual(first, ['eth0-I', 'eth0-E', 'eth0-I', 'cali11ab5901b8a-I']);
  assert.deepEqual(reply, ['cali11ab5901b8a-E', 'eth0-E', 'eth0-I', 'eth0-E']);
});

test('what is sent again, or later with the same identification, is another one', () => {
  const run = `New packet at ifindex=10; mark=0
    IP id=7 len=60
    IP s=10.0.0.1 d=10.0.0.2
    Final result=ALLOW rc 0. Program execution time: 12ns`;
  const twice = traceOf('cali6d2111c0d58-E: ', run) + traceOf('cali6d2111c0d58-E: ', run, { time: 100.01 });
  assert.equal(journeysOf(twice).length, 2);
  const later = traceOf('cali6d2111c0d58-E: ', run) + traceOf('eth0------------E: ', run, { time: 101 });
  assert.equal(journeysOf(later).length, 2);
  const soon = traceOf('cali6d2111c0d58-E: ', run) + traceOf('eth0------------E: ', run, { time: 100.01 });
  assert.equal(journeysOf(soon).length, 1);
});

test('a packet knows the service that its process connected to', () => {
  const packets = recordsOf(readTrace('v3.32.1-a-pod-to-clusterip-tcp-ctlb')).flatMap((record) =>
    record.kind === 'packet' && record.packet.nat?.before !== undefined ? [record.packet] : [],
  );
  assert.deepEqual(packets[0]?.nat?.before, { address: '10.96.71.203', port: 80 });
});
