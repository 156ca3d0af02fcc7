/**
 * What Calico's BPF programs print with `bpfLogLevel: Debug`, by version, as their formats stand in felix/bpf-gpl:
 * `%d`, `%x`, `%s`, and `%a` for an address. A version with a minus is the last one.
 */
export interface MessageForm {
  readonly format: string;
  /** The first and the last minor version of v3. */
  readonly since: number;
  readonly until: number;
  readonly hasPrefix: boolean;
}

export const oldest = 22;
export const newest = 33;

/** The messages of a text, one on each line. */
export function forms(since: number, until: number, text: string, hasPrefix = true): readonly MessageForm[] {
  const lines = text.split('\n').map((line) => line.replace(/^ {2}/, ''));
  return lines.filter((line) => line !== '').map((format) => ({ format, since, until, hasPrefix }));
}

const always = `
  New packet at ifindex=%d; mark=%x
  Packet approved for forward.
  ARP: allowing packet
  IPv6 on host interface: allow
  IPv6 to/from workload: drop
  Unknown ethertype (%x), drop
  Drop malformed IP packets
  TCP; ports: s=%d d=%d
  UDP; ports: s=%d d=%d
  ICMP; type=%d code=%d
  Unknown protocol (%d), unable to extract ports
  IPIP packet from known Calico host, allow.
  IPIP packet from unknown source, drop.
  IPIP traffic from workload: drop
  VXLAN packet from known Calico host, allow.
  VXLAN packet to known Calico host, allow.
  VXLAN packet to unknown dest, fall through to policy.
  VXLAN: non-tunnel calico
  VXLAN: Not our VNI
  VXLAN: Not our VNI 0x%x
  VXLAN with our VNI from unexpected source.
  VXLAN with our VNI (0x%x) from unexpected source.
  VXLAN with our VNI but incorrect checksum.
  {CT}lookup from %a:%d
  {CT}lookup to   %a:%d
  {CT}Hit! NAT FWD entry, doing secondary lookup.
  {CT}Hit! NAT REV entry at ingress to connection opener: SNAT.
  {CT}Hit! NAT REV entry but not connection opener: ESTABLISHED.
  {CT}Hit! NORMAL entry.
  {CT}Miss.
  {CT}Miss for TCP SYN, NEW flow.
  {CT}Miss when looking for secondary entry.
  {CT}packet is SYN
  {CT}fwd tun_ip:%a
  {CT}tun_ip:%a
  {CT}result.flags 0x%x
  {CT}First response packet? ifindex=%d
  {CT}TCP SYN recycles entry, NEW flow.
  {CT}RST seen, marking CT entry.
  {CT}related lookup from %a:%d
  {CT}related lookup to   %a:%d
  {CT}result: related
  {CT}CT RPF failed ifindex %d != %d
  {CT}result: NEW.
  {CT}result: INVALID.
  {CT}result: 0x%x
  CT-ICMP: proto %d
  Related traffic, marking with CALI_SKB_MARK_RELATED_RESOLVED
  conntrack entry flags 0x%x
  CT Hit
  Forcing policy on SYN
  CT mid-flow miss; fall through to iptables
  CT mid-flow miss; fall through to iptables.
  CT mid-flow miss to HEP with no Linux conntrack entry: continue but suppressing CT state creation.
  BPF CT Miss for mid-flow TCP
  BPF CT Miss but have Linux CT entry: established
  BPF CT Miss but Linux CT entry not signalled
  Workload RPF check src=%a skb iface=%d.
  Workload RPF fail: missing route.
  Workload RPF fail: not a local workload.
  Workload RPF fail skb iface (%d) != route iface (%d)
  Host RPF check src=%a skb loose if %d
  Host RPF check src=%a skb iface=%d
  Host RPF check rc %d result %d
  Packet is from an unauthorised source: DROP
  NAT: Miss.
  NAT: route miss
  NAT: route dest not a host
  NAT: nodeport miss
  NAT: nodeport hit
  NAT: 1st level hit; id=%d
  NAT: 1st level hit; id=%d ordinal=%d
  NAT: no backend
  NAT: backend miss
  NAT: backend selected %a:%d
  NAT: using affinity backend %a:%d
  no previous affinity for %a:%d
  NAT: affinity expired for %a:%d
  rt found for %a local %d
  CT_NEW marked with FLAG_EXT_LOCAL
  To host marked with FLAG_EXT_LOCAL
  Socket cookie: %x
  Got cali_ct_nats entry; flow was NATted by CTLB.
  Source %a not in IP pool
  Outside cluster dest %a
  Source is in NAT-outgoing pool but dest is not, need to SNAT.
  Post-NAT dest IP is local host.
  Source IP is local host.
  No route for post DNAT dest %a
  Inbound failsafe port: %d. Skip policy.
  Outbound failsafe port: %d. Skip policy.
  About to jump to policy program.
  HEP with no policy, allow.
  WEP with no policy, deny.
  Entering calico_tc_skb_accepted_entrypoint
  Entering calico_tc_skb_accepted
  Allowed by policy: ACCEPT
  Denied by policy: DROP
  Implicitly denied by policy: DROP
  Workload to host traffic blocked by DefaultEndpointToHostAction: DROP
  Allowing WG %a <-> %a despite blocked by policy - known hosts.
  CT-ALL Creating tracking entry type %d at %l.
  CT-6 Creating FWD entry at %l.
  CT-ALL nat tunneled to %a
  CT-ALL nat tunneled from %a
  CT-ALL packet mark is: 0x%x
  CT-ALL tracking entry flags 0x%x
  CT-ALL SNAT orig %a:%d
  FWD %a -> %a
  NEW src_to_dst->ifindex %d
  Source collision for %a:%d
  Source collision unresolved %a:%d
  Creating normal conntrack failed
  Creating NAT conntrack failed with %d
  CT: DNAT to %a:%d
  CT: SNAT from %a:%d
  Fixing TCP source port from %d to %d
  Fixing TCP dest port from %d to %d
  Fixing UDP source port from %d to %d
  Fixing UDP dest port from %d to %d
  DNAT L3 csum at %d L4 csum at %d
  SNAT L3 csum at %d L4 csum at %d
  L4 checksum update src IP from %a to %a
  L4 checksum update dst IP from %a to %a
  L4 checksum update sport from %d to %d
  L4 checksum update dport from %d to %d
  bpf_l4_csum_diff(IP): 0x%x
  bpf_l4_csum_replace(sport): %d
  bpf_l4_csum_replace(dport): %d
  CT says encap to node %a
  DSR enabled, skipping SNAT + encap
  returned from NAT tunnel
  Packet returned from tunnel %a
  ARP update for ifindex %d ip %a
  vxlan encap %x : %x
  vxlan decap
  vxlan decap origin %a
  VXLAN tunnel packet to %a (host IP=%a)
  vxlan return %d ifindex_fwd %d
  ARP lookup failed for %a dev %d
  ARP lookup failed for %a dev %d at HEP
  Entering calico_tc_skb_send_icmp_replies
  ICMP type %d and code %d
  Trimming to %d
  Inserting %d
  Len after insert %d
  ICMP v4 reply: from IP of the intf %a
  ICMP: checksum 0x%x len %d
  ICMP v4 reply creation succeeded
  ip->ttl %d
  Request packet with DNF set is too big
  ICMP related: outer IP SNAT to %a
  dropping tunnel pkt with changed source node
  FIB family=%d
  FIB tot_len=%d
  FIB ifindex=%d
  FIB l4_protocol=%d
  FIB sport=%d
  FIB dport=%d
  FIB ipv4_src=%a
  FIB ipv4_dst=%a
  Traffic is towards the host namespace, doing Linux FIB lookup
  FIB lookup failed (bad input): %d.
  FIB lookup failed (FIB problem): %d.
  Got Linux FIB hit, redirecting to iface %d.
  Redirect directly to interface (%d) succeeded.
  Redirect directly to interface (%d) failed.
  Redirect to the same interface (%d) succeeded.
  Redirect to the same interface (%d) failed.
  Traffic is towards host namespace, marking with 0x%x.
  FIB not approved - connection to unready ep %s (ifindex %d) not confirmed.
  marking CALI_SKB_MARK_BYPASS
  marking CALI_SKB_MARK_BYPASS_FWD
  src=%a dst=%a
  post_nat=%a:%d
  tun_ip=%a
  pol_rc=%d
  sport=%d
  flags=%x
  flags=0x%x
  ct_rc=%d
  ct_related=%d
  proto=%d
  Final result=DENY (%x). Program execution time: %lns
`;

/** From the oldest version to the newest, with what came and went. */
export const messageForms: readonly MessageForm[] = [
  ...forms(oldest, newest, always),
  ...forms(oldest, 24, 'Final result=ALLOW (%d). Bypass mark bit set.'),
  ...forms(25, newest, 'Final result=ALLOW (%d). Bypass mark set.'),
  ...forms(oldest, 32, 'Final result=ALLOW (%d). Program execution time: %lns'),
  ...forms(30, newest, 'Final result=ALLOW rc -1. Program execution time: %lns'),
  ...forms(oldest, newest, 'Final result=ALLOW (%d). Accepted by XDP.', false),
  ...forms(25, newest, 'Final result=ALLOW (%d). Bypass mark set at bpfnat local WL', false),
  ...forms(25, newest, 'Final result=ALLOW (%d). Bypass mark set at bpfnat remote WL', false),
  ...forms(oldest, 26, 'IP id=%d s=%a d=%a\nDrop packets with IP options'),
  ...forms(25, 27, 'IP id=%d'),
  ...forms(27, newest, 'IP s=%a d=%a'),
  ...forms(28, newest, 'IP id=%d len=%d\nIP ihl=%d bytes'),
  ...forms(oldest, 24, '{CT}Packet not allowed by ingress/egress whitelist flags (TH).'),
  ...forms(oldest, 24, '{CT}Packet not allowed by ingress/egress whitelist flags (FH).'),
  ...forms(25, newest, '{CT}Packet not allowed by ingress/egress approval flags (TH).'),
  ...forms(25, newest, '{CT}Packet not allowed by ingress/egress approval flags (FH).'),
  ...forms(oldest, 24, 'CT-ALL Whitelisted source side - from HEP tun allow_return=%d'),
  ...forms(oldest, 24, 'CT-ALL Whitelisted dest side - to EP'),
  ...forms(25, newest, 'CT-ALL approved source side - from HEP tun allow_return=%d'),
  ...forms(25, newest, 'CT-ALL approved source side - from WEP\nCT-ALL approved dest side - to EP'),
  ...forms(oldest, 31, 'CT mid-flow miss away from host with no Linux conntrack entry, drop.'),
  ...forms(32, newest, 'CT mid-flow miss away from host with no Linux conntrack entry, will drop'),
  ...forms(32, newest, 'CT mid-flow miss; possible Maglev failover packet, will perform a NAT lookup'),
  ...forms(32, newest, 'CT mid-flow miss and not a Maglev failover. Fall through to iptables'),
  ...forms(oldest, 24, 'NAT: 1st level lookup addr=%a port=%d protocol=%d.'),
  ...forms(
    25,
    newest,
    'NAT: 1st level lookup addr=%a port=%d tcp\nNAT: 1st level lookup addr=%a port=%d udp',
  ),
  ...forms(
    25,
    newest,
    'NAT: 1st level lookup addr=%a port=%d icmp\nNAT: 1st level lookup addr=%a port=%d other',
  ),
  ...forms(25, newest, 'local_traffic %d\ncount %d flags 0x%x\ndport=%d\nICMPV6; type=%d code=%d'),
  ...forms(
    32,
    newest,
    'NAT: 1st level hit; id=%d, NAT maglev\nWireguard packet from known Calico host, allow.',
  ),
  ...forms(23, newest, 'pre_nat=%a:%d\nEntering calico_tc_skb_drop - DENY'),
  ...forms(24, newest, 'mark=0x%x\nEntering calico_tc_skb_drop\nDENY due to policy'),
  ...forms(27, newest, 'policy allow prog at %d\npolicy deny prog at %d\njump to policy prog at %d'),
  ...forms(27, newest, 'jump to idx %d prog at %d\nEntering calico_tc_skb_new_flow'),
  ...forms(28, newest, 'Main program not loaded for IP packet version %d, DROP', false),
  ...forms(29, newest, '{CT}CT RPF failed invalidating ifindex\nRedirect to peer interface (%d) succeeded.'),
  ...forms(29, newest, 'Packet hit a black hole route: DROP\nPacket hit a black hole route: REJECT'),
  ...forms(
    30,
    newest,
    '{CT}Updating ifindex from %d to %d\nCT-ALL update src_to_dst A->B\nCT-ALL update src_to_dst B->A',
  ),
  ...forms(
    30,
    newest,
    'ICMP v4 reply: from orig pre DNAT %a\nRedirect to workload dev %d without fib lookup',
  ),
  ...forms(
    30,
    newest,
    'policy ALLOWED proto %d src %a:%d dest %a:%d\npolicy DENIED  proto %d src %a:%d dest %a:%d',
  ),
  ...forms(30, newest, 'marking CALI_SKB_MARK_FROM_NAT_IFACE_OUT'),
  ...forms(
    31,
    newest,
    'Drop packet due to QoS packet rate limit.\nIP FRAG: frg off %d\nIP FRAG: Found all fragments!',
  ),
  ...forms(32, newest, 'Remote host or outside cluster dest %a\nRemote host or outside cluster source %a'),
  ...forms(
    32,
    newest,
    'FIB mark=0x%x\nbpf_skb_set_tunnel_key %d nh %a\nRedirect to dev %d without fib lookup',
  ),
  ...forms(
    32,
    newest,
    'No route for %a to forward from WEP\nifindex_fwd is CT_INVALID_IFINDEX, doing FIB lookup',
  ),
  ...forms(32, newest, 'VXLAN encap needed but host IP unknown; dropping'),
  ...forms(32, newest, 'VXLAN with our VNI (0x%x) from non-calico source.'),
  ...forms(
    33,
    newest,
    'Entering calico_tc_skb_accepted_entrypoint fib %d\nconnlimit: over limit (%d >= %d), rejecting',
  ),
  ...forms(33, newest, 'Ingress connection limit exceeded, rejecting with TCP RST'),
  ...forms(oldest, 32, 'FIB lookup succeeded - with neigh'),
  ...forms(30, newest, 'FIB lookup succeeded - gw %a'),
  ...forms(oldest, newest, 'No metadata is shared by XDP\nReceived metadata from XDP: %d', false),
  ...forms(oldest, newest, 'Entering normal policy tail call: PASS\nno counters: DROP', false),
  ...forms(oldest, newest, 'State map globals lookup failed: DROP\nno globals: DROP', false),
  ...forms(27, newest, 'tc_preamble iface %s failed to call log filter %d', false),
];

/** What connect-time programs print. */
export const connectForms: readonly MessageForm[] = [
  ...forms(oldest, newest, 'calico_connect_v4\nSOCK_STREAM -> assuming TCP\nSOCK_DGRAM -> assuming UDP'),
  ...forms(oldest, newest, 'Store: ip=%x port=%d cookie=%x\nLookup: ip=%x port=%d(BE) cookie=%x'),
  ...forms(oldest, newest, 'NAT miss.\nNAT: no backend\nsendmsg_v4 %x:%d\nrevnat miss for %x:%d'),
  ...forms(30, newest, 'recvmsg_v4 %a :%d\ncalico_connect_v6\ncalico_connect_v46'),
];
