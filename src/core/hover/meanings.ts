/** What the words of dumps mean. Facts of Calico's felix/bpf and felix/bpf-gpl, v3.22 to v3.33. */
import type { RouteFlag } from '../dump/routeLine.ts';
import type { TcpState } from '../dump/conntrack.ts';

export const routeMeanings: { readonly [flag in RouteFlag]: string } = {
  local: 'The address is on this node.',
  remote: 'The address is not on this node.',
  host: 'The address of a node itself.',
  workload: 'A pod, or a block of pods of another node.',
  'in-pool': 'The address lies in one of Calico’s IP pools.',
  'nat-out':
    'The IP pool has outgoing NAT: traffic from here to outside of all pools leaves with the node’s address.',
  'same-subnet': 'The node is in this node’s subnet: no tunnel is needed in CrossSubnet mode.',
  'no-dsr': 'The address is in the DSR opt-out list: replies to it go back through the node that was asked.',
  tunneled: 'The address is reached through a tunnel.',
  vxlan: 'The address is reached through VXLAN.',
  'skip-ingress-redir':
    'Packets to the address are not redirected at ingress; the host’s own routing delivers them.',
  'blackhole-drop': 'Packets to the address are dropped: it belongs to services, and no service has it.',
  'blackhole-reject': 'Packets to the address are refused with an ICMP error: no service has it.',
};

/** The words that stand before a value. */
export const routeLabelMeanings: Readonly<Record<string, string>> = {
  idx: 'The index of the interface that the pod is behind.',
  nh: 'The node that the address is behind.',
};

export const natFlagMeanings: Readonly<Record<string, string>> = {
  'external-local':
    'externalTrafficPolicy: Local. Traffic from outside goes to pods of this node only; without one it is refused.',
  'internal-local':
    'internalTrafficPolicy: Local. Traffic from inside the cluster goes to pods of this node only.',
  'nat-exclude': 'The service is left out of NAT (bpfExcludeCIDRsFromNAT).',
  maglev:
    'Backends are chosen by Maglev: the same client reaches the same backend whichever node it comes through.',
};

export const tcpStateMeanings: { readonly [state in TcpState]: string } = {
  'SYN-SENT':
    'A SYN was seen and no answer. If the entry grows old, the packet or its answer is lost: denied on the other side, or nobody listens.',
  ESTABLISHED: 'Both sides have answered each other.',
  CLOSED: 'Both sides have finished; the entry is removed after a short while.',
  RESET: 'One side sent a RST.',
};

export const conntrackFlagMeanings: Readonly<Record<string, string>> = {
  'nat-out': 'The source is replaced by the node’s address when the packet leaves the pools (outgoing NAT).',
  'fwd-dsr':
    'A node-port packet was forwarded to another node, whose backend replies to the client directly (DSR).',
  'np-fwd': 'A node-port packet is forwarded to another node through the tunnel.',
  'skip-fib': 'The packet is not sent out by the short cut of a FIB lookup.',
  'ext-local': 'The client is outside, and the service has externalTrafficPolicy: Local.',
  'via-nat-iface':
    'The packet goes through bpfin.cali/bpfout.cali, as the node’s own traffic to services does.',
  'B-A': 'Endpoint B opened the connection towards A. Without the flag A opened it.',
  'host-psnat': 'The source port was changed because it was taken.',
  'svc-self': 'A pod reached itself through a service.',
  'np-loop': 'The connection turned around at a node port of its own node.',
  'np-remote': 'The connection goes to a node port of another node.',
  'no-dsr': 'The client is in the DSR opt-out list.',
  'no-redir-peer': 'The packet is not handed to the pod’s end of the veth directly.',
  dscp: 'One end is outside the cluster. The name is that of DSCP marking, which the bit also serves.',
};

export const interfaceFlagMeanings: Readonly<Record<string, string>> = {
  workload: 'A pod is behind the interface.',
  ready: 'Calico’s programs and policy are in place.',
  v4Ready:
    'Calico’s programs and policy for IPv4 are in place. Without it packets of a workload are dropped.',
  v6Ready: 'Calico’s programs and policy for IPv6 are in place.',
  host: 'A network interface of the node itself.',
  bond: 'A bond: Calico’s programs belong here, not on its members.',
  bondslave: 'A member of a bond: it gets no programs of its own.',
  vxlan: 'A VXLAN tunnel.',
  ipip: 'An IPIP tunnel.',
  wg: 'A WireGuard tunnel.',
  l3: 'An interface without Ethernet headers.',
  notmanaged:
    'bpfDataIfacePattern does not match the name: Calico attaches nothing here, and what it had attached may remain.',
};

/** By the text of the TYPE column; a wrapped one is found by its beginning or its end. */
export const counterMeanings: Readonly<Record<string, string>> = {
  packets: 'All packets that the programs of the interface saw.',
  'by another program': 'Accepted already by another of Calico’s programs: the packet carries its mark.',
  'by failsafe': 'Accepted by a failsafe port, which no policy can close.',
  'by policy': 'Decided by policy: allowed by a rule, or, as a drop, denied by a rule or allowed by none.',
  'failed decapsulation': 'The packet came through a tunnel and could not be unpacked.',
  'failed encapsulation': 'The packet could not be packed for the tunnel.',
  'incorrect checksum': 'The checksum was wrong.',
  'malformed IP packets': 'The IP header was not valid.',
  'packets with unknown route': 'No route was known for the destination.',
  'packets with unknown source':
    'The source address does not belong where the packet came from: a spoofed address, reverse-path filtering, or a client outside of loadBalancerSourceRanges.',
  'packets with unsupported IP options': 'The packet had IP options, which are not supported.',
  'too short packets': 'The packet was too short to hold its headers.',
  'packets hitting blackhole route': 'The destination is an address of services that no service has.',
  'failed to create conntrack': 'No conntrack entry could be made: the map may be full.',
  'NAT source collision resolution failed':
    'Two connections needed the same source port and no free one was found.',
  'packets hitting NAT source collision':
    'Two connections needed the same source port; another one was taken. Not a fault.',
  'fragment of yet incomplete packet': 'A fragment that waits for the others. Not a fault by itself.',
  'fragment out of order within host': 'Fragments arrived out of order.',
  'fragments not supported': 'A fragment in a place where they are not supported.',
  'QoS control limit': 'A packet-rate limit of the pod was exceeded.',
  neigh: 'Redirected to a neighbour on the network. Not a fault.',
  peer: 'Redirected straight into the pod’s network namespace. Not a fault.',
  plain: 'Redirected to another interface. Not a fault.',
  'Maglev lookup found no backends for service IP': 'A Maglev service has no backends.',
  'VXLAN encap when host IP unknown':
    'The packet needed a tunnel, and the node’s own address was not known yet.',
};

/** What a row of the table counts; a policy both accepts and drops. */
export function findCounterMeaning(text: string, category: string | undefined): string | undefined {
  if (text === 'by policy' && category === 'Accepted') return 'A policy, or a profile, allowed the packet.';
  if (text === 'by policy' && category === 'Dropped')
    return 'A policy denied the packet, or none allowed it; the policy dump of the interface has the rule.';
  const exact = counterMeanings[text];
  if (exact !== undefined || text.length < 4) return exact;
  return Object.entries(counterMeanings).find(([type]) => type.startsWith(text) || type.endsWith(text))?.[1];
}

export const categoryMeanings: Readonly<Record<string, string>> = {
  Total: 'All packets.',
  Accepted: 'Packets that were let through, by what let them.',
  Dropped: 'Packets that were dropped, by why.',
  Redirect: 'How packets were handed on without the host’s routing. Not faults.',
  Other: 'Events that are no verdict.',
};

export const columnMeanings: Readonly<Record<string, string>> = {
  INGRESS:
    'Into the node through the interface, as tc sees it: for a workload interface what the *pod sends*, so its egress policy.',
  EGRESS:
    'Out of the node through the interface, as tc sees it: for a workload interface what goes *to the pod*, so its ingress policy.',
  XDP: 'At the network card, before everything else; host interfaces only.',
};

export const entryTypeMeanings: Readonly<Record<string, string>> = {
  '0': 'A connection without NAT.',
  '1': 'Leads from a service’s address to the entry of the connection (REVKey).',
  '2': 'A connection through a service: between client and backend.',
};

export const legFlagMeanings: Readonly<Record<string, string>> = {
  SynSeen: 'whether a SYN was seen in this direction',
  AckSeen: 'whether an ACK was seen in this direction',
  FinSeen: 'whether a FIN was seen in this direction',
  RstSeen: 'whether a RST was seen in this direction',
  Approved: 'whether policy on this side has accepted the connection',
  Whitelisted: 'whether policy on this side has accepted the connection',
  Opener: 'whether this side opened the connection',
  Workload: 'whether a pod of this node is on this side',
};

/** Bits of a conntrack entry's flags by their printed names (felix/bpf/conntrack/v4/map.go). */
export const conntrackFlagBits: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'nat-out'],
  [0x2, 'fwd-dsr'],
  [0x4, 'np-fwd'],
  [0x8, 'skip-fib'],
  [0x40, 'ext-local'],
  [0x80, 'via-nat-iface'],
  [0x100, 'B-A'],
  [0x200, 'host-psnat'],
  [0x400, 'svc-self'],
  [0x800, 'np-loop'],
  [0x1000, 'np-remote'],
  [0x2000, 'no-dsr'],
  [0x4000, 'no-redir-peer'],
  [0x8000, 'dscp'],
  [0x10000, 'maglev'],
  [0x20000, 'send-rst'],
];

export const actionMeanings: Readonly<Record<string, string>> = {
  allow: 'Lets the packet through; nothing after this rule is looked at.',
  deny: 'Drops the packet.',
  pass: 'Goes on with the next tier, or with the profiles after the last one.',
  'next-tier': 'Goes on with the next tier, or with the profiles after the last one.',
  log: 'Writes a line to the trace, and goes on with the next rule. It never counts hits.',
};

export const tierEndMeanings: Readonly<Record<string, string>> = {
  deny: 'A packet that no rule of the tier matches is dropped. These drops have no hit count; the counters have them.',
  pass: 'A packet that no rule of the tier matches goes on with the next tier.',
  empty: 'A packet that no rule of the tier matches is dropped.',
};

export const hookMeanings: Readonly<Record<string, string>> = {
  'tc ingress':
    'Packets that come into the node through the interface. For a workload interface these are the pod’s own packets: its *egress* policy.',
  'tc egress':
    'Packets that leave the node through the interface. For a workload interface these go to the pod: its *ingress* policy.',
  xdp: 'Packets at the earliest point after the network card: untracked policy of host endpoints.',
};
