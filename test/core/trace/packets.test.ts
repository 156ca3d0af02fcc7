import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TraceReader } from '../../../src/core/trace/reader.ts';
import { packetsOf, readTrace, recordsOf, traceOf } from './recordedTraces.ts';

test('reads the hexadecimal forms of v3.26', () => {
  const text = traceOf(
    'cali6d2111c0d58-E: ',
    `New packet at ifindex=10; mark=0
     IP id=8590 s=a410002 d=a600001
     TCP; ports: s=54376 d=80
     CT: lookup from a410002:54376
     CT: lookup to   a600001:80
     CT: Miss for TCP SYN, NEW flow.
     CT: result: NEW.
     conntrack entry flags 0x0
     NAT: 1st level lookup addr=a600001 port=80 tcp
     NAT: 1st level hit; id=1
     NAT: 1st level hit; id=1 ordinal=0
     NAT: backend selected a410103:8080
     Workload RPF check src=a410002 skb iface=10.
     About to jump to policy program.
     Entering calico_tc_skb_accepted_entrypoint
     Entering calico_tc_skb_accepted
     src=a410002 dst=a600001
     post_nat=a410103:8080
     tun_ip=0
     pol_rc=1
     sport=54376
     dport=80
     flags=0
     ct_rc=0
     ct_related=0
     mark=0x1000000
     ip->ttl 64
     Allowed by policy: ACCEPT
     CT: DNAT to a410103:8080
     Traffic is towards host namespace, marking with 0x1000000.
     Final result=ALLOW (0). Program execution time: 43034ns`,
  );
  const [packet, ...others] = packetsOf(text);
  assert.deepEqual(others, []);
  assert.deepEqual(packet?.source, { address: '10.65.0.2', port: 54376 });
  assert.deepEqual(packet?.destination, { address: '10.96.0.1', port: 80 });
  assert.deepEqual(packet?.nat?.destination, { address: '10.65.1.3', port: 8080 });
  assert.deepEqual(packet?.verdict, { kind: 'allowed', how: 'passed' });
  assert.equal(packet?.lines.unknown, 0);
});

test('reads the code of a denial as its version prints it', () => {
  const denial = (digits: string) =>
    traceOf(
      'eth0------------I: ',
      `New packet at ifindex=2; mark=0
       IP s=a410002 d=a600001
       Final result=DENY (${digits}). Program execution time: 12ns`,
    );
  const read = (digits: string, version?: string) => {
    const verdict = packetsOf(denial(digits), version)[0]?.verdict;
    return verdict?.kind === 'denied' ? [verdict.reason, verdict.code] : verdict;
  };
  assert.deepEqual(read('b', 'v3.28.5'), ['unauthorised-source', 11]);
  assert.deepEqual(read('11', 'v3.32.1'), ['unauthorised-source', 11]);
  assert.deepEqual(read('13', 'v3.30.7'), ['black-hole', 13]);
  assert.deepEqual(read('d', 'v3.28.5'), ['black-hole', 13]);
  assert.deepEqual(read('d', 'v3.28.0'), ['unknown', 13]);
  assert.deepEqual(read('27', 'v3.32.0'), ['workload-not-ready', 27]);
  assert.deepEqual(read('28', 'v3.32.1'), ['workload-not-ready', 28]);
  assert.deepEqual(read('ed', 'v3.22.0'), ['unauthorised-source', 0xed]);
  assert.deepEqual(read('ed'), ['unauthorised-source', 0xed]);
  assert.deepEqual(read('b'), ['unauthorised-source', 11]);
  assert.deepEqual(read('5'), ['too-short', 5]);
  // No version printed such a number in hexadecimal: it is that of v3.30 to v3.32 without BTF.
  assert.deepEqual(read('11'), ['unauthorised-source', 11]);
  assert.deepEqual(read('20', 'v3.31.5'), ['fragment-wait', 20]);
  assert.deepEqual(read('21', 'v3.31.5'), ['fragment-order', 21]);
});

test('takes silence behind the jump to policy for a denial through v3.23', () => {
  const run = (source: string) => `New packet at ifindex=10; mark=0
    IP id=1 s=${source} d=a410103
    TCP; ports: s=1000 d=80
    CT-6 lookup from ${source}:1000
    CT-6 lookup to   a410103:80
    CT-6 Miss for TCP SYN, NEW flow.
    CT-6 result: NEW.
    About to jump to policy program.`;
  const text = traceOf('cali6d21-I: ', `${run('a410002')}\n${run('a410003')}`);
  const [first, second] = packetsOf(text);
  assert.equal(first?.verdict.kind === 'denied' && first.verdict.reason, 'policy');
  // What the end of the trace cuts off is not known to be denied.
  assert.deepEqual(second?.verdict, { kind: 'unknown' });
  assert.equal(second?.lines.cut, 'end');
});

test('the lines before a denial tell more than its code', () => {
  const causes: Readonly<Record<string, string>> = {
    'Packet is from an unauthorised source: DROP': 'source-range',
    'Workload RPF fail: missing route.': 'spoofed-source',
    'CT mid-flow miss away from host with no Linux conntrack entry, drop.': 'mid-flow',
    'CT: result: INVALID.': 'conntrack-invalid',
    'CT: result: 0x200': 'reverse-path',
    'IPv6 to/from workload: drop': 'ipv6-off',
    'Workload to host traffic blocked by DefaultEndpointToHostAction: DROP': 'workload-to-host',
    'WEP with no policy, deny.': 'no-policy-program',
    'Denied by policy: DROP': 'policy',
    'Drop packet due to QoS packet rate limit.': 'rate-limit',
    'connlimit: over limit (10 >= 10), rejecting': 'connection-limit',
    'Missing IP fragment at offset 1480': 'fragment-wait',
    'IPv4 fragmentation not supported in this kernel version': 'fragment',
    'missing rt found for 10.0.0.1': 'no-route',
    'FIB not approved - connection to unknown ep 7 not confirmed.': 'workload-not-ready',
    'FIB not approved - connection to unready 0x3 ep cali1 (7) not confirmed.': 'workload-not-ready',
    'dropping non-maglev tunnel pkt with changed source node': 'tunnel-source',
    'No route for 10.0.0.1 at tunnel device': 'no-tunnel-route',
    'FIB not approved - connection to unready ep cali1 (ifindex 7) not confirmed.': 'workload-not-ready',
  };
  for (const [message, reason] of Object.entries(causes)) {
    const text = traceOf(
      'cali6d2111c0d58-E: ',
      `New packet at ifindex=10; mark=0
       ${message}
       Final result=DENY (0). Program execution time: 12ns`,
    );
    const verdict = packetsOf(text)[0]?.verdict;
    assert.equal(verdict?.kind === 'denied' && verdict.reason, reason, message);
  }
});

test('takes the lines of several CPUs apart', () => {
  const [one = '', other = ''] = ['cali6d2111c0d58-E: ', 'eth0------------I: '].map((prefix, cpu) =>
    traceOf(
      prefix,
      `New packet at ifindex=${cpu}; mark=0
       IP s=10.0.0.${cpu} d=10.0.0.9
       Final result=ALLOW rc 0. Program execution time: 12ns`,
      { cpu },
    ),
  );
  const lines = other.trimEnd().split('\n');
  const mixed = one
    .trimEnd()
    .split('\n')
    .flatMap((line, index) => [line, lines[index]])
    .join('\n');
  const packets = packetsOf(mixed);
  assert.deepEqual(
    packets.map(({ cpu, source, lines }) => [cpu, source?.address, lines.spans.length]),
    [
      [0, '10.0.0.0', 3],
      [1, '10.0.0.1', 3],
    ],
  );
});

test('counts what other programs print, and lets it disturb nothing', () => {
  const text = readTrace('v3.32.1-d-no-backend-service-tc');
  const foreign = '         python3-1       [000] d..21  1422.000000: bpf_trace_printk: execve 17 /bin/sh\n';
  const mixed = text
    .split('\n')
    .map((line) => `${line}\n${foreign}`)
    .join('');
  const reader = new TraceReader();
  const packets = [...reader.push(mixed), ...reader.end()];
  assert.equal(packets.length, 2);
  assert.equal(reader.counts.foreignLines, text.split('\n').length);
  assert.equal(reader.counts.unknownLines, 0);
});

test('keeps and counts what a future version prints', () => {
  const text = traceOf(
    'cali6d2111c0d58-E: ',
    `New packet at ifindex=10; mark=0
     Something new about 10.0.0.1:80
     Something new about 10.0.0.2:81
     Something new within 4617ns
     Something new within 12ns
     Final result=ALLOW rc 0. Program execution time: 12ns`,
  );
  const reader = new TraceReader();
  const [record] = reader.push(text);
  assert.equal(record?.kind === 'packet' && record.packet.lines.unknown, 4);
  assert.deepEqual(reader.unknown.templates, [
    { message: 'Something new about …', count: 2 },
    { message: 'Something new within …', count: 2 },
  ]);
  assert.equal(reader.counts.unknownLines, 4);
});

test('a line without a prefix belongs to the packet that comes next, or to the one in progress', () => {
  const text =
    traceOf('', 'No metadata is shared by XDP') +
    traceOf('eth0------------I: ', 'New packet at ifindex=2; mark=0', { time: 101 }) +
    traceOf('', 'no counters: DROP', { time: 102 }) +
    traceOf('eth0------------I: ', 'New packet at ifindex=2; mark=0', { time: 103 });
  const [packet, next, ...others] = packetsOf(text);
  assert.deepEqual(others, []);
  assert.equal(packet?.verdict.kind === 'denied' && packet.verdict.reason, 'broken');
  assert.equal(packet?.lines.count, 3);
  assert.equal(packet?.lines.cut, undefined);
  assert.equal(next?.lines.count, 1);
});

test('what passes the bpfnat device at once is a packet of one line', () => {
  const text =
    traceOf('eth0------------I: ', 'New packet at ifindex=2; mark=0') +
    traceOf('', 'Final result=ALLOW (3). Bypass mark set at bpfnat local WL', { time: 101 });
  const [cut, packet, ...others] = packetsOf(text);
  assert.deepEqual(others, []);
  assert.equal(cut?.verdict.kind, 'unknown');
  assert.deepEqual(packet?.verdict, { kind: 'allowed', how: 'bypass' });
  assert.deepEqual([packet?.lines.count, packet?.lines.cut], [1, undefined]);
});

test('a Log action at log level Off is a packet of one line', () => {
  const text = traceOf(
    'cali6d2111c0d58-I: ',
    `policy DENIED  proto 17 src 10.0.0.1:5 dest 10.0.0.2:53
     policy ALLOWED proto 6 src 10.0.0.1:5 dest 10.0.0.2:80`,
  );
  const [denied, allowed, ...others] = packetsOf(text);
  assert.deepEqual(others, []);
  assert.equal(
    denied?.verdict.kind === 'denied' && denied.verdict.words,
    'denied by the pod’s ingress policy',
  );
  assert.deepEqual(denied?.destination, { address: '10.0.0.2', port: 53 });
  assert.equal(allowed?.verdict.kind, 'allowed');
});

test('the interfaces of pods are known under the networks of clouds, too', () => {
  const verdictOn = (iface: string) => {
    const prefix = `${iface.padEnd(15, '-')}-I: `;
    const [packet] = packetsOf(traceOf(prefix, 'policy DENIED  proto 6 src 10.0.0.1:5 dest 10.0.0.2:80'));
    return packet?.verdict.kind === 'denied' && packet.verdict.words;
  };
  for (const iface of ['eni5a1b2c3d4e5', 'azv0a1b2c3d4e5', 'gke0a1b2c3d4e5'])
    assert.equal(verdictOn(iface), 'denied by the pod’s ingress policy');
  assert.equal(verdictOn('eth0'), 'denied by the host endpoint’s ingress policy');
});

test('XDP programs print neither a beginning nor an end', () => {
  const run = (end: string) => `IP id=1 len=60
    IP s=10.0.0.1 d=10.0.0.2
    UDP; ports: s=5 d=53
    About to jump to policy program.
    ${end}`;
  const text = traceOf(
    'eth0------------X: ',
    [
      run('Entering calico_xdp_drop'),
      run('Entering calico_xdp_accepted_entrypoint'),
      run('jump to idx 1 prog at 2'),
    ].join('\n'),
  );
  assert.deepEqual(
    packetsOf(text).map(({ verdict, lines }) => [
      verdict.kind === 'denied' ? verdict.reason : verdict.kind === 'allowed' && verdict.how,
      lines.cut,
    ]),
    [
      ['policy', undefined],
      ['accepted-by-xdp', undefined],
      ['passed', undefined],
    ],
  );
});

test('what XDP accepted and tc let through is one packet, with what passed between them', () => {
  const text =
    traceOf(
      'eth0------------X: ',
      `IP id=1 len=60
       IP s=10.0.0.1 d=10.0.0.2
       UDP; ports: s=5 d=53
       Entering calico_xdp_accepted_entrypoint
       Set metadata for TC: 128`,
    ) +
    traceOf(
      '',
      `Received metadata from XDP: 128
       Final result=ALLOW (13). Accepted by XDP.`,
      { time: 101 },
    ) +
    traceOf(
      '',
      `Received metadata from XDP: 128
       Final result=ALLOW (13). Accepted by XDP.`,
      { time: 102 },
    );
  const packets = packetsOf(text);
  assert.deepEqual(
    packets.map(({ verdict, lines }) => [verdict, lines.count, lines.cut]),
    [
      [{ kind: 'allowed', how: 'accepted-by-xdp' }, 7, undefined],
      [{ kind: 'allowed', how: 'accepted-by-xdp' }, 2, undefined],
    ],
  );
});

test('XDP tells packets apart that it prints one line of', () => {
  const text = traceOf(
    'eth0------------X: ',
    `IP id=1 len=60
     IP s=10.0.0.1 d=10.0.0.2
     TCP; ports: s=5 d=80
     Inbound failsafe port: 80. Skip policy
     ARP: allowing packet
     IPv6 on host interface: allow
     Unknown ethertype on host interface (8899), allow
     UDP; ports: s=5 d=53
     Entering calico_xdp_accepted_entrypoint
     UDP; ports: s=6 d=53
     Entering calico_xdp_drop
     proto=17
     src=10.0.0.3 dst=10.0.0.4
     sport=6`,
  );
  assert.deepEqual(
    packetsOf(text).map(({ special, source, destination, verdict }) => [
      special,
      source?.address,
      destination?.port,
      verdict.kind,
    ]),
    [
      [undefined, '10.0.0.1', 80, 'allowed'],
      ['ARP', undefined, undefined, 'allowed'],
      ['IPv6', undefined, undefined, 'allowed'],
      [undefined, undefined, undefined, 'allowed'],
      [undefined, undefined, undefined, 'allowed'],
      [undefined, '10.0.0.3', 53, 'denied'],
    ],
  );
});

test('a program that drops a packet without a final result has said why, last', () => {
  const drops = {
    'Egress HEP should drop packet with no CT state': 'mid-flow',
    'Too short': 'too-short',
    'Maglev: select backend failed': 'no-backend',
    'Maglev: No route for post DNAT dest 10.0.0.1': 'no-route',
    'State map lookup failed: DROP': 'broken',
  };
  for (const [message, reason] of Object.entries(drops)) {
    const run = `New packet at ifindex=2; mark=0
      IP s=10.0.0.1 d=10.0.0.2
      ${message}`;
    const [packet, next] = packetsOf(traceOf('eth0------------E: ', `${run}\n${run}`));
    assert.equal(packet?.verdict.kind === 'denied' && packet.verdict.reason, reason, message);
    // What the end of the trace cuts off may go on.
    assert.equal(next?.verdict.kind, reason === 'broken' ? 'denied' : 'unknown', message);
  }
});

test('a duration since the node’s boot is none', () => {
  const run = (nanoseconds: number) =>
    traceOf(
      'cali6d2111c0d58-E: ',
      `New packet at ifindex=10; mark=0
       Drop packet due to QoS packet rate limit.
       Final result=DENY (23). Program execution time: ${nanoseconds}ns`,
      { time: 4000 },
    );
  assert.equal(packetsOf(run(4_000_012_345_678))[0]?.nanoseconds, undefined);
  assert.equal(packetsOf(run(2_000_000_000))[0]?.nanoseconds, 2_000_000_000);
  assert.equal(packetsOf(run(9012))[0]?.nanoseconds, 9012);
});

test('a connection that is marked to be reset is answered so', () => {
  const text = traceOf(
    'cali6d2111c0d58-E: ',
    `New packet at ifindex=10; mark=0
     IP s=10.0.0.1 d=10.0.0.2
     CT Hit
     Sending TCP RST due to CT state
     Entering calico_tc_skb_send_tcp_rst
     Final result=ALLOW rc 7. Program execution time: 12ns`,
  );
  const verdict = packetsOf(text)[0]?.verdict;
  assert.equal(verdict?.kind === 'denied' && verdict.reason, 'connection-reset');
  assert.equal(verdict?.kind === 'denied' && verdict.reply?.kind, 'tcp-reset');
});

test('a trace that begins within a packet says so', () => {
  const text = traceOf('eth0------------I: ', 'Final result=ALLOW rc 0. Program execution time: 12ns');
  assert.equal(packetsOf(text)[0]?.lines.cut, 'start');
});

test('a refused connect is told', () => {
  const text = traceOf(
    'CTLB------------: ',
    `calico_connect_v4
     SOCK_STREAM -> assuming TCP
     NAT: 1st level lookup addr=10.96.44.5 port=80 tcp
     NAT: 1st level hit; id=10
     NAT: no backend
     NAT miss.`,
  );
  const [record] = recordsOf(text);
  assert.equal(record?.kind === 'connect' && record.connect.outcome, 'no-backend');
});

/** A packet of v3.23 whose trace ends where its policy begins, on a CPU. */
const beforePolicy = (cpu: string) =>
  traceOf(
    'cali6d---I: ',
    'New packet at ifindex=10; mark=0\nTCP; ports: s=1 d=2\nAbout to jump to policy program.',
  )
    .replaceAll('[000]', cpu)
    .replaceAll('[001]', cpu);

for (const [gap, missing] of [
  ['CPU:1 [LOST 1234 EVENTS]', ['unknown', 'denied']],
  ['-- Lost at 10:39:12.345: the connection was reset.', ['unknown', 'unknown']],
] as const) {
  test(`what is missing at “${gap.slice(0, 8)}” is no silence of a program`, () => {
    const text = beforePolicy('[001]') + beforePolicy('[002]');
    const kinds = (between: string) =>
      packetsOf(text + between + text)
        .filter(({ lines }) => lines.spans[0] !== undefined && lines.spans[0].start < text.length)
        .map(({ cpu, verdict }) => [cpu, verdict.kind]);
    assert.deepEqual(kinds(''), [
      [1, 'denied'],
      [2, 'denied'],
    ]);
    assert.deepEqual(
      kinds(`${gap}\n`).toSorted(([one], [other]) => Number(one) - Number(other)),
      [
        [1, missing[0]],
        [2, missing[1]],
      ],
    );
  });
}

test('what looks like a packet without an end is cut, on CPUs that take turns, too', () => {
  const line = traceOf('eth0------------I: ', 'something new');
  const turns = ['[001]', '[002]'].map((cpu) => line.replace(/\[\d{3}\]/, cpu)).join('');
  const connects = turns.replaceAll('eth0------------I: ', 'CTLB------------: ');
  const records = recordsOf((turns + connects).repeat(10) + turns.repeat(10_000) + connects.repeat(10_000));
  const all = records.map((record) => (record.kind === 'packet' ? record.packet : record.connect).lines);
  assert.ok(Math.max(...all.map(({ spans }) => spans.length)) <= 4096);
  assert.equal(all.reduce((sum, { spans }) => sum + spans.length, 0) >= 30_000, true);
});

test('names of nodes without end are not held, and no line of theirs is lost', () => {
  const line = traceOf('eth0------------I: ', 'New packet at ifindex=2; mark=0');
  const reader = new TraceReader();
  let packets = 0;
  for (let number = 0; number < 25_000; number++)
    packets += reader.push(`-- node n${number}\n${line}`).length;
  assert.ok(packets >= 19_000);
  assert.equal(packets + reader.end().length, 25_000);
});

test('anything is read without an error, and no line is lost', () => {
  const pieces = readTrace('v3.32.1-a3-pod-to-clusterip-udp').split(/(?<=[\n ])/);
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' }), fc.constant('\r\n')))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (input) => {
      const reader = new TraceReader();
      reader.push(input);
      reader.end();
      const { counts } = reader;
      const read = counts.lines + counts.foreignLines + counts.otherLines;
      const blank = input.split('\n').filter((line) => /^[\0- ]*$/.test(line)).length;
      assert.ok(read + blank >= input.split('\n').length - counts.lostEvents - emptyMessages(input));
    }),
  );
});

/** Lines with a header and nothing behind it: some builds end each message with an empty line. */
function emptyMessages(input: string): number {
  return input.split('\n').filter((line) => /: *bpf_trace_printk:[\0- ]*$/.test(line)).length;
}

test('new messages and new programs are Calico’s, even without a prefix that is known', () => {
  const reader = new TraceReader();
  const messages = [
    'Main program not there for IPv7, DROP',
    'Entering calico_tc_skb_something - new',
    'IP FRAG: something new',
    'NEW-PROGRAM-----: something new',
    'eth0--------------------E: something new',
  ];
  reader.push(messages.map((message) => traceOf('', message)).join(''));
  reader.end();
  assert.deepEqual([reader.counts.unknownLines, reader.counts.foreignLines], [5, 0]);
});

test('a text without line ends is not held', () => {
  const reader = new TraceReader();
  for (let piece = 0; piece < 64; piece++) reader.push('x'.repeat(65_536));
  assert.ok(reader.counts.otherLines >= 32);
});

/** A SYN to a service without a backend, as a version prints it at a pod's interface. */
const lines = {
  'v3.24': [
    'cali6d21-E: ',
    `New packet at ifindex=10; mark=0
     IP id=8590 s=a410002 d=a602c05
     TCP; ports: s=54376 d=80
     CT-6 lookup from a410002:54376
     CT-6 lookup to   a602c05:80
     CT-6 Miss for TCP SYN, NEW flow.
     CT-6 result: NEW.
     conntrack entry flags 0x0
     NAT: 1st level lookup addr=a602c05 port=80 protocol=6.
     NAT: 1st level hit; id=5
     NAT: no backend
     Final result=DENY (0). Program execution time: 5143ns`,
  ],
  'v3.28.5': [
    'cali6d2111c0d58-E: ',
    `New packet at ifindex=10; mark=0
     IP id=8590 len=60
     IP s=a410002 d=a602c05
     IP ihl=20 bytes
     TCP; ports: s=54376 d=80
     CT: lookup from a410002:54376
     CT: lookup to   a602c05:80
     CT: Miss for TCP SYN, NEW flow.
     CT: result: NEW.
     conntrack entry flags 0x0
     NAT: 1st level lookup addr=a602c05 port=80 tcp
     NAT: 1st level hit; id=5
     NAT: no backend
     Final result=DENY (b). Program execution time: 5143ns`,
  ],
} as const;

test('reads v3.24 with its short prefixes, and v3.28 with an empty line behind each of its own', () => {
  for (const [version, [prefix, messages]] of Object.entries(lines)) {
    const text = traceOf(prefix, messages);
    const doubled = text.replaceAll('\n', '\n\n').replaceAll('\n', '\r\n');
    for (const printed of [text, doubled]) {
      const [packet, ...others] = packetsOf(printed, version);
      assert.deepEqual(others, []);
      assert.deepEqual(packet?.source, { address: '10.65.0.2', port: 54376 });
      assert.deepEqual(packet?.destination, { address: '10.96.44.5', port: 80 });
      assert.equal(packet?.verdict.kind === 'denied' && packet.verdict.reason, 'no-backend', version);
      assert.deepEqual([packet?.lines.unknown, packet?.lines.cut], [0, undefined]);
    }
  }
});
