import type { FieldProse } from './prose.ts';

const routePriority = (family: string, state: string) => ({
  text: `The metric of ${family} routes to pods ${state}. The lower number is preferred.`,
});

const tableParts = { min: 'The first table of the range.', max: 'The last table of the range.' };

/** The keys of interfaces, routes, tunnels and encryption. */
export const networkProse: Readonly<Record<string, FieldProse>> = {
  awsSrcDstCheck: {
    text: 'What Felix does about the check of EC2 that packets of an instance carry its own address. Routing without a tunnel in one subnet needs it off.',
    values: {
      DoNothing: 'The instance stays as it is.',
      Enable: 'The check is switched on.',
      Disable: 'The check is switched off, which takes permission on EC2.',
    },
  },
  deviceRouteProtocol: {
    text: 'The protocol number that Felix writes on its routes, so that others know whose they are.',
  },
  deviceRouteSourceAddress: { text: 'The IPv4 source address that Felix hints at on its routes to pods.' },
  deviceRouteSourceAddressIPv6: {
    text: 'The IPv6 source address that Felix hints at on its routes to pods.',
  },
  externalNodesList: {
    text: 'Addresses outside the cluster from which nodes take tunnelled packets too.',
  },
  interfaceExclude: {
    text: 'Interfaces that Felix does not watch when it collects the node’s addresses: names, or /expressions/, with commas.',
  },
  interfacePrefix: {
    text: 'How the names of pods’ interfaces begin; several with commas. It must be what the CNI plugin writes.',
  },
  interfaceRefreshInterval: {
    text: 'How often Felix lists all interfaces again, in case it missed a change. 0 stops that.',
  },
  ipForwarding: {
    text: 'Whether Felix switches forwarding of packets on in the kernel.',
    values: {
      Enabled: 'It does, as pods need.',
      Disabled: 'The settings of the node are left alone; only for nodes without pods.',
    },
  },
  ipipEnabled: {
    text: 'Whether the IP-in-IP tunnel is set up. Unset, it is when an IP pool asks for it.',
  },
  ipipMTU: { text: 'The largest packet for the IP-in-IP tunnel. 0 derives it from the node’s interface.' },
  ipv4ElevatedRoutePriority: routePriority('IPv4', 'while a virtual machine moves to this node'),
  ipv4NormalRoutePriority: routePriority('IPv4', 'at all other times'),
  ipv6ElevatedRoutePriority: routePriority('IPv6', 'while a virtual machine moves to this node'),
  ipv6NormalRoutePriority: routePriority('IPv6', 'at all other times'),
  ipv6Support: { text: 'Whether Felix takes care of IPv6 at all.' },
  istioAmbientMode: {
    text: 'Whether Felix makes room for Istio’s ambient mesh, whose traffic it marks.',
    values: { Enabled: 'Traffic within the mesh is marked.', Disabled: 'Nothing is marked.' },
  },
  istioDSCPMark: {
    text: 'The DSCP value that marks traffic within Istio’s ambient mesh: a number from 0 to 63 or a name such as AF31.',
  },
  liveMigrationRouteConvergenceTime: {
    text: 'How long routes keep their raised priority after a virtual machine has moved, until all routers have learnt the way.',
  },
  localSubnetL2Reachability: {
    text: 'Whether a node answers ARP and NDP for addresses of pods and load balancers that lie in its own subnet.',
    values: {
      Disabled: 'It does not.',
      PodsAndLoadBalancers: 'It answers for pods on it and for load-balancer addresses.',
    },
  },
  localSubnetL2ReachabilityRefreshInterval: {
    text: 'How often a node announces again the addresses that it answers for.',
  },
  mtuIfacePattern: {
    text: 'A regular expression of the interfaces whose smallest MTU counts when Felix derives those of tunnels and pods.',
  },
  netlinkTimeout: { text: 'How long Felix waits for an answer of the kernel about interfaces and routes.' },
  programClusterRoutes: {
    text: 'Whether Felix writes the routes to other nodes itself, not BIRD. BGPConfiguration has a counterpart that must say the opposite.',
    values: {
      Enabled: 'Felix writes them.',
      Disabled: 'BIRD writes them.',
      EnabledIPIPOnly: 'Felix writes those through IP-in-IP tunnels.',
      EnabledNoEncapOnly: 'Felix writes those without a tunnel.',
    },
  },
  removeExternalRoutes: {
    text: 'Whether Felix removes routes on pods’ interfaces that it did not write.',
  },
  requireMTUFile: {
    text: 'Makes Felix stop when it cannot write the file that tells the CNI plugin the MTU.',
  },
  routeRefreshInterval: {
    text: 'How often Felix reads the routing tables again and mends what others changed. 0 stops that.',
  },
  routeSource: {
    text: 'From where Felix learns which node has which addresses.',
    values: {
      WorkloadIPs: 'From each pod, one route for each; for other IPAM plugins.',
      CalicoIPAM: 'From the blocks of Calico’s IPAM, one route for each block.',
    },
  },
  routeSyncDisabled: { text: 'Stops Felix from writing routes. Something else must then do it.' },
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
  vxlanMTU: { text: 'The largest packet for the IPv4 VXLAN tunnel. 0 derives it from the node’s interface.' },
  vxlanMTUV6: {
    text: 'The largest packet for the IPv6 VXLAN tunnel. 0 derives it from the node’s interface.',
  },
  vxlanPort: { text: 'The UDP port of VXLAN. All nodes must have the same.' },
  vxlanVNI: { text: 'The network number of VXLAN. All nodes must have the same.' },
  wireguardEnabled: {
    text: 'Encrypts IPv4 traffic between pods of different nodes with WireGuard.',
  },
  wireguardEnabledV6: {
    text: 'Encrypts IPv6 traffic between pods of different nodes with WireGuard.',
  },
  wireguardHostEncryptionEnabled: {
    text: 'Encrypts traffic of the nodes themselves too. Where the control plane runs on such nodes, a mistake can cut it off.',
  },
  wireguardInterfaceName: { text: 'The name of the WireGuard interface for IPv4.' },
  wireguardInterfaceNameV6: { text: 'The name of the WireGuard interface for IPv6.' },
  wireguardKeepAlive: {
    text: 'How often WireGuard sends something although there is nothing to send, to keep NAT on the way open. 0 sends nothing.',
  },
  wireguardListeningPort: { text: 'The UDP port of WireGuard for IPv4.' },
  wireguardListeningPortV6: { text: 'The UDP port of WireGuard for IPv6.' },
  wireguardMTU: {
    text: 'The largest packet through WireGuard for IPv4. 0 derives it from the node’s interface.',
  },
  wireguardMTUV6: {
    text: 'The largest packet through WireGuard for IPv6. 0 derives it from the node’s interface.',
  },
  wireguardRoutingRulePriority: {
    text: 'The place of WireGuard’s rule among the node’s routing rules. Lower is looked at earlier.',
  },
  wireguardThreadingEnabled: {
    text: 'Lets the kernel handle WireGuard’s packets in threads, which spreads them over CPUs.',
  },
};
