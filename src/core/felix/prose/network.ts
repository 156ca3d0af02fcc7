import type { FieldProse } from './prose.ts';

const elevatedPriority = (family: string) => ({
  text:
    `The metric of ${family} routes to pods while a virtual machine moves to this node. ` +
    `It is to be lower than ip${family.slice(2)}NormalRoutePriority, so that traffic follows the machine at once.`,
});

const normalPriority = (family: string) => ({
  text:
    `The metric of ${family} routes to pods when no virtual machine is on the move. ` +
    `A route of another program to the same ${family} address wins when its metric is lower.`,
});

const tableParts = { min: 'The first table of the range.', max: 'The last table of the range.' };

/** The keys of interfaces, routes, tunnels and encryption. */
export const networkProse: Readonly<Record<string, FieldProse>> = {
  awsSrcDstCheck: {
    text: 'What Felix does about the check of EC2 that packets of an instance carry its own address. Routing without a tunnel in one subnet needs it off.',
    values: {
      DoNothing: 'Felix leaves the check as it is.',
      Enable: 'The check is switched on.',
      Disable: 'The check is switched off, which takes permission on EC2.',
    },
  },
  deviceRouteProtocol: {
    text: 'The protocol number that Felix writes on its routes, so that others know whose they are. A routing daemon on the node can be told by it to leave them alone.',
  },
  deviceRouteSourceAddress: {
    text: 'The IPv4 source address that Felix hints at on its routes to pods. Processes of the node then reach pods with it; unset, the kernel chooses.',
  },
  deviceRouteSourceAddressIPv6: {
    text: 'The IPv6 source address that Felix hints at on its routes to pods. Unset, the kernel chooses the address with which processes of the node reach pods.',
  },
  externalNodesList: {
    text: 'Addresses outside the cluster from which nodes take tunnelled packets too. Tunnelled packets of any other stranger are dropped; calicoctl takes only IPv4 here.',
  },
  interfaceExclude: {
    text: 'Interfaces that Felix does not watch when it collects the node’s addresses: names, or /expressions/, with commas. Those that only hold addresses of services, such as kube-ipvs0, belong here.',
  },
  interfacePrefix: {
    text: 'How the names of pods’ interfaces begin; several with commas. It must be what the CNI plugin writes.',
  },
  interfaceRefreshInterval: {
    text: 'How often Felix lists all interfaces again, in case it missed a change. The kernel tells of changes by itself, so this is only a safety net; 0 stops it.',
  },
  ipForwarding: {
    text: 'Whether Felix switches forwarding of packets on in the kernel. A host without pods, which Calico merely guards, can do without.',
    values: {
      Enabled: 'Forwarding is switched on, which traffic of pods needs.',
      Disabled: 'The settings of the node are left alone; only for nodes without pods.',
    },
  },
  ipipEnabled: {
    text: 'Whether the IP-in-IP tunnel is set up. Unset, it is when an IP pool asks for it.',
  },
  ipipMTU: {
    text: 'The largest packet for the IP-in-IP tunnel. 0 leaves 20 bytes of the node’s own MTU for the outer header.',
  },
  ipv4ElevatedRoutePriority: elevatedPriority('IPv4'),
  ipv4NormalRoutePriority: normalPriority('IPv4'),
  ipv6ElevatedRoutePriority: elevatedPriority('IPv6'),
  ipv6NormalRoutePriority: normalPriority('IPv6'),
  ipv6Support: {
    text: 'Whether Felix takes care of IPv6 at all. In eBPF mode it decides whether there are programs and maps for IPv6.',
  },
  istioAmbientMode: {
    text: 'Whether Felix makes room for Istio’s ambient mesh. It then puts istioDSCPMark on packets that open connections between pods of the mesh.',
    values: { Enabled: 'Traffic within the mesh is marked.', Disabled: 'Nothing is marked.' },
  },
  istioDSCPMark: {
    text: 'The DSCP value that marks traffic within Istio’s ambient mesh: a number from 0 to 63 or a name such as AF31. Choose one that nothing else in the network acts on.',
  },
  liveMigrationRouteConvergenceTime: {
    text: 'How long routes keep their raised priority after a virtual machine has moved, until all routers have learnt the way. Set it to what the slowest router needs.',
  },
  localSubnetL2Reachability: {
    text: 'Whether a node answers ARP and NDP for addresses of pods and load balancers that lie in its own subnet. Neighbours in that subnet then reach them without a route.',
    values: {
      Disabled: 'The node answers for its own addresses only.',
      PodsAndLoadBalancers: 'It answers for pods on it and for load-balancer addresses.',
    },
  },
  localSubnetL2ReachabilityRefreshInterval: {
    gist: 'ARP',
    text: 'How often a node announces again the addresses that it answers for. Neighbours and switches that forgot one learn it again by then.',
  },
  mtuIfacePattern: {
    text: 'A regular expression of the interfaces whose smallest MTU counts when Felix derives those of tunnels and pods. An interface that carries no traffic of pods should not match, or its small MTU makes all others small.',
  },
  netlinkTimeout: {
    text: 'How long Felix waits for an answer of the kernel about interfaces and routes. Raise it on nodes with so many of them that the kernel answers late.',
  },
  programClusterRoutes: {
    text: 'Whether Felix writes the routes to other nodes itself, not BIRD. BGPConfiguration has a counterpart that must say the opposite.',
    values: {
      Enabled: 'Felix writes all routes to other nodes.',
      Disabled: 'BIRD writes the routes to other nodes.',
      EnabledIPIPOnly: 'Felix writes the routes to other nodes that lead through IP-in-IP tunnels.',
      EnabledNoEncapOnly: 'Felix writes the routes to other nodes that lead through no tunnel.',
    },
  },
  removeExternalRoutes: {
    text: 'Whether Felix removes routes on pods’ interfaces that it did not write. Switch it off where another program adds routes there.',
  },
  requireMTUFile: {
    text: 'Makes Felix stop when it cannot write the file that tells the CNI plugin the MTU. Otherwise it goes on, and new pods may get a wrong MTU.',
  },
  routeRefreshInterval: {
    text: 'How often Felix reads the routing tables again and mends what others changed. It matters where another program, such as a network manager, removes them; 0 stops it.',
  },
  routeSource: {
    text: 'From where Felix learns which node has which addresses. With the wrong one nodes have no routes to each other’s pods.',
    values: {
      WorkloadIPs: 'From each pod, one route for each; for other IPAM plugins.',
      CalicoIPAM: 'From the blocks of Calico’s IPAM, one route for each block.',
    },
  },
  routeSyncDisabled: {
    text: 'Stops Felix from writing routes. Something else must then do it, or pods on other nodes are out of reach.',
  },
  routeTableRange: {
    text: 'The routing tables that Felix may use. routeTableRanges takes its place.',
    parts: tableParts,
  },
  routeTableRanges: {
    text: 'The routing tables that Felix may use, as ranges of numbers. WireGuard and others take theirs from it.',
    parts: tableParts,
  },
  vxlanEnabled: {
    text: 'Whether the VXLAN tunnel is set up. Unset, it is when an IP pool asks for it; a value counts for IPv4 only.',
  },
  vxlanMTU: {
    text: 'The largest packet for the IPv4 VXLAN tunnel. 0 leaves 50 bytes of the node’s own MTU for the outer headers.',
  },
  vxlanMTUV6: {
    text: 'The largest packet for the IPv6 VXLAN tunnel. 0 leaves 70 bytes of the node’s own MTU for the outer headers.',
  },
  vxlanPort: {
    text: 'The UDP port of VXLAN. All nodes must have the same, and firewalls between them have to let it through.',
  },
  vxlanVNI: {
    text: 'The network number of VXLAN. All nodes must have the same, or they drop each other’s packets.',
  },
  wireguardEnabled: {
    text: 'Encrypts IPv4 traffic between pods of different nodes with WireGuard. Every node needs a kernel with WireGuard and its UDP port open to the others.',
  },
  wireguardEnabledV6: {
    text: 'Encrypts IPv6 traffic between pods of different nodes with WireGuard. It has an interface and a UDP port of its own, beside those for IPv4.',
  },
  wireguardHostEncryptionEnabled: {
    text: 'Encrypts traffic of the nodes themselves too. Where the control plane runs on such nodes, a mistake can cut it off.',
  },
  wireguardInterfaceName: {
    text: 'The name of the WireGuard interface for IPv4. Change it only where something else on the node has that name.',
  },
  wireguardInterfaceNameV6: {
    text: 'The name of the WireGuard interface for IPv6. It must be another than the one for IPv4.',
  },
  wireguardKeepAlive: {
    text: 'How often WireGuard sends something although there is nothing to send, to keep NAT on the way open. 0 sends nothing.',
  },
  wireguardListeningPort: {
    text: 'The UDP port of WireGuard for IPv4. Firewalls between the nodes have to let it through.',
  },
  wireguardListeningPortV6: {
    text: 'The UDP port of WireGuard for IPv6. It must be another than the one for IPv4, and as open between the nodes.',
  },
  wireguardMTU: {
    text: 'The largest packet through WireGuard for IPv4. 0 leaves 60 bytes of the node’s own MTU for the outer headers.',
  },
  wireguardMTUV6: {
    text: 'The largest packet through WireGuard for IPv6. 0 leaves 80 bytes of the node’s own MTU for the outer headers.',
  },
  wireguardRoutingRulePriority: {
    text: 'The place of WireGuard’s rule among the node’s routing rules. Lower is looked at earlier.',
  },
  wireguardThreadingEnabled: {
    text: 'Lets the kernel handle WireGuard’s packets in threads, which spreads them over CPUs. Try it where encryption keeps one CPU busy while others idle.',
  },
};
