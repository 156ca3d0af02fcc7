/** Where the run of a program for one packet begins and ends (felix/bpf-gpl/tc.c, fib_co_re.h, fib_legacy.h, xdp.c). */
export const runMessages = {
  newPacket: ['New packet at ifindex={ifIndex:int}; mark={mark:hex}'],
  /** Printed before the packet that it belongs to. */
  noXdpMetadata: ['No metadata is shared by XDP'],
  xdpMetadata: ['Received metadata from XDP: {flags:int}'],
  preamble: [
    'tc_preamble iface {interface:word}',
    'tc_preamble v4 iface {interface:word}',
    'tc_preamble v6 iface {interface:word}',
    'xdp_preamble iface {interface:word}',
  ],
  preambleJump: [
    'tc_preamble iface {interface:word} jump to {index:int}',
    'tc_preamble v4 iface {interface:word} jump to {index:int}',
    'tc_preamble v6 iface {interface:word} jump to {index:int}',
    'xdp_preamble iface {interface:word} jump to {index:int}',
  ],
  /** The expression of bpfLogFilters could not be compiled, or the index of a filter is stale. */
  logFilterFailed: [
    'tc_preamble iface {interface:word} failed to call log filter {index:int}',
    'tc_preamble v4 iface {interface:word} failed to call log filter {index:int}',
    'tc_preamble v6 iface {interface:word} failed to call log filter {index:int}',
  ],
  mainFailed: [
    'tc_preamble iface {interface:word} failed to call main {index:int}',
    'tc_preamble iface {interface:word} failed to call debug main {index:int}',
    'tc_preamble v4 iface {interface:word} failed to call main {index:int}',
    'tc_preamble v4 iface {interface:word} failed to call debug main {index:int}',
    'tc_preamble v6 iface {interface:word} failed to call main {index:int}',
    'tc_preamble v6 iface {interface:word} failed to call debug main {index:int}',
    'xdp_preamble iface {interface:word} failed to call main {index:int}',
  ],
  mainNotLoaded: ['Main program not loaded for IP packet version {etherType:int}, DROP'],
  programBroken: [
    'State map lookup failed: DROP',
    'State map lookup failed: no event generated',
    'State map globals lookup failed: DROP',
    'Counters map lookup failed: DROP',
    'no counters: DROP',
    'No counters: DROP',
    'no counters, DROP',
    'no globals: DROP',
    'jump failed',
    'jump to new flow failed',
    'jump to icmp inner nat failed',
    'Failed to call conflict resolution.',
    'We should never fall through here',
  ],
  stateMissing: ['State map lookup failed: PASS', 'State map globals lookup failed: PASS'],

  /** From v3.30 on nodes with BTF: the code that is returned to the kernel. */
  allowed: ['Final result=ALLOW rc {tcCode:int}. Program execution time: {nanoseconds:int}ns'],
  /** Before that, a reason; through v3.17 the code. */
  allowedWithReason: ['Final result=ALLOW ({reason:int}). Program execution time: {nanoseconds:int}ns'],
  bypassed: [
    'Final result=ALLOW ({reason:int}). Bypass mark set.',
    'Final result=ALLOW ({reason:int}). Bypass mark bit set.',
    'Final result=ALLOW ({reason:int}). Bypass mark set at bpfnat local WL',
    'Final result=ALLOW ({reason:int}). Bypass mark set at bpfnat remote WL',
  ],
  acceptedByXdp: ['Final result=ALLOW ({reason:int}). Accepted by XDP.'],
  denied: ['Final result=DENY ({reason:digits}). Program execution time: {nanoseconds:int}ns'],
  /** The end of a run that policy denies; no final result follows. */
  deniedByPolicy: ['DENY due to policy'],

  enteringAccepted: [
    'Entering calico_tc_skb_accepted_entrypoint',
    'Entering calico_tc_skb_accepted_entrypoint fib {fib:int}',
    'Entering calico_tc_skb_accepted',
    'Entering calico_tc_skb_new_flow',
    'Entering calico_tc_skb_new_flow_entrypoint',
  ],
  enteringDrop: [
    'Entering calico_tc_skb_drop',
    'Entering calico_tc_skb_drop - DENY',
    'Entering calico_tc_skb_drop_entrypoint',
    'Entering calico_xdp_drop',
  ],
  enteringXdpAccepted: ['Entering calico_xdp_accepted_entrypoint', 'Entering normal policy tail call: PASS'],
  enteringReply: [
    'Entering calico_tc_skb_send_icmp_replies',
    'Entering calico_tc_skb_send_tcp_rst',
    'Entering calico_tc_skb_send_tcp_reset',
  ],
  entering: [
    'Entering calico_tc_skb_icmp_inner_nat',
    'Entering calico_tc_host_ct_conflict_entrypoint',
    'Entering calico_tc_host_ct_conflict',
    'Entering calico_tc_skb_ipv4_frag',
    'Entering calico_tc_maglev',
    'Entering IPv6 prologue program',
    'Entering normal policy program',
    'Entering {name:word}',
  ],
  jump: ['jump to idx {step:int} prog at {index:int}'],
  xdpAction: [
    'Set metadata for TC: {value:int}',
    'Failed to add space for metadata: {value:int}',
    'IP TOS: {value:int}',
    'Set IP TOS: {value:int}',
  ],
  xdpStep: [
    'No enough space for metadata',
    'Failed to set metadata for TC',
    'Setting metadata is not supported in TC',
    'Fetching metadata from XDP not supported in this hook',
  ],

  /** What a program knows of a packet once policy has decided. */
  stateAddresses: ['src={source:ip} dst={destination:ip}'],
  statePreNat: ['pre_nat={address:ip}:{port:int}'],
  statePostNat: ['post_nat={address:ip}:{port:int}'],
  stateTunnel: ['tun_ip={address:ip}', 'state->tun_ip = {address:ip}'],
  statePolicy: ['pol_rc={code:int}'],
  stateSourcePort: ['sport={port:int}'],
  stateDestinationPort: ['dport={port:int}'],
  stateProtocol: ['proto={protocol:int}'],
  stateFlags: ['flags={flags:hex}'],
  stateConntrack: ['ct_rc={result:int}'],
  stateRelated: ['ct_related={related:int}'],
  stateMark: ['mark={mark:hex}'],
  stateTtl: ['ip->ttl {ttl:int}', 'ip->hop_limit {ttl:int}'],
} as const;
