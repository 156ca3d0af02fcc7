/** Who may: reverse-path checks, routes that decide, failsafe ports, policy (felix/bpf-gpl/rpf.h, tc.c, qos.h). */
export const policyMessages = {
  workloadRpf: [
    'Workload RPF check src={address:ip} skb iface={ifIndex:int}.',
    'Workload RPF check src={address:ip} rpf iface={ifIndex:int}.',
    'Workload RPF check src={address:ip} skb iface={ifIndex:int}',
  ],
  workloadRpfNoRoute: ['Workload RPF fail: missing route.'],
  workloadRpfNotLocal: ['Workload RPF fail: not a local workload.'],
  workloadRpfInterface: ['Workload RPF fail skb iface ({ifIndex:int}) != route iface ({expected:int})'],
  workloadRpfSpoofing: ['Workload RPF bypass: allowing spoofed source IP'],
  hostRpf: [
    'Host RPF check src={address:ip} skb loose if {ifIndex:int}',
    'Host RPF check src={address:ip} skb strict if {ifIndex:int}',
    'Host RPF check src={address:ip} skb iface={ifIndex:int}',
  ],
  hostRpfRoute: ['Host RPF check src={address:ip} skb iface={ifIndex:int} fib rc {code:int}'],
  hostRpfOutcome: ['Host RPF check src={address:ip} skb iface={ifIndex:int} result {result:int}'],
  hostRpfInterface: [
    'Host RPF check skb loose if {ifIndex:int}',
    'Host RPF check skb strict if {ifIndex:int}',
    'Host RPF check skb iface={ifIndex:int}',
  ],
  hostRpfResult: ['Host RPF check rc {code:int} result {result:int}'],
  hostRpfDisabled: ['Host RPF check disabled'],

  sourceIsHost: ['Source IP is local host.'],
  destinationIsHost: ['Post-NAT dest IP is local host.'],
  fromHost: ['Packet is from the host: ACCEPT'],
  noRoute: ['No route for post DNAT dest {address:ip}'],
  remoteEnd: [
    'Remote host or outside cluster dest {address:ip}',
    'Remote host or outside cluster source {address:ip}',
  ],
  markedExternal: ['To host marked with FLAG_EXT_LOCAL'],
  blackHole: ['Packet hit a black hole route: DROP'],
  blackHoleRejected: ['Packet hit a black hole route: REJECT'],
  failsafe: [
    'Inbound failsafe port: {port:int}. Skip policy.',
    'Outbound failsafe port: {port:int}. Skip policy.',
    'Inbound failsafe port: {port:int}. Skip policy',
    'Outbound failsafe port: {port:int}. Skip policy',
  ],

  aboutToPolicy: [
    'About to jump to policy program.',
    'About to jump to normal policy program',
    'Maglev: About to jump to policy program.',
  ],
  policyProgram: [
    'policy allow prog at {index:int}',
    'policy deny prog at {index:int}',
    'jump to policy prog at {index:int}',
  ],
  noHostPolicy: ['HEP with no policy, allow.', 'Maglev: HEP with no policy, allow.'],
  noWorkloadPolicy: ['WEP with no policy, deny.'],
  allowedByPolicy: ['Allowed by policy: ACCEPT', 'Allowed by normal policy: ACCEPT'],
  deniedByRule: ['Denied by policy: DROP', 'Denied by normal policy: DROP'],
  deniedByDefault: ['Implicitly denied by policy: DROP', 'Implicitly denied by normal policy: DROP'],
  workloadToHost: [
    'Workload to host traffic blocked by DefaultEndpointToHostAction: DROP',
    'Workload to host traffic blocked by DefaultEndpointToHostAction: DROP.',
  ],
  wireguardAllowed: ['Allowing WG {source:ip} <-> {destination:ip} despite blocked by policy - known hosts.'],
  /** The Log action of a rule, printed at any log level. */
  logAllowed: [
    'policy ALLOWED proto {protocol:int} src {source:ip}:{sourcePort:int} dest {destination:ip}:{destinationPort:int}',
  ],
  logDenied: [
    'policy DENIED  proto {protocol:int} src {source:ip}:{sourcePort:int} dest {destination:ip}:{destinationPort:int}',
    'policy DENIED proto {protocol:int} src {source:ip}:{sourcePort:int} dest {destination:ip}:{destinationPort:int}',
  ],

  rateLimited: ['Drop packet due to QoS packet rate limit.', 'packet rate QoS: drop'],
  rateLimit: [
    'packet rate QoS: ifstate not found, accepting packet',
    'packet rate QoS: qos map entry not found, accepting packet',
    'packet rate QoS: configured, enforcing limit',
    'packet rate QoS: accept',
  ],
  rateLimitTokens: [
    'packet rate QoS: begin; tokens: {tokens:int} last_update: {at:int}',
    'packet rate QoS: end; tokens: {tokens:int} last_update: {at:int}',
  ],
  dscp: ['setting dscp to {dscp:int}'],
  dscpStep: ['IP DSCP: set for Mesh'],
  dscpFailed: ['IP DSCP: set L3 csum failed'],
  connectionAllowed: ['connlimit: under limit ({count:int}/{limit:int}), allowing'],
  connectionLimit: ['connlimit: over limit ({count:int} >= {limit:int}), rejecting'],
  connectionLimitExceeded: [
    'Ingress connection limit exceeded, rejecting with TCP RST',
    'Egress connection limit exceeded, rejecting with TCP RST',
    'Ingress connection limit exceeded, rejecting',
    'Egress connection limit exceeded, rejecting',
  ],

  flowLog: ['Flow log event generated for ALLOW', 'Flow log event generated for DENY/DROP'],
  flowLogFailed: ['event_flow_log: perf_commit_event returns {error:int}'],
} as const;
