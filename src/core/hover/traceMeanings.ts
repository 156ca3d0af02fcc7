/** What the words of BPF traces mean. Facts of Calico's felix/bpf-gpl, v3.22 to v3.33. */

export const traceHookMeanings: Readonly<Record<string, string>> = {
  I: 'Ingress as policy sees it: to the pod of a workload interface, from the wire on a host interface.',
  E: 'Egress as policy sees it: from the pod of a workload interface, to the wire on a host interface.',
  X: 'XDP: right after the network card.',
};

export const traceSourceMeanings: Readonly<Record<string, string>> = {
  CTLB: 'The connect-time load balancer: it chooses a backend when a process connects, before there is a packet.',
  'CALI-C':
    'The connect-time load balancer: it chooses a backend when a process connects, before there is a packet.',
  'CT-CLEANER': 'The program that removes old conntrack entries.',
};

export const verdictMeanings: Readonly<Record<string, string>> = {
  ALLOW: 'The packet goes on from here. It may still be dropped at a later hook.',
  DENY: 'The packet is dropped here. The lines before tell why.',
  'DENY due to policy': 'The packet is dropped by policy. No “Final result” follows.',
  'Allowed by policy: ACCEPT': 'A policy, or a profile, allows the first packet of the connection.',
  'Denied by policy: DROP': 'A rule denies the packet: the policy dump of the interface has it.',
  'Implicitly denied by policy: DROP':
    'Policies apply and none of their rules matches: that denies the packet.',
};

/** From v3.24; the numbers from 13 on differ with the version (felix/bpf-gpl/reasons.h). */
export const reasonMeanings: readonly string[] = [
  'no particular reason',
  'accepted by a failsafe port',
  'accepted by policy',
  'already accepted by another of Calico’s programs',
  'dropped by policy',
  'the packet is too short',
  'the checksum is wrong',
  'the packet has IP options',
  'the IP header is malformed',
  'the packet could not be packed for the tunnel',
  'the packet of the tunnel could not be unpacked',
  'the source is not authorised: spoofed, or outside of loadBalancerSourceRanges',
  'there is no route for the destination',
];

export const tcCodeMeanings: Readonly<Record<string, string>> = {
  '-1': 'What the packet meets next decides: the host’s own networking.',
  '0': 'The packet goes on without the host’s filters.',
  '2': 'The packet is dropped.',
  '7': 'The packet is redirected straight to another interface.',
};

/** The low byte of a conntrack result. */
export const ctResultMeanings: readonly string[] = [
  'NEW: the first packet of a connection',
  'MID_FLOW_MISS: in the middle of a connection that is not in the table',
  'ESTABLISHED: part of a known connection',
  'ESTABLISHED_BYPASS: part of a known connection that needs no further look',
  'ESTABLISHED_SNAT: a reply whose source is put back',
  'ESTABLISHED_DNAT: part of a known connection to a service',
  'INVALID: the packet does not fit its connection',
  'MAGLEV_MID_FLOW_MISS: in the middle of a connection that may have come through another node',
];

export const ctResultBits: readonly (readonly [bit: number, meaning: string])[] = [
  [0x100, 'related (ICMP error)'],
  [0x200, 'reverse-path check failed'],
  [0x400, 'the tunnel’s other end changed'],
  [0x1000, 'SYN'],
  [0x2000, 'confirmed'],
  [0x4000, 'to a workload'],
];

export const policyCodeMeanings: Readonly<Record<string, string>> = {
  '0': 'No rule matched: implicitly denied.',
  '1': 'Allowed.',
  '2': 'Denied.',
  '10': 'The policy program could not be called.',
};

/** Marks that say more than their parts (felix/bpf-gpl/bpf.h); the widest first. */
export const markMeanings: readonly (readonly [mark: number, meaning: string])[] = [
  [0x03300000, 'already forwarded by Calico: skip everything'],
  [0x03500000, 'accepted by XDP'],
  [0x03600000, 'the source is to be masqueraded'],
  [0x03800000, 'leaves the IP pools: outgoing NAT'],
  [0x81000000, 'came out of bpfout.cali'],
  [0x41000000, 'the tunnel’s key is set'],
  [0x21000000, 'an ICMP error of a known connection'],
  [0x05000000, 'in the middle of a connection that BPF does not know: for iptables to decide'],
  [0x03000000, 'accepted already: later programs let it through'],
  [0x01100000, 'not to be sent by the FIB short cut'],
  [0x08000000, 'part of an established connection'],
  [0x01000000, 'seen by another of Calico’s programs on this node'],
];

/** Lines that decide something, by how they begin. */
export const messageMeanings: readonly (readonly [beginning: string, meaning: string])[] = [
  ['New packet at ifindex', 'One run of the program begins here, for one packet at one interface.'],
  ['CT: Miss', 'The connection is not in the conntrack table.'],
  ['CT: Hit! NAT FWD', 'The packet goes to a service; the entry of its connection is looked up next.'],
  ['CT: Hit! NAT REV', 'The packet belongs to a connection through a service.'],
  ['CT: Hit! NORMAL', 'The packet belongs to a connection without NAT.'],
  ['CT mid-flow miss away from host', 'A packet in the middle of an unknown connection is dropped.'],
  [
    'CT mid-flow miss',
    'A packet in the middle of a connection that BPF does not know, as after a change of dataplanes.',
  ],
  ['Forcing policy on SYN', 'A SYN on a known connection: policy decides anew.'],
  ['NAT: no backend', 'The service has no backend that can be used: the connection is refused.'],
  ['NAT: backend miss', 'The NAT map announces a backend that it does not have.'],
  ['NAT: Miss', 'The destination is no service.'],
  ['NAT: backend selected', 'The backend that the packet is sent to instead of the service’s address.'],
  ['Got cali_ct_nats entry', 'The process connected to a service; its backend was chosen at that time.'],
  ['Workload RPF fail', 'The pod uses a source address that is not routed to it: dropped as spoofed.'],
  [
    'Packet is from an unauthorised source',
    'Outside of the service’s loadBalancerSourceRanges, or spoofed: dropped.',
  ],
  ['WEP with no policy, deny', 'The pod’s policy program is not in place yet: dropped.'],
  ['HEP with no policy, allow', 'No policy applies to the host interface.'],
  [
    'Workload to host traffic blocked',
    'defaultEndpointToHostAction forbids what pods send to their own node.',
  ],
  ['IPv6 to/from workload: drop', 'IPv6 is off in the eBPF dataplane: the packet is dropped.'],
  ['Packet hit a black hole route', 'The destination is an address of services that no service has.'],
  ['About to jump to policy program', 'Policy decides next; the policy program itself logs nothing.'],
  ['Post-NAT dest IP is local host', 'The packet is for the node itself.'],
  ['No route for', 'There is no route in Calico’s routes map for the address.'],
  ['FIB lookup failed', 'The host’s routing table has no usable route or neighbour for the packet.'],
  ['Source collision', 'Two connections need the same source port; another one is taken.'],
  ['policy ALLOWED', 'The Log action of a rule saw the packet, and policy let it through.'],
  ['policy DENIED', 'The Log action of a rule saw the packet, and policy dropped it.'],
  ['Accepted by XDP', 'Untracked policy has let the packet through already: no other policy is asked.'],
  ['IP FRAG', 'The packet is a fragment: only the first one has the ports.'],
  ['No metadata is shared by XDP', 'No XDP program has looked at the packet that comes next.'],
  ['Main program not loaded', 'The interface is not programmed for this IP version: dropped.'],
];
