/**
 * What Calico's BPF programs print on paths that packets rarely take, read from felix/bpf-gpl at commits between 2021
 * and 2026. Which releases have each is not known but for the first ones, so each is tried as every release prints.
 */
import { forms, newest, oldest, type MessageForm } from './calicoMessages.ts';

const withProtocolNumbers = `
  {CT}Miss on ICMP related
  {CT}tunnel src changed from %a to %a
  {CT}Packet whitelisted by this workload's policy.
  {CT}SYN+ACK seen, marking CT entry.
  CT-ICMP: type %d not an error
  CT-TCP delete from %a:%d
  CT-TCP delete to   %a:%d
  CT-TCP delete result: %d
  CT Found expected entry, updating...
  Source collision for 0x%x:%d
  Source collision unresolved 0x%x:%d
  CT-ALL Asked to create entry but packet is marked as from another endpoint, doing lookup
  CT-ALL Whitelisted source side - from WEP
  CT-ALL Whitelisted both due to host source port conflict resolution.
  BPF CT related miss but have Linux CT entry: established
  BPF CT related miss for mid-flow TCP
  Host RPF check src=%a skb iface=%d fib rc %d
  Host RPF check src=%a skb iface=%d result %d
  local_traffic %d count %d flags 0x%x
  remote wl %a tunneled
  Packet approved for forward - src ip fixup
  src ip fixup not needed %a
  src ip fixup %a
  marking CALI_SKB_MARK_BYPASS_FWD_SRC_FIXUP
  L4 checksum update (csum is at %d) src IP from %a to %a
  L4 checksum update (csum is at %d) dport from %d to %d
  bpf_l4_csum_replace(IP): %d
  ICMP inner IP header has options; unsupported
`;

const anywhere = `
  Allowing because it is not UDP
  Drop malformed or unsupported packet
  IPv6 packet, continue with parsing it.
  IPv6 from workload: drop
  IPv4 on host interface: allow
  Unexpected ipv4 packet, drop
  Unknown ethertype on host interface (%x), allow
  Finished parsing IPv6 extension
  Too many IPv6 extensions
  Allow packets with IP options and dst IP = hostIP
  IP ihl=%d bytes ip nexthdr %d
  ip->nexthdr %d IPv6 options!
  loading extension at offset %d
  ext nexthdr %d hdrlen %d
  reading inner ipv6 at %d
  ipv6 next hdr: %d
  l4 protocol: %d
  Too short
  Too short to have %d bytes for next header
  Too short for TCP: DROP
  Too short for IP write back
  Too short for L4 ports write back
  Too short VXLAN encap
  Failed to revalidate packet size
  Pulling %d bytes.
  Pull failed (min len)
  Pulled data
  UDP GSO pkt; linearizing %d bytes
  GSO linearize failed
  Bad L4 proto
  IPIP traffic to/from tunnel: drop
  IPIP packet to known Calico host, allow.
  IPIP packet to unknown dest, drop.
  VXLAN: Invalid VNI
  Wireguard packet to known Calico host, allow.
  Wireguard packet from unknown source, fall through to policy.
  Wireguard packet to unknown dest, fall through to policy.
  Host source SNAT conflict
  Failed to call conflict resolution.
  Unexpected CT result %d after host source port collision DENY.
  Entering calico_tc_host_ct_conflict_entrypoint
  Entering calico_tc_skb_icmp_inner_nat
  Entering calico_tc_skb_send_tcp_rst
  Entering calico_tc_skb_ipv4_frag
  Entering calico_tc_maglev
  Entering calico_xdp_accepted_entrypoint
  Entering calico_xdp_drop
  Entering IPv6 prologue program
  Entering IPv6 accepted program
  Entering IPv6 icmp program
  Entering IPv6 drop program
  Entering normal policy program
  jumping to allowed
  jump failed
  jump to new flow failed
  jump to icmp inner nat failed
  Failed to jump to allow program.
  Failed to jump to maglev program
  Tail call to normal policy program failed: DROP
  Tail call to post-policy program failed: DROP
  About to jump to normal policy program
  We should never fall through here
  State map lookup failed: no event generated
  Counters map lookup failed: DROP
  dropping tunnel pkt with changed source node
  dropping non-maglev tunnel pkt with changed source node
  should route via bpfnatout
  Sending TCP RST due to CT state
  TCP reset : too short
  tcp reset reply: bpf_skb_change_tail (len=%d) failed (err=%d)
  TCP reset v4 reply: set ip csum failed
  TCP reset v4 reply: set tcp csum failed %d
  CT: Hit! UNKNOWN entry type.
  CT: Failed to parse ICMP error packet.
  CT: Packet from unexpected ingress dev - rpf loose or disabled - reset ifindex
  CT: tunnel src changed from %a to %a
  CT: Packet approved by this workload's policy.
  CT-ALL approved dest side - from WEP
  CT-ALL approved both due to host source port conflict resolution.
  CT-ALL approved source side - from HEP tun allow_from_host_side=%d
  CT-ALL nat tunnel IP not a host %a
  CT-%d Creating FWD entry at %l.
  FWD for psnat host conflict
  New sport %d
  Source collision for %a:%d
  calico_ct_v4_create_tracking err %d
  Allowing local host traffic without CT
  Egress HEP should drop packet with no CT state
  Workload RPF bypass: allowing spoofed source IP
  Host RPF check disabled
  Host RPF check src=%a skb strict if %d
  Packet is from the host: ACCEPT
  local_traffic %d
  count %d flags 0x%x
  NAT: ignore rt lookup miss from tunnel, assume nodeport
  NAT: backend affinity %d seconds
  NAT: updating affinity for client %a
  NAT: failed to update affinity table: %d
  NAT Lookup determined packet to be Maglev-related
  Maglev: hashed packet to %d
  Maglev: no backend found for %a:%d
  Packet proto: %d, Ordinal: %d
  Maglev: select backend failed
  Maglev: No route for post DNAT dest %a
  Maglev: mid-flow miss, treating as new flow
  Maglev: About to jump to policy program.
  Maglev: HEP with no policy, allow.
  Maglev: jump to policy failed.
  missing rt found for %a
  remote wl %a tunneled via %a
  Host accesses nodeport backend %a:%d
  Host accesses nodeport state->flags 0x%x
  NP redir on HEP - skip policy
  NP redir remote on LO
  NP redir remote on HEP to tunnel
  NP local WL %a:%d on HEP
  NP remote WL %a:%d on LO or main HEP
  state->tun_ip = %a
  CALI_CT_FLAG_NP_NO_DSR
  allow ICMPv6 type %d
  MASQ to self - using dest as source for policy.
  Accepted MASQ to self - restoring source for conntrack.
  New loopback SNAT
  Loopback SNAT
  marking CALI_SKB_MARK_MASQ
  marking CALI_SKB_MARK_NAT_OUT
  L3 checksum update (csum is at %d) port from %x to %x
  bpf_l3_csum_replace(IP): %d
  SKB too long (len=%d) vs limit=%d
  Return ICMP mtu is too big
  Return ICMP mtu is too big segs %d size %d
  Returning related ICMP from workload to tunnel
  Returning related ICMP from host to tunnel
  ICMP related: outer IP DNAT to %a
  ICMP: unexpected unrelated
  ICMP: Drop malformed or unsupported packet
  ICMP related returned from NAT tunnel
  Non ipv4 packet on icmp path! DROP!
  Traffic is towards host namespace but not conntracked, falling through to iptables
  ip->hop_limit %d
  ip->ihl: %d
  Sending ICMP too big mtu=%d
  ICMP v4 reply: IP options
  ICMP v4 reply: too short
  ICMP v4 reply: too short getting hdr
  ICMP v4 reply: too short getting ip hdr w/ options
  ICMP v4 reply: early bpf_skb_change_tail (len=%d) failed (err=%d)
  ICMP v4 reply: failed to make room
  ICMP v4 reply: set ip csum failed
  ICMP v4 reply: from orig dst host IP %a
  ICMP v6 reply: from orig dst host IP %a
  ICMP v6 reply: from orig pre DNAT IP
  ICMP v6 reply: too short after making room
  ICMP v6 reply: set icmp csum failed
  ICMP v6 reply creation succeeded
  icmp v6 reply: packet too short
  FIB lookup succeeded - not neigh - gw %a
  FIB lookup succeeded
  FIB not approved - connection to unknown ep %d not confirmed.
  FIB not approved - connection to unready 0x%x ep %s (%d) not confirmed.
  FIB not approved - connection to unready ep %s (flags 0x%x) not confirmed.
  Allow packets to host interface not managed by calico (ifindex %d).
  No FIB or failed, redirect to NATIF.
  Redirect directly to bpfnatin failed.
  Redirect directly to interface bpfnatin succeeded.
  Setting mark to 0x%x
  mtu_result %d dev %d
  bpf_skb_change_head failed %d.
  forward_or_drop fib %d
  forward_or_drop mark 0x%x
  forward_or_drop state flags 0x%x
  No route for %a at tunnel device
  Not a tunnel route for %a at tunnel device
  Inbound failsafe port: %d. Skip policy
  Outbound failsafe port: %d. Skip policy
  Set metadata for TC: %d
  Failed to add space for metadata: %d
  No enough space for metadata
  Failed to set metadata for TC
  packet rate QoS: qos map entry not found, accepting packet
  packet rate QoS: configured, enforcing limit
  packet rate QoS: begin; tokens: %d last_update: %l
  packet rate QoS: end; tokens: %d last_update: %l
  packet rate QoS: accept
  packet rate QoS: drop
  setting dscp to %d
  IP DSCP: set L3 csum failed
  IP DSCP: set for Mesh
  connlimit: under limit (%d/%d), allowing
  Flow log event generated for ALLOW
  Flow log event generated for DENY/DROP
  event_flow_log: perf_commit_event returns %d
  IPv4 fragmentation not supported in this kernel version
  iphdr_offset %d ihl %d
  Missing IP fragment at offset %d
  IP FRAG: Missing IP fragment at offset %d
  IP FRAG: frg size %d r_off %d
  IP FRAG: copy %d bytes to %d
  IP FRAG: Failed to copy bytes
  IP FRAG: failed to read data
  IP FRAG: Failed to save IP fragment.
  IP FRAG: bpf_skb_change_tail (len=%d) failed (err=%d)
  IP FRAG: set L3 csum failed
  IP FRAG: kernel too old, skipping fragment handling
  IP FRAG: first fragment skipped FIB, so do we
  IP FRAG: tot_len runs past the end of the skb
  IP FRAG: failed to trim link-layer padding
  IP FRAG: created ct from %a to %a
  IP FRAG: lookup ct from %a to %a
  IP FRAG: killed ct from %a to %a
`;

const withoutPrefix = `
  State map lookup failed: DROP
  State map lookup failed: PASS
  no counters: DROP
  tc_preamble iface %s
  tc_preamble iface %s jump to %d
  tc_preamble iface %s failed to call main %d
  tc_preamble iface %s failed to call debug main %d
  xdp_preamble iface %s
  xdp_preamble iface %s failed to call main %d
  ALLOWED
  DENIED
`;

export const rareForms: readonly MessageForm[] = [
  ...forms(oldest, 24, withProtocolNumbers),
  ...forms(oldest, newest, anywhere),
  ...forms(oldest, newest, withoutPrefix, false),
];

/** Of connect-time programs, which handle no UDP in some of their modes. */
export const rareConnectForms: readonly MessageForm[] = forms(
  oldest,
  newest,
  `
  calico_connect_v6
  connect_v6 ip[0-1] %x%x
  connect_v6 ip[2-3] %x%x
  connect_v6: not implemented for v6 yet
  connect_v46 ip[0-1] %x%x
  connect_v46 ip[2-3] %x%x
  connect_v46 %g
  sendmsg_v6
  sendmsg_v6 %a:%d
  sendmsg_v46 %a:%d
  sendmsg_v46 %g
  recvmsg_v4 %a:%d
  recvmsg_v6 %a:%d
  recvmsg_v6: not implemented for v6 yet
  recvmsg_v6 ip[0-1] %x%x
  recvmsg_v6 rev nat to %a:%d
  recvmsg_v6 v4 rev nat to %a:%d
  recvmsg_v46 %a:%d
  recvmsg_v46 %g
  recvmsg_v46 v4 rev nat to %a:%d
  recvmsg_v4 rev nat to %a:%d
  unexpected sock type %d
  Unknown socket type: %d
  Failed to update map
  Failed to update ct_nats map rc=%d
  NAT: Miss.
  NAT: route miss
  no previous affinity for %a:%d
`,
);

/** What the cleaner of conntrack prints, from v3.30. */
export const cleanerForms: readonly MessageForm[] = forms(
  30,
  newest,
  [
    'Scanning conntrack map for expired non-NAT entries...',
    'Processing NAT entries...',
    'Checking: proto=%d %a:%d',
    'Re-checking: proto=%d %a:%d',
    'First pass complete, expired %d KVs so far of %d total.',
    'Conntrack cleanup complete: expired %d KVs of %d total.',
  ].join('\n'),
);

/** The same, of one entry: they begin with spaces. */
export const cleanerEntries: readonly string[] = [
  '  <-> %a:%d age=%ds',
  '  <->%a:%d age=%ds',
  '    <->%a:%d age=%ds',
  '  Reverse NAT: proto=%d %a:%d',
  '  EXPIRED: normal entry (max_age=%d).',
  '  EXPIRED: forward/reverse NAT entries (max_age=%d), queuing for deletion.',
  '  EXPIRED: Reverse NAT entry, already in queue or queue full (rc=%d).',
  '  EXPIRED: Reverse NAT entry, queued for deletion. (Forward NAT entry not yet seen.)',
  '  EXPIRED: cleaning up forward/reverse entries (max_age=%d).',
  '  INVALID: Forward NAT entry with no reverse entry, cleaning up.',
  '  INVALID: Forward NAT entry with no reverse entry, ignoring due to creation grace period.',
  '  RESURRECTED: entry no longer expired (max_age=%d).',
  '  MISSING: lookup failed.',
  '  Failed to queue entry, queue full?',
];
