import type { FieldProse } from './prose.ts';

const allow = {
  Accept: 'Taken at once; rules after Calico’s do not see the packet.',
  Return: 'Handed back to the rules after Calico’s, which decide.',
};

const deny = {
  Drop: 'Dropped without a word; the sender waits.',
  Reject: 'Refused with an ICMP message or a TCP reset, so the sender knows at once.',
};

const failsafeParts = {
  protocol: 'TCP or UDP. Without it Felix does not start, although the API server lets it be left out.',
  port: 'The number of the port.',
  net: 'The addresses for which the port stays open, as a CIDR; all without it.',
};

/** The keys of packet filtering: policy, iptables, nftables, NAT, XDP. */
export const dataplaneProse: Readonly<Record<string, FieldProse>> = {
  allowIPIPPacketsFromWorkloads: {
    text: 'Whether pods may send IP-in-IP packets of their own. Off, so that a pod cannot smuggle packets past policy.',
  },
  allowVXLANPacketsFromWorkloads: {
    text: 'Whether pods may send VXLAN packets of their own. On, a pod could reach the nodes’ own tunnels and smuggle packets past policy.',
  },
  chainInsertMode: {
    text: 'Where Calico puts its rules in the kernel’s chains. It concerns iptables alone, because in nftables Calico has tables of its own.',
    values: {
      Insert: 'Before all others, and again if somebody comes before them.',
      Append: 'Behind the others; a rule of somebody else may then decide first.',
    },
  },
  dataplaneDriver: {
    text: 'The program that Felix starts as its dataplane when useInternalDataplaneDriver is off. Policy, routes and NAT are then left to it, and the keys for them do nothing.',
  },
  dataplaneWatchdogTimeout: {
    text: 'How long the dataplane may be busy before Felix calls itself unhealthy. healthTimeoutOverrides says it for each component.',
  },
  useInternalDataplaneDriver: {
    text: 'Whether Felix uses its own dataplane, not an external program. Without its own it starts dataplaneDriver, to which everything on the node is left.',
  },
  defaultEndpointToHostAction: {
    text: 'What happens to packets of a pod to its own node once policy on the way out has let them. In eBPF mode Drop is compiled into the programs, while Accept becomes a rule before the node’s own.',
    values: {
      Drop: 'Dropped: pods cannot open connections to their node.',
      Accept: 'Let in at once, past the node’s own rules.',
      Return: 'Left to the node’s own rules, which decide.',
    },
  },
  disableConntrackInvalidCheck: {
    text: 'Stops dropping packets that Linux’ connection tracking calls invalid. For networks with asymmetric ways.',
  },
  failsafeInboundHostPorts: {
    text: 'Ports of the node that stay reachable whatever policy on host endpoints says, so that a mistake does not lock you out. A list of your own replaces the default one, so name SSH, BGP, etcd and the API server again.',
    parts: failsafeParts,
  },
  failsafeOutboundHostPorts: {
    text: 'Ports elsewhere that the node can always reach whatever policy on host endpoints says. The default has DNS, DHCP, BGP, etcd, Typha and the API server; a list of your own replaces it.',
    parts: failsafeParts,
  },
  featureDetectOverride: {
    text: 'Corrects what Felix finds out about the kernel and its tools: Feature=true or false, with commas. It is for kernels whose version does not tell what was backported to them or is broken in them.',
  },
  featureGates: {
    text: 'Switches for features that are not ready: Name=value, with commas. In v3.32 nothing in Felix asks for one.',
  },
  floatingIPs: {
    text: 'Whether floating addresses of pods that are not OpenStack’s are programmed as NAT. A pod asks for one by the annotation cni.projectcalico.org/floatingIPs.',
    values: {
      Enabled: 'Each floating address is translated to its pod.',
      Disabled: 'Only those of OpenStack are programmed.',
    },
  },
  genericXDPEnabled: {
    text: 'Lets XDP acceleration run in its generic mode where the driver has none. It is for tests: slower than doing without.',
  },
  ipsetsRefreshInterval: {
    text: 'How often Felix reads the kernel’s IP sets again and mends what others changed. Longer spares CPU on nodes with very large sets; 0 stops it.',
  },
  iptablesBackend: {
    text: 'Which of the two iptables commands Felix uses. It must be that of the other programs on the node.',
    values: {
      Auto: 'Whichever the node’s kubelet and kube-proxy use.',
      Legacy: 'iptables-legacy, on the old tables of the kernel.',
      NFT: 'iptables-nft, which writes nftables.',
    },
  },
  iptablesFilterAllowAction: {
    text: 'What Felix does with packets that policy allows, in the filter table of iptables. With Return your own rules further down may still drop them.',
    values: allow,
  },
  iptablesFilterDenyAction: {
    text: 'What Felix does with packets that policy denies, in iptables. Reject saves clients a timeout, and tells a scanner that there is something.',
    values: deny,
  },
  iptablesMangleAllowAction: {
    text: 'What Felix does with packets that policy allows before DNAT, in the mangle table of iptables. Policy before DNAT is that of host endpoints with preDNAT: true.',
    values: allow,
  },
  iptablesLockFilePath: {
    text: 'The file with which iptables commands lock each other out. It must be the one that the node’s own iptables uses, mounted into calico-node.',
  },
  iptablesLockProbeInterval: {
    text: 'How often Felix tries again for the lock of iptables while another program has it. Shorter gets it sooner, for some CPU while it waits.',
  },
  iptablesLockTimeout: {
    text: 'How long Felix waits itself for the lock of iptables. 0 leaves the waiting to the iptables command.',
  },
  iptablesMarkMask: {
    text: 'The bits of the packet mark that Calico may use. Other programs must keep off them; BPF mode needs 0x1ff00000 among them.',
  },
  iptablesNATOutgoingInterfaceFilter: {
    text: 'Restricts NAT for outgoing traffic to packets that leave by this interface. A + at the end stands for any rest.',
  },
  iptablesPostWriteCheckInterval: {
    text: 'How soon after a write Felix reads iptables again to see whether another program overwrote it. Only a program that disregards the lock of iptables does that.',
  },
  iptablesRefreshInterval: {
    text: 'How often Felix reads its iptables rules again and mends what others changed. With thousands of rules each look costs CPU; 0 stops it, and what is removed stays removed.',
  },
  maxIpsetSize: {
    text: 'How many members an IP set of iptables may have. Policy whose selectors find more addresses than that cannot be programmed.',
  },
  kubeNodePortRanges: {
    text: 'The ports that are NodePorts, where kube-proxy runs in its IPVS mode. Through this resource it does not reach Felix; the environment variable does.',
  },
  logActionRateLimit: {
    text: 'How often rules with the action Log may write, such as 100/minute. Unset, every packet is logged.',
  },
  logActionRateLimitBurst: {
    text: 'How many packets may be logged at once before logActionRateLimit holds. It does nothing without that key.',
  },
  logPrefix: {
    text: 'What begins each line that a rule with the action Log writes. %t, %k, %n and %p stand for tier, kind, name and the whole policy.',
  },
  natOutgoingAddress: {
    text: 'The source address of packets that pods send out of the cluster. Unset, each node takes an address of its own.',
  },
  natOutgoingExclusions: {
    text: 'Which destinations do not count as outside for NAT of outgoing traffic. What is excluded sees the pod’s own address, and needs a route back to it.',
    values: {
      IPPoolsOnly: 'Packets to addresses of IP pools keep the pod’s own address.',
      IPPoolsAndHostIPs: 'Packets to addresses of IP pools and of nodes keep the pod’s own address.',
    },
  },
  natPortRange: {
    text: 'The source ports for NAT of outgoing traffic. Unset, the kernel chooses; a range helps where a firewall has to know them.',
  },
  nftablesFilterAllowAction: {
    text: 'What Felix does with packets that policy allows, in nftables. Through v3.32 it counts only when nftablesMode says Enabled; with Auto Felix reads iptablesFilterAllowAction.',
    values: allow,
  },
  nftablesFilterDenyAction: {
    text: 'What Felix does with packets that policy denies, in nftables. Through v3.32 it counts only when nftablesMode says Enabled; with Auto Felix reads iptablesFilterDenyAction.',
    values: deny,
  },
  nftablesMangleAllowAction: {
    text: 'What Felix does with packets that policy allows before DNAT, in nftables. Through v3.32 it counts only when nftablesMode says Enabled; with Auto Felix reads iptablesMangleAllowAction.',
    values: allow,
  },
  nftablesFlowTableDataIfacePattern: {
    text: 'A regular expression of the node’s interfaces that take part when connections are handed to the flow table. Without nftablesFlowTableOffload it does nothing.',
  },
  nftablesFlowTableOffload: {
    text: 'Whether established connections are handed to nftables’ flow table, past the rules. That spares the node CPU, but rules of your own no longer see their packets.',
    values: {
      All: 'Every established connection that can be offloaded takes the short way.',
      Disabled: 'Every packet goes through the rules.',
    },
  },
  nftablesMarkMask: {
    text: 'The bits of the packet mark that Calico may use where it writes nftables. BPF mode needs 0x1ff00000 among them.',
  },
  nftablesMode: {
    text: 'Whether Felix writes nftables or iptables. Best it is what kube-proxy uses on the node; Felix removes what it wrote in the other one.',
    values: {
      Disabled: 'Felix writes its rules with iptables.',
      Enabled: 'Felix writes its rules with nftables.',
      Auto: 'nftables where kube-proxy does; understood from v3.32 on.',
    },
  },
  nftablesRefreshInterval: {
    text: 'How often Felix reads its nftables rules again and mends what others changed. Shorter heals sooner and costs more CPU; 0 stops it.',
  },
  policySyncPathPrefix: {
    text: 'The directory on the node through which pods learn their own policy. Application-layer policy needs it.',
  },
  serviceLoopPrevention: {
    text: 'What happens to packets for addresses of services that no service has, which would otherwise circle between node and router. It matters where BGP tells the routers that such addresses are at the nodes.',
    values: {
      Drop: 'Dropped without a word.',
      Reject: 'Refused with an ICMP message.',
      Disabled: 'Nothing is done; only safe where the router does not send these addresses to the nodes.',
    },
  },
  sidecarAccelerationEnabled: {
    text: 'An experiment that shortens the way between a pod and its sidecar, by joining their sockets in the kernel. A kernel that cannot do it only brings a warning in Felix’s log.',
  },
  windowsManageFirewallRules: {
    text: 'Whether Felix opens the Windows firewall for its metrics. Without the rule Prometheus cannot fetch them from a Windows node whose firewall is on.',
    values: {
      Enabled: 'Felix adds the rules that let Prometheus in.',
      Disabled: 'The firewall is left alone.',
    },
  },
  workloadSourceSpoofing: {
    text: 'Whether pods can be allowed, by an annotation, to send with addresses that are not their own. While it is Disabled, Felix treats a pod that asks for it as if it were not there.',
    values: {
      Disabled: 'No pod can send with an address of others.',
      Any: 'Pods may be annotated so, which takes trust in everybody who can annotate a pod.',
    },
  },
  xdpEnabled: {
    text: 'Whether deny rules of untracked policy on host endpoints are done in the network driver (XDP), for speed. BPF mode does not use it.',
  },
  xdpRefreshInterval: {
    text: 'How often Felix reads XDP’s state again and mends what others changed. Without xdpEnabled there is nothing to read; 0 stops it.',
  },
};
