import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { packetsOf, readTrace, recordsOf, traceNames } from './recordedTraces.ts';

for (const name of traceNames) {
  test(`understands every line and every packet of ${name}`, () => {
    const text = readTrace(name);
    const reader = new TraceReader();
    const records = [...reader.push(text), ...reader.end()];
    assert.deepEqual(reader.unknown.templates, []);
    assert.equal(reader.counts.lines, text.match(/: bpf_trace_printk: ./g)?.length);
    assert.equal(reader.counts.foreignLines, 0);

    const packets = records.flatMap((record) => (record.kind === 'packet' ? [record.packet] : []));
    assert.equal(packets.length, text.match(/New packet at/g)?.length ?? 0);
    for (const packet of packets) {
      assert.notEqual(
        packet.verdict.kind,
        'unknown',
        text.slice(packet.lines.spans[0]?.start).slice(0, 2000),
      );
      assert.equal(packet.lines.cut, undefined);
      const hasAddresses = packet.source !== undefined && packet.destination !== undefined;
      const isForwarded = text
        .slice(packet.lines.spans[0]?.start, packet.lines.spans.at(-1)?.end)
        .includes('approved');
      assert.ok(hasAddresses || packet.special !== undefined || isForwarded);
    }
  });
}

test('the lines of a packet are those of its program', () => {
  const text = readTrace('v3.32.1-z-busy-mixed');
  for (const { hook, lines, cpu } of packetsOf(text)) {
    const own = lines.spans.map(({ start, end }) => text.slice(start, end)).join('');
    assert.equal(own.split('\n').length - 1, lines.count);
    for (const line of own.trimEnd().split('\n')) {
      assert.ok(line.includes(`[00${cpu}]`), line);
      assert.ok(
        line.includes(`: ${hook?.interface}-`) || line.endsWith('No metadata is shared by XDP'),
        line,
      );
    }
  }
});

test('a denied SYN says that policy denies it, at the pod that it was for', () => {
  for (const version of ['v3.32.1', 'master']) {
    const denied = packetsOf(readTrace(`${version}-c-policy-denied-syn`)).filter(
      ({ verdict }) => verdict.kind === 'denied',
    );
    assert.equal(denied.length, 3);
    for (const { verdict, hook, destination, conntrack, protocol } of denied) {
      assert.deepEqual(verdict, {
        kind: 'denied',
        reason: 'policy',
        words: 'denied by the pod’s ingress policy',
        code: undefined,
        reply: undefined,
      });
      assert.equal(hook?.direction, 'I');
      assert.equal(destination?.port, 8443);
      assert.equal(conntrack?.isSyn, true);
      assert.equal(protocol, 6);
    }
  }
});

test('a packet that the Log action of a rule denies is one packet', () => {
  const denied = packetsOf(readTrace('v3.30.7-c2-gnp-log-deny')).filter(({ isLogged }) => isLogged);
  assert.equal(denied.length, 3);
  for (const { verdict } of denied) assert.equal(verdict.kind === 'denied' && verdict.reason, 'policy');
});

test('a service without a backend is answered with an ICMP error', () => {
  const [first] = packetsOf(readTrace('v3.32.1-d-no-backend-service-tc'));
  assert.deepEqual(first?.verdict, {
    kind: 'denied',
    reason: 'no-backend',
    words: 'the service has no backend',
    code: undefined,
    reply: { kind: 'icmp', type: 3, code: 3 },
  });
  assert.equal(first?.nat?.serviceId, 10);
});

test('a packet from outside shows the backend and the tunnel to its node', () => {
  const [first] = packetsOf(readTrace('v3.32.1-b-external-nodeport-remote-backend'));
  assert.deepEqual(first?.nat?.destination, { address: '10.244.218.65', port: 8080 });
  assert.deepEqual(first?.tunnel, { kind: 'encapsulated', peer: '172.18.0.3' });
});

test('a process that connects to a service shares its socket with the packet that follows', () => {
  const records = recordsOf(readTrace('v3.32.1-a-pod-to-clusterip-tcp-ctlb'));
  const connect = records.flatMap((record) => (record.kind === 'connect' ? [record.connect] : []))[0];
  assert.equal(connect?.outcome, 'balanced');
  assert.deepEqual(connect?.wanted, { address: '10.96.71.203', port: 80 });
  const packet = packetsOf(readTrace('v3.32.1-a-pod-to-clusterip-tcp-ctlb')).find(
    ({ socketCookie }) => socketCookie === connect?.socketCookie,
  );
  assert.deepEqual(packet?.destination, connect?.backend);
});

test('a filter that cannot be compiled is counted', () => {
  const reader = new TraceReader();
  reader.push(readTrace('v3.32.1-filter-bad'));
  assert.equal(reader.counts.filterFailures, 93);
});

test('every cut-off of a trace is read without an error and loses no packet before the cut', () => {
  const text = readTrace('v3.32.1-d-no-backend-service-tc');
  const firstEnd = text.indexOf('\n', text.indexOf('Final result'));
  for (let length = 0; length <= text.length; length++) {
    const packets = packetsOf(text.slice(0, length));
    assert.ok(packets.length <= 2);
    if (length > firstEnd) assert.equal(packets[0]?.verdict.kind, 'denied');
  }
  for (let start = 0; start < text.length; start += 7) {
    const [packet] = packetsOf(text.slice(start));
    if (packet !== undefined && start > 200) assert.ok(packet.verdict.kind !== 'unknown');
  }
});

test('chunks may end anywhere', () => {
  const text = readTrace('v3.32.1-a3-pod-to-clusterip-udp');
  const whole = recordsOf(text);
  for (const size of [1, 7, 113, 4096]) {
    const reader = new TraceReader();
    const records = [];
    for (let at = 0; at < text.length; at += size) records.push(...reader.push(text.slice(at, at + size)));
    assert.deepEqual([...records, ...reader.end()], whole);
  }
});
