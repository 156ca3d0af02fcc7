/** Whole packets of versions of which there is no recording, as their programs print them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet } from '../../../src/core/trace/packet.ts';
import { describePacket } from '../../../src/core/trace/words.ts';
import { packetsOf, recordsOf, traceOf } from './recordedTraces.ts';

/** The only packet of a trace, of which every line is known. */
function packetOf(text: string, version: string): Packet {
  const [packet, ...others] = packetsOf(text, version);
  assert.ok(packet);
  assert.deepEqual(others, []);
  assert.deepEqual([packet.lines.unknown, packet.lines.cut], [0, undefined]);
  return packet;
}

test('v3.22: a SYN to a service has its addresses from conntrack, and goes to a backend', () => {
  const text = traceOf(
    'cali6d21-E: ',
    `New packet at ifindex=10; mark=0
     TCP; ports: s=54376 d=80
     CT-6 lookup from a410002:54376
     CT-6 lookup to   a600001:80
     CT-6 Miss for TCP SYN, NEW flow.
     CT-6 result: NEW.
     conntrack entry flags 0x0
     NAT: 1st level lookup addr=a600001 port=80 protocol=6.
     NAT: 1st level hit; id=1
     NAT: 1st level hit; id=1 ordinal=0
     NAT: backend selected a410103:8080
     Workload RPF check src=a410002 skb iface=10.
     Socket cookie: 1f
     About to jump to policy program.
     Entering calico_tc_skb_accepted_entrypoint
     Entering calico_tc_skb_accepted
     src=a410002 dst=a600001
     post_nat=a410103:8080
     tun_ip=0
     pol_rc=1
     sport=54376
     flags=0
     ct_rc=0
     ct_related=0
     ip->ttl 64
     Allowed by policy: ACCEPT
     CT: DNAT to a410103:8080
     CT-ALL packet mark is: 0x0
     CT-ALL Creating tracking entry type 2 at 1234567890.
     CT-ALL tracking entry flags 0x0
     CT-ALL SNAT orig 20041a:54376
     NEW src_to_dst->ifindex 10
     CT-ALL Whitelisted source side - from WEP
     CT-6 Creating FWD entry at 1234567890.
     FWD a410002 -> a600001
     L4 checksum update (csum is at 50) dst IP from a600001 to a410103
     bpf_l4_csum_replace(IP): 0
     L4 checksum update (csum is at 50) dport from 80 to 8080
     bpf_l4_csum_replace(dport): 0
     FIB family=2
     FIB tot_len=0
     FIB ifindex=10
     FIB l4_protocol=6
     FIB sport=54376
     FIB dport=80
     FIB ipv4_src=a410002
     FIB ipv4_dst=a410103
     Traffic is towards the host namespace, doing Linux FIB lookup
     FIB lookup failed (FIB problem): 7.
     Traffic is towards host namespace, marking with 1000000.
     Final result=ALLOW (0). Program execution time: 43034ns`,
  );
  const packet = packetOf(text, 'v3.22.2');
  assert.deepEqual(packet.hook, { interface: 'cali6d21', isShort: true, direction: 'E' });
  assert.equal(packet.protocol, 6);
  assert.deepEqual(packet.source, { address: '10.65.0.2', port: 54376 });
  assert.deepEqual(packet.destination, { address: '10.96.0.1', port: 80 });
  assert.deepEqual(packet.nat?.destination, { address: '10.65.1.3', port: 8080 });
  assert.deepEqual([packet.nat.serviceId, packet.nat.ordinal], [1, 0]);
  assert.deepEqual([packet.conntrack?.result, packet.conntrack?.isSyn], ['NEW', true]);
  assert.deepEqual(packet.verdict, { kind: 'allowed', how: 'passed' });
  assert.equal(describePacket(packet).what, 'TCP SYN');
});

test('v3.22: a reply leaves through its connection, and a packet of a tunnel shows what was in it', () => {
  const reply = packetOf(
    traceOf(
      'cali6d21-I: ',
      `New packet at ifindex=10; mark=1000000
       TCP; ports: s=8080 d=54376
       CT-6 lookup from a410103:8080
       CT-6 lookup to   a410002:54376
       CT-6 tun_ip:0
       CT-6 Hit! NAT REV entry at ingress to connection opener: SNAT.
       CT-6 result: 0x4
       conntrack entry flags 0x0
       CT Hit
       Entering calico_tc_skb_accepted_entrypoint
       Entering calico_tc_skb_accepted
       src=a410103 dst=a410002
       post_nat=0:0
       tun_ip=0
       pol_rc=1
       sport=8080
       flags=20
       ct_rc=4
       ct_related=0
       ip->ttl 63
       CT: SNAT from a600001:80
       Final result=ALLOW (0). Program execution time: 9034ns`,
    ),
    'v3.22.2',
  );
  assert.deepEqual(reply.nat?.source, { address: '10.96.0.1', port: 80 });
  assert.deepEqual(reply.conntrack?.result, 'ESTABLISHED_SNAT');
  const tunneled = packetOf(
    traceOf(
      'eth0-----I: ',
      `New packet at ifindex=2; mark=0
       VXLAN tunnel packet to c0a80514 (host IP=c0a80514)
       ARP update for ifindex 2 ip c0a80515
       vxlan decap
       vxlan decap origin c0a80515
       TCP; ports: s=40000 d=30080
       CT-6 lookup from c6336407:40000
       CT-6 lookup to   c0a80515:30080
       CT-6 Miss for TCP SYN, NEW flow.
       CT-6 result: NEW.
       conntrack entry flags 0x0
       NAT: 1st level lookup addr=c0a80515 port=30080 protocol=6.
       NAT: Miss.
       NAT: nodeport hit
       local_traffic 0 count 1 flags 0x1
       NAT: 1st level hit; id=3
       NAT: 1st level hit; id=3 ordinal=0
       NAT: backend selected a410103:8080
       Final result=ALLOW (0). Program execution time: 9034ns`,
    ),
    'v3.22.2',
  );
  assert.deepEqual(tunneled.tunnel, { kind: 'decapsulated', peer: '192.168.5.21' });
  assert.deepEqual(tunneled.source, { address: '198.51.100.7', port: 40_000 });
  assert.deepEqual(tunneled.destination, { address: '192.168.5.21', port: 30_080 });
  assert.deepEqual(tunneled.nat?.destination, { address: '10.65.1.3', port: 8080 });
});

test('v3.22: a denial tells its hexadecimal code, and a denial by policy nothing', () => {
  const run = (end: string) => `New packet at ifindex=10; mark=0
    UDP; ports: s=5353 d=53
    CT-17 lookup from a410002:5353
    CT-17 lookup to   a410103:53
    CT-17 Miss.
    CT-17 result: NEW.
    conntrack entry flags 0x0
    ${end}`;
  const words = (end: string) => {
    const text = traceOf(
      'cali6d21-E: ',
      `${run(end)}\n${run('Final result=ALLOW (0). Bypass mark bit set.')}`,
    );
    const verdict = packetsOf(text, 'v3.22.0')[0]?.verdict;
    return verdict?.kind === 'denied' ? [verdict.reason, verdict.words] : verdict?.kind;
  };
  assert.deepEqual(words('Final result=DENY (ed). Program execution time: 5143ns'), [
    'unauthorised-source',
    'the source is not authorised',
  ]);
  assert.deepEqual(words('Final result=DENY (be). Program execution time: 5143ns'), [
    'policy',
    'denied by the pod’s egress policy',
  ]);
  assert.deepEqual(words('About to jump to policy program.'), [
    'policy',
    'denied by the pod’s egress policy',
  ]);
});

test('v3.23 and v3.24: a denial by policy ends with what the program knew', () => {
  const dump = `proto=6
    src=a410002 dst=a600001
    pre_nat=a600001:80
    post_nat=a410103:8080
    tun_ip=0
    pol_rc=2
    sport=54376
    flags=0x0
    ct_rc=4096`;
  const run = (drop: string) => `New packet at ifindex=11; mark=1000000
    IP id=8590 s=a410002 d=a600001
    TCP; ports: s=54376 d=80
    CT-6 lookup from a410002:54376
    CT-6 lookup to   a600001:80
    CT-6 packet is SYN
    CT-6 result: 0x1000
    About to jump to policy program.
    ${drop}
    ${dump}`;
  const text = traceOf(
    'cali6d21-I: ',
    `${run('Entering calico_tc_skb_drop - DENY')}
     ${run('Entering calico_tc_skb_drop')}
     DENY due to policy`,
  );
  const packets = packetsOf(text, 'v3.24.1');
  assert.equal(packets.length, 2);
  for (const packet of packets) {
    assert.equal(packet.verdict.kind === 'denied' && packet.verdict.reason, 'policy');
    assert.equal(describePacket(packet).verdict, 'denied by the pod’s ingress policy');
    assert.deepEqual(packet.nat?.destination, { address: '10.65.1.3', port: 8080 });
    assert.deepEqual([packet.lines.unknown, packet.lines.cut, packet.policyCode], [0, undefined, 2]);
  }
});

test('v3.24: an ICMP error belongs to its connection, a bypass to none', () => {
  const text =
    traceOf(
      'eth0-----I: ',
      `New packet at ifindex=2; mark=0
       No metadata is shared by XDP
       IP id=7 s=c0a80515 d=c0a80514
       ICMP; type=3 code=3
       CT-1 lookup from c0a80515:0
       CT-1 lookup to   c0a80514:0
       CT-ICMP: proto 17
       CT-1 related lookup from c0a80514:40000
       CT-1 related lookup to   c0a80515:53
       CT-1 Hit! NORMAL entry.
       CT-1 result: 0x2
       CT-1 result: related
       CT Hit
       Final result=ALLOW (0). Program execution time: 5143ns`,
    ) +
    traceOf(
      'eth0-----E: ',
      `New packet at ifindex=2; mark=3000000
       Final result=ALLOW (3). Bypass mark bit set.`,
      { time: 101 },
    );
  const [error, bypassed] = packetsOf(text, 'v3.24.5');
  assert.deepEqual(error?.icmp, { type: 3, code: 3 });
  assert.deepEqual([error.conntrack?.isRelated, error.source?.port], [true, undefined]);
  assert.equal(error.lines.unknown, 0);
  assert.deepEqual(bypassed?.verdict, { kind: 'allowed', how: 'bypass' });
});

test('v3.26: an external client’s NodePort goes through the tunnel, in hexadecimal', () => {
  const packet = packetOf(
    traceOf(
      'eth0------------I: ',
      `New packet at ifindex=2; mark=0
       IP id=8590 s=c6336407 d=c0a80514
       TCP; ports: s=40000 d=30080
       CT: lookup from c6336407:40000
       CT: lookup to   c0a80514:30080
       CT: Miss for TCP SYN, NEW flow.
       CT: result: NEW.
       conntrack entry flags 0x0
       NAT: 1st level lookup addr=c0a80514 port=30080 tcp
       local_traffic 0
       count 1 flags 0x1
       NAT: 1st level hit; id=3
       NAT: 1st level hit; id=3 ordinal=0
       NAT: backend selected a410103:8080
       Host RPF check src=c6336407 skb iface=2
       Host RPF check rc 0 result 1
       About to jump to policy program.
       HEP with no policy, allow.
       Entering calico_tc_skb_accepted_entrypoint
       Entering calico_tc_skb_accepted
       src=c6336407 dst=c0a80514
       post_nat=a410103:8080
       tun_ip=0
       pol_rc=1
       sport=40000
       dport=30080
       flags=20
       ct_rc=0
       ct_related=0
       mark=0x1000000
       ip->ttl 64
       Allowed by policy: ACCEPT
       CT: DNAT to a410103:8080
       rt found for 0xa410103 local 0
       CT-ALL packet mark is: 0x0
       CT-ALL Creating tracking entry type 2 at 1234567890.
       CT-ALL nat tunneled to c0a80515
       CT-ALL approved source side - from HEP tun allow_return=1
       marking CALI_SKB_MARK_BYPASS_FWD
       vxlan encap c0a80514 : c0a80515
       vxlan return 0 ifindex_fwd 0
       FIB lookup succeeded - with neigh
       Got Linux FIB hit, redirecting to iface 2.
       Final result=ALLOW (0). Program execution time: 33034ns`,
    ),
    'v3.26.5',
  );
  assert.deepEqual(packet.tunnel, { kind: 'encapsulated', peer: '192.168.5.21' });
  assert.deepEqual(packet.nat?.destination, { address: '10.65.1.3', port: 8080 });
  assert.deepEqual(packet.verdict, { kind: 'allowed', how: 'redirected' });
});

test('v3.27 to v3.29 without addresses of IPv6: what is printed of them is kept', () => {
  const packet = packetOf(
    traceOf(
      'IPv6 cali6d2111c0d58-E: ',
      `New packet at ifindex=10; mark=0
       IP ihl=40 bytes ip nexthdr 17
       UDP; ports: s=5353 d=53
       CT: lookup from a41:5353
       CT: lookup to   60000a:53
       CT: Miss.
       CT: result: NEW.
       conntrack entry flags 0x0
       Final result=DENY (4). Program execution time: 5143ns`,
    ),
    'v3.28.0',
  );
  assert.equal(packet.family, 6);
  assert.deepEqual(packet.source, { address: '…:0:a41', port: 5353 });
  assert.equal(packet.verdict.kind === 'denied' && packet.verdict.reason, 'policy');
});

test('journeys hold without an identification: through v3.23, and for IPv6', () => {
  const run = `New packet at ifindex=10; mark=0
    TCP; ports: s=1000 d=80
    CT-6 lookup from a410002:1000
    CT-6 lookup to   a410103:80
    Final result=ALLOW (0). Program execution time: 12ns`;
  const at = (hook: string, time: number) => traceOf(`${hook}: `, run, { time });
  const text =
    at('cali6d21-E', 100) +
    at('eth0-----E', 100.0004) +
    at('cali6d21-E', 100.001) +
    at('eth0-----E', 100.0012) +
    at('cali6d21-E', 101);
  const journeys = recordsOf(text).map((record) => record.kind === 'packet' && record.journey);
  assert.deepEqual(journeys, [1, 1, 2, 2, 3]);
});

test('a connect is told in the form of each version', () => {
  const lines = (lookup: string) => `calico_connect_v4
    NAT: 1st level lookup ${lookup}
    NAT: 1st level hit; id=1
    NAT: 1st level hit; id=1 ordinal=0
    NAT: backend selected a410103:8080
    Store: ip=a410103 port=8080 cookie=1f`;
  for (const [prefix, lookup] of [
    ['CALI-C: ', 'addr=a600001 port=80 protocol=6.'],
    ['CTLB------------: ', 'addr=a600001 port=80 tcp'],
  ] as const) {
    const [record] = recordsOf(traceOf(prefix, lines(lookup)));
    const connect = record?.kind === 'connect' ? record.connect : undefined;
    assert.deepEqual(connect?.wanted, { address: '10.96.0.1', port: 80 }, prefix);
    assert.equal(connect.protocol, 6);
    assert.deepEqual(connect.backend, { address: '10.65.1.3', port: 8080 });
    assert.deepEqual([connect.outcome, connect.socketCookie, connect.lines.unknown], ['balanced', 0x1f, 0]);
  }
});
