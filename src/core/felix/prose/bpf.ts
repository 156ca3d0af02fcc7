import type { FieldProse } from './prose.ts';

/** The keys of the eBPF dataplane. */
export const bpfProse: Readonly<Record<string, FieldProse>> = {
  bpfEnabled: {
    gist: 'the eBPF dataplane, on or off',
    text: 'Switches a node to the eBPF dataplane. Felix then also balances Kubernetes services itself, so kube-proxy should be stopped.',
  },
  bpfAttachType: {
    gist: 'how programs are attached',
    text: 'How BPF programs are fastened to an interface. Kernels without the newer way fall back to TC.',
    values: {
      TC: 'As classic traffic-control filters on a clsact qdisc; works on every supported kernel.',
      TCX: 'Through BPF links of kernel 6.6 and newer, which survive a restart of Felix and mix well with other programs.',
      Netkit: 'On the netkit devices of pods where there are any, elsewhere as TCX.',
    },
  },
  bpfConnectTimeLoadBalancing: {
    gist: 'NAT at connect time',
    text: 'For which protocols the backend of a service is chosen when a process connects, not for each packet. Programs in the cgroup rewrite the address inside the system call.',
    values: {
      TCP: 'TCP connections are balanced when they connect; UDP is left to NAT of packets.',
      Enabled:
        'TCP and UDP are both balanced when they connect; NAT for host-networked processes is then off.',
      Disabled:
        'Nothing is balanced when it connects and the programs are removed; packets are translated instead.',
    },
  },
  bpfConnectTimeLoadBalancingEnabled: {
    gist: 'older switch',
    text: 'The older switch for balancing when a process connects. Only calicoctl and the Calico API server read it, and translate it into bpfConnectTimeLoadBalancing.',
  },
  bpfHostNetworkedNATWithoutCTLB: {
    gist: 'NAT for the host',
    text: 'Whether packets of host-networked processes to services are translated by the programs on the node’s interfaces. It serves what connect-time load balancing leaves over.',
    values: {
      Enabled: 'Host-networked processes reach services also without connect-time load balancing.',
      Disabled: 'Only connect-time load balancing serves host-networked processes.',
    },
  },
  bpfConntrackLogLevel: {
    gist: 'log of conntrack cleanup',
    text: 'How much the program that sweeps expired connections out of the conntrack map logs. It has nothing to do with logging of packets.',
    values: { Off: 'The sweeper is silent.', Debug: 'The sweeper tells of each entry that it looks at.' },
  },
  bpfConntrackMode: {
    gist: 'who removes what expired',
    text: 'Who sweeps expired connections out of the conntrack map. From v3.31 Felix always does it in user space.',
    values: {
      Auto: 'The BPF program where the kernel can run it, else Felix.',
      Userspace: 'Felix walks the map itself.',
      BPFProgram: 'A BPF program walks the map inside the kernel.',
    },
  },
  bpfConntrackTimeouts: {
    gist: 'lifetimes of connections',
    text: 'How long connections stay in the conntrack map without a packet, by protocol and state. Naming one timer replaces the whole set of defaults.',
    parts: {
      creationGracePeriod: 'How long a new entry is spared by the sweeper, whatever its state.',
      tcpSynSent: 'TCP connections that have not been answered yet.',
      tcpEstablished: 'TCP connections that are open.',
      tcpFinsSeen: 'TCP connections that both ends have closed.',
      tcpResetSeen: 'TCP connections that were reset.',
      udpTimeout: 'UDP, since the last packet.',
      genericTimeout: 'Protocols other than TCP, UDP and ICMP, since the last packet.',
      icmpTimeout: 'ICMP, since the last packet.',
    },
  },
  bpfCTLBLogFilter: {
    gist: 'log the connect-time balancer',
    text: 'Lets the connect-time load balancer log although bpfLogFilters is set. Without filters it logs with bpfLogLevel alone.',
    values: { all: 'Every connection that is balanced is logged.' },
  },
  bpfDataIfacePattern: {
    gist: 'node interfaces with programs',
    text: 'A regular expression of the node’s own network interfaces that get BPF programs. Interfaces of pods must not match it; tunnels are added by Felix.',
  },
  bpfL3IfacePattern: {
    gist: 'tunnel interfaces with programs',
    text: 'A regular expression of further interfaces without a link layer, such as tunnels of your own, that get BPF programs. An interface that neither this nor bpfDataIfacePattern matches gets none, and Felix ignores a host endpoint on it.',
  },
  bpfDisableGROForIfaces: {
    gist: 'interfaces without GRO',
    text: 'A regular expression of interfaces on which Felix switches generic receive offload off. It helps with drivers whose merged packets the programs cannot forward.',
  },
  bpfDisableUnprivileged: {
    gist: 'bpf() for root only',
    text: 'Forbids the bpf system call to processes without privileges. The kernel keeps that until the node restarts.',
  },
  bpfDSROptoutCIDRs: {
    gist: 'clients without direct return',
    text: 'Clients, as CIDRs, whose connections do not get direct server return. For networks that drop answers from another address than they asked.',
  },
  bpfExternalServiceMode: {
    gist: 'way back: tunnel or DSR',
    text: 'The way back of connections from outside to a NodePort or load balancer whose backend is on another node. DSR spares the detour of every answer, but the network must let a node send with the address of another.',
    values: {
      Tunnel: 'Answers go back through the node that took the request; works in every network.',
      DSR: 'Direct server return: the node of the backend answers the client itself, if the network lets it.',
    },
  },
  bpfEnforceRPF: {
    gist: 'reverse path filtering',
    text: 'Whether packets are checked for a plausible source address (reverse path filtering) on the node’s interfaces. Take Loose where a node has several uplinks, since answers may leave by another one than requests came in by.',
    values: {
      Disabled: 'Packets with any source address are let in.',
      Strict: 'The way back must lead through the interface that the packet came in by.',
      Loose: 'There must be a way back to the source, through whichever interface.',
    },
  },
  bpfExcludeCIDRsFromNAT: {
    gist: 'services left untranslated',
    text: 'Service addresses, as CIDRs, that the programs leave untranslated. So something else on the node, such as a local DNS cache, can answer for them.',
  },
  bpfExportBufferSizeMB: {
    gist: 'buffer for flow-log events',
    text: 'How much memory the buffer has that carries events for flow logs from the programs to Felix, in MiB for each CPU. When it is too small for the traffic, events are lost and flow logs miss flows.',
  },
  bpfExtToServiceConnmark: {
    gist: 'mark of outside traffic',
    text: 'Bits of the connection mark set on packets from outside to a service, for rules of your own to find them. 0 sets none.',
  },
  bpfForceTrackPacketsFromIfaces: {
    gist: 'always tracked',
    text: 'Interfaces whose packets Linux still tracks although bpfHostConntrackBypass is on. Needed where iptables on the node translates them, as Docker does.',
  },
  bpfHostConntrackBypass: {
    gist: 'pass by Linux’ conntrack',
    text: 'Lets forwarded packets pass by Linux’ own connection tracking, which saves time. Rules on the node that need its state stop working for them.',
  },
  bpfIPFragmentReassemblyEnabled: {
    gist: 'IP fragments',
    text: 'Lets the programs put fragments of IPv4 packets together before policy looks at them. Only the first fragment has the ports, so policy cannot judge the others by themselves; switch it off where an old kernel refuses the program for it.',
  },
  bpfIPFragTimeout: {
    gist: 'time for IP fragments',
    text: 'How long fragments are kept until the rest of their packet comes. 0 takes the kernel’s own time.',
  },
  bpfJITHardening: {
    gist: 'hardening of the BPF compiler',
    text: 'Whether Felix may relax the hardening of the kernel’s BPF compiler, which costs speed. Choose Strict where a security baseline of the node demands full hardening.',
    values: {
      Auto: 'Hardening for all users (2) is lowered to hardening for unprivileged ones (1).',
      Strict: 'The setting of the node is left alone.',
    },
  },
  bpfKubeProxyEndpointSlicesEnabled: {
    gist: 'slices',
    text: 'Whether Felix learns the backends of services from EndpointSlices, not from Endpoints. From v3.32 on it always does, and the key is gone.',
  },
  bpfKubeProxyHealthzPort: {
    gist: 'health for balancers',
    text: 'The port on which Felix answers the health checks that kube-proxy otherwise does, for cloud load balancers. 0 switches it off.',
  },
  bpfKubeProxyHealtzPort: {
    gist: 'health for balancers',
    text: 'A misspelt bpfKubeProxyHealthzPort, in v3.30.4 only. Every other version refuses the misspelt key.',
  },
  bpfKubeProxyIptablesCleanupEnabled: {
    gist: 'cleanup',
    text: 'Whether Felix removes the rules that kube-proxy left behind. Switch it off while kube-proxy still runs, or the two fight.',
  },
  bpfKubeProxyMinSyncPeriod: {
    gist: 'pace of map updates',
    text: 'The shortest time between two updates of the service maps. Longer spares CPU where services change a lot.',
  },
  bpfLogFilters: {
    gist: 'which packets are logged',
    text: 'Which packets the programs log when bpfLogLevel is Debug: a pcap filter for an interface name, weps (pods), heps (the node’s interfaces) or all. An interface that nothing names then logs nothing.',
  },
  bpfLogLevel: {
    gist: 'how much the programs log',
    text: 'How much the BPF programs log to the kernel’s trace pipe. Tracing costs time on every packet.',
    values: {
      Off: 'Nothing is logged.',
      Info: 'Through v3.29 a few lines for each packet; from v3.30 the same as Off.',
      Debug: 'Every decision on every packet: costly; bpfLogFilters narrows it down.',
    },
  },
  bpfMaglevMaxEndpointsPerService: {
    gist: 'most backends',
    text: 'The most backends of a service that consistent hashing (Maglev) is made for. It sets the size of each service’s lookup table.',
  },
  bpfMaglevMaxServices: {
    gist: 'services with Maglev',
    text: 'The most services with consistent hashing (Maglev). Together with bpfMaglevMaxEndpointsPerService it sets the size of the Maglev map.',
  },
  bpfMapSizeConntrack: {
    gist: 'connections',
    text: 'How many connections the conntrack map holds. When it is full, new connections fail; it may have grown by itself, see bpfMapSizeConntrackScaling.',
  },
  bpfMapSizeConntrackCleanupQueue: {
    gist: 'what expired',
    text: 'How many expired connections may wait to be removed together with their counterpart. Raise it along with a conntrack map that you make much larger.',
  },
  bpfMapSizeConntrackScaling: {
    gist: 'grow when full',
    text: 'Whether Felix enlarges the conntrack map when it fills up. Choose Disabled where a node’s memory has to stay as it was planned.',
    values: {
      Disabled: 'The size stays as it is set.',
      DoubleIfFull: 'Felix doubles the size when the map is nearly full, and restarts for it.',
    },
  },
  bpfMapSizePerCpuConntrack: {
    gist: 'connections per CPU',
    text: 'The size of the conntrack map for each CPU of the node, instead of bpfMapSizeConntrack. 0 leaves that in charge.',
  },
  bpfMapSizeIfState: {
    gist: 'interfaces',
    text: 'How many interfaces the map of their states holds. Each pod of a node has one, besides the node’s own, so nodes for nearly a thousand pods need more.',
  },
  bpfMapSizeIPSets: {
    gist: 'members of IP sets',
    text: 'How many members all IP sets of policy have together on a node. When it is full, policy misses members.',
  },
  bpfMapSizeNATAffinity: {
    gist: 'clients with affinity',
    text: 'How many clients are remembered for services with session affinity. A client counts once for each such service that it uses.',
  },
  bpfMapSizeNATBackend: {
    gist: 'backends of services',
    text: 'How many backends all services have together. A backend counts once for each port of each service that it stands behind; those that do not fit get no traffic.',
  },
  bpfMapSizeNATFrontend: {
    gist: 'addresses of services',
    text: 'How many addresses of services, each with its port, the map holds: cluster IPs, load-balancer addresses, and each NodePort on each address of the node. What does not fit is not reachable through this dataplane.',
  },
  bpfMapSizeRoute: {
    gist: 'routes',
    text: 'How many routes the map holds: pods of this node, blocks of others, nodes and services. A destination without its route is not known as a pod or node of the cluster, and traffic to it fails.',
  },
  bpfOverlayHostSourceIP: {
    gist: 'source in the overlay',
    text: 'The source address of a node’s own packets into the overlay. By it policy and logs at the other end see who sent them.',
    values: {
      TunnelAddress: 'The tunnel device has an address, which these packets carry.',
      HostAddress: 'The tunnel device has none, and these packets carry the node’s own.',
    },
  },
  bpfPolicyDebugEnabled: {
    gist: 'policy dump with counters',
    text: 'Writes for each interface how its policy was compiled, which “policy dump” shows with counters for each rule. Switched off, Felix deletes what it wrote, and there is nothing to dump.',
  },
  bpfProfiling: {
    gist: 'time per packet',
    text: 'Whether the programs measure how long they take for a packet. Measuring takes a little time itself for each of them, so switch it on only while you look.',
    values: { Enabled: 'Times are collected and can be dumped.', Disabled: 'Nothing is measured.' },
  },
  bpfPSNATPorts: {
    gist: 'source ports on collision',
    text: 'The source ports that the programs choose from when two connections would otherwise collide. Keep the range apart from NodePorts and from ports that processes of the node listen on.',
  },
  bpfRedirectToPeer: {
    gist: 'straight into the pod',
    text: 'Whether packets for a pod go straight to its side of the veth pair, past the node’s queue. It is faster, and tools on the node’s side do not see them.',
    values: {
      Enabled: 'Packets go straight into the pod.',
      Disabled: 'Packets pass the node’s end of the pair, where tools see them.',
      L2Only: 'Packets go straight only from interfaces with a link layer; from v3.32 Enabled does that.',
    },
  },
  cgroupV2Path: {
    gist: 'mount of cgroup v2',
    text: 'Where the cgroup v2 file system is mounted. Felix does not read it; it is kept for others.',
  },
};
