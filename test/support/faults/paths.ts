/** Faults of the ways that packets take: routes, links, addresses of nodes, programs of others. */
import { change } from '../edited.ts';
import { addLink, countDrops, editLink, logging, logOf, mapLines, withoutLines } from './edits.ts';
import type { Fault } from './fault.ts';

const all = 'node-a,node-b,node-c';
const cart = 'error pod shop/cart-6f5b9c7d4c-m8t2l on node-a';
const address = 'projectcalico.org/IPv4Address';

/** `ip -j link` without an interface. */
function withoutLink(...names: readonly string[]) {
  return (text: string) => {
    const links = JSON.parse(text) as readonly { readonly ifname: string }[]; // As `ip` prints it.
    return JSON.stringify(links.filter(({ ifname }) => !names.includes(ifname)));
  };
}

const routes: readonly Fault[] = [
  {
    name: 'the kernel of a node has lost its route to the pods of another',
    edits: { probes: { 'node-a/ip.route': withoutLines(/^10\.244\.218\.64\/26 /) } },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'the kernel of a node has lost its route to a pod of its own',
    edits: { probes: { 'node-a/ip.route': withoutLines(/^10\.244\.174\.130 dev/) } },
    found: [cart],
  },
  {
    name: 'the programs of a node have no route to a pod of its own',
    edits: { probes: { 'node-a/routes.dump': withoutLines(/10\.244\.174\.130\/32: local workload/) } },
    found: [cart],
  },
  {
    name: 'the route to a pod leads to an interface that is not its own',
    edits: {
      probes: {
        'node-a/routes.dump': mapLines(/10\.244\.174\.130\/32/, (line) => line.replace(/idx \d+/, 'idx 777')),
      },
    },
    found: [cart],
  },
  {
    name: 'a node does not know the address of another for one of a node',
    edits: { probes: { 'node-b/routes.dump': withoutLines(/172\.18\.0\.4\/32: remote host/) } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a second default route leads through a card without programs',
    edits: {
      probes: {
        'node-b/ip.route': (text) =>
          `${text.replace(/^default via 172\.18\.0\.1 dev eth0 .*$/m, 'default via 172.18.0.1 dev eth0 metric 100 ')}default via 10.9.0.1 dev ens7 metric 50 \n`,
        'node-b/ip.link': addLink({ ifname: 'ens7', ifindex: 71 }),
      },
    },
    found: ['error interface ens7 on node-b'],
  },
];

const links: readonly Fault[] = [
  {
    name: 'somebody has set the interface of a pod down',
    edits: {
      probes: {
        'node-a/ip.link': editLink('cali8cb945225b4', {
          flags: ['BROADCAST', 'MULTICAST'],
          operstate: 'DOWN',
        }),
      },
    },
    found: [cart],
  },
  {
    name: 'one pod may send more than the others, since the MTU was changed',
    edits: { probes: { 'node-a/ip.link': editLink('cali8cb945225b4', { mtu: 1500 }) } },
    found: ['error interface cali8cb945225b4 on node-a'],
  },
  {
    name: 'the pair of interfaces is gone by which processes of a host reach services',
    edits: {
      probes: {
        'node-b/ip.link': withoutLink('bpfin.cali', 'bpfout.cali'),
        'node-b/ifstate.dump': withoutLines(/name: bpfout\.cali/),
        'node-b/bpftool.net': (text) =>
          text.replaceAll('"bpfout.cali"', '"gone0"').replaceAll(/\{"devname":"gone0"[^}]*\},?/g, ''),
        'node-b/ip.route': withoutLines(/bpfin\.cali/),
      },
    },
    found: ['error interface bpfin.cali on node-b'],
  },
  {
    name: 'a device of somebody else has the port of VXLAN',
    edits: {
      probes: {
        'node-c/ip.link': (text) =>
          addLink({
            ifname: 'flannel.1',
            linkinfo: { info_kind: 'vxlan', info_data: { id: 1, port: 4789 } },
          })(withoutLink('vxlan.calico')(text)),
        'node-c/felix.log': logging(
          '[WARNING][81] felix/vxlan_mgr.go 540: Failed to add VXLAN tunnel device error=failed to create VXLAN device: address already in use ipVersion=0x4',
        ),
      },
    },
    found: ['error interface vxlan.calico on node-c'],
  },
  {
    name: 'another network plugin’s program stands before Calico’s',
    recordings: /v3\.32\.1-healthy|master-healthy/,
    edits: {
      probes: {
        'node-b/bpftool.net': (text) =>
          text.replace(
            /(\{"devname":"eth0","ifindex":\d+,"kind":"tcx\/ingress")/,
            '{"devname":"eth0","ifindex":2,"kind":"tcx/ingress","name":"cil_from_netdev","prog_id":9000,"prog_flags":[],"link_id":900,"link_flags":[]},$1',
          ),
      },
    },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'the pattern takes in the bridge of Docker',
    edits: {
      probes: {
        'node-b/ip.link': addLink({ ifname: 'docker0', linkinfo: { info_kind: 'bridge' } }),
        'node-b/ifstate.dump': (text) =>
          `${text}  900 : {flags: v4Ready,host, XDPPolicyV4: 9, IngressPolicyV4: 90, EgressPolicyV4: 90, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: 91, EgressFilter: 91, name: docker0}\n`,
        'node-b/bpftool.net': (text) =>
          text.replace(
            '"tc":[',
            '"tc":[{"devname":"docker0","ifindex":900,"kind":"tcx/ingress","name":"cali_tc_preamble","prog_id":900},{"devname":"docker0","ifindex":900,"kind":"tcx/egress","name":"cali_tc_preamble","prog_id":901},',
          ),
      },
    },
    recordings: /v3\.32\.1-healthy|master-healthy/,
    found: ['warning interface docker0 on node-b'],
  },
];

const nodes: readonly Fault[] = [
  {
    name: 'two nodes were found at one address',
    edits: {
      objects: {
        nodes: (objects) =>
          change(
            'node-b',
            ({ metadata }) => (metadata.annotations[address] = '172.17.0.1/16'),
          )(change('node-c', ({ metadata }) => (metadata.annotations[address] = '172.17.0.1/16'))(objects)),
      },
      probes: { '*/routes.dump': (text) => `${text}  172.17.0.1/32: remote host\n` },
    },
    found: ['error node node-b on node-b,node-c'],
  },
  {
    name: 'Calico has no address of a node',
    edits: { objects: { nodes: change('node-b', ({ metadata }) => delete metadata.annotations[address]) } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'forwarding of IPv6 is off where services have IPv6 addresses',
    recordings: /dual-stack/,
    edits: {
      probes: { '*/sysctl.bpf': (text) => `${text}/proc/sys/net/ipv6/conf/all/forwarding 0\n` },
    },
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'packets arrive broken',
    edits: { probes: { 'node-a/counters.dump': countDrops('eth0', 'incorrect checksum', 4000) } },
    found: ['warning interface eth0 on node-a'],
  },
  {
    name: 'the kernel refuses the programs of a pod',
    edits: logOf(
      'node-a',
      logging(
        '[WARNING][81] felix/bpf_ep_mgr.go 2330: Failed to apply policy to endpoint, leaving it dirty error=failed to load program: permission denied id=types.WorkloadEndpointID{OrchestratorId:"k8s", WorkloadId:"shop/cart-6f5b9c7d4c-m8t2l", EndpointId:"eth0"}',
      ),
    ),
    found: [cart],
  },
];

export const pathFaults: readonly Fault[] = [...routes, ...links, ...nodes];
