/** Faults of interfaces, maps, tunnels, Felix and the host. */
import { change } from '../edited.ts';
import {
  addLink,
  countDrops,
  editLink,
  editLinks,
  mapLines,
  sizeMaps,
  withoutLines,
  withProgram,
  withoutPrograms,
} from './edits.ts';
import type { Fault } from './fault.ts';

const cartInterface = 'cali8cb945225b4';
const cart = 'shop/cart-6f5b9c7d4c-m8t2l';

const interfaces: readonly Fault[] = [
  {
    name: 'a filter of somebody else is asked before Calico’s program',
    recordings: /v3\.30/,
    edits: {
      probes: {
        'node-a/tc.filter.eth0.ingress': (text) =>
          `filter protocol all pref 10 bpf chain 0 \nfilter protocol all pref 10 bpf chain 0 handle 0x1 cil_from_netdev:[77] direct-action not_in_hw id 77 name cil_from_netdev tag 0011223344556677 jited \n${text}`,
      },
    },
    found: ['warning interface eth0 on node-a'],
  },
  {
    name: 'a traffic shaper stands before Calico’s program',
    recordings: /v3\.30/,
    edits: {
      probes: {
        'node-b/tc.filter.eth0.egress': (text) =>
          `filter protocol ip pref 100 u32 chain 0 \nfilter protocol ip pref 100 u32 chain 0 fh 800: ht divisor 1 \n${text}`,
      },
    },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'a program of an earlier version is left on a card',
    recordings: /v3\.30/,
    edits: {
      probes: {
        'node-c/tc.filter.eth0.ingress': (text) =>
          `${text}filter protocol all pref 49152 bpf chain 0 handle 0x2 calico_from_hos:[12] direct-action not_in_hw id 12 name calico_from_hos tag 0011223344556677 jited \n`,
      },
    },
    found: ['warning interface eth0 on node-c'],
  },

  {
    name: 'the pattern hits a part of a bond',
    edits: {
      probes: {
        'node-b/ip.link': (text) =>
          addLink({ ifname: 'bond0', linkinfo: { info_kind: 'bond' } })(
            editLink('eth0', { master: 'bond0', linkinfo: { info_slave_kind: 'bond' } })(text),
          ),
        'node-b/ip.route': (text) => text.replaceAll('dev eth0', 'dev bond0'),
        'node-b/ifstate.dump': (text) => `${text}   70 : {flags: v4Ready,bond, name: bond0}\n`,
        'node-b/bpftool.net': withProgram('bond0', 'tcx/ingress'),
      },
    },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'the pattern misses the card with the default route',
    edits: {
      probes: {
        'node-b/ip.link': editLink('eth0', { ifname: 'storage0' }),
        'node-b/ip.route': (text) => text.replaceAll('dev eth0', 'dev storage0'),
        'node-b/ifstate.dump': (text) =>
          text
            .replace(/flags: v4Ready,host,(.*name: eth0)/, 'flags: host,notmanaged,$1')
            .replace('name: eth0', 'name: storage0'),
        'node-b/bpftool.net': withoutPrograms('eth0'),
      },
    },
    found: ['error interface storage0 on node-b'],
  },
  {
    name: 'programs are left on a card that was de-selected',
    edits: { probes: { 'node-c/ifstate.dump': withoutLines(/name: eth0\}/) } },
    found: ['error interface eth0 on node-c'],
  },
  {
    name: 'somebody removed the programs of a card',
    edits: { probes: { 'node-c/bpftool.net': withoutPrograms('eth0') } },
    found: ['error interface eth0 on node-c'],
  },
  {
    name: 'a running pod has no interface that Calico knows',
    edits: {
      probes: {
        'node-a/ifstate.dump': withoutLines(new RegExp(cartInterface)),
        'node-a/bpftool.net': withoutPrograms(cartInterface),
      },
    },
    found: [`error pod ${cart} on node-a`],
  },
  {
    name: 'the interface of a pod is not ready',
    edits: {
      probes: {
        'node-a/ifstate.dump': mapLines(new RegExp(cartInterface), (line) => line.replace(',v4Ready', '')),
      },
    },
    found: [`error pod ${cart} on node-a`],
  },
  {
    name: 'a pod has no policy program',
    edits: {
      probes: {
        'node-a/ifstate.dump': mapLines(new RegExp(cartInterface), (line) =>
          line.replaceAll(/((?:In|E)gressPolicyV4: )\d+/g, '$1-1'),
        ),
      },
    },
    found: [`warning pod ${cart} on node-a`],
  },
  {
    name: 'an older version’s programs are left beside the new ones',
    edits: {
      probes: {
        'node-a/bpftool.net': (text) =>
          withProgram('eth0', 'tcx/ingress')(withProgram('eth0', 'clsact/ingress')(text)),
      },
    },
    found: ['warning interface eth0 on node-a'],
  },
];

const sizes: readonly Fault[] = [
  {
    name: 'the map of NAT frontends is full',
    edits: { probes: { 'node-a/bpftool.map': sizeMaps('cali_v4_nat_fe', 20) } },
    found: ['error key bpfMapSizeNATFrontend on node-a'],
  },
  {
    name: 'the map of routes is not as large as asked for',
    edits: {
      probes: {
        'node-a/felix.log': (text) =>
          text.replaceAll('"BPFLogLevel":"Debug"', '"BPFLogLevel":"Debug", "BPFMapSizeRoute":"1000"'),
      },
    },
    found: ['warning key bpfMapSizeRoute on node-a'],
  },
];

const mtu: readonly Fault[] = [
  {
    name: 'pods may send more than fits into the tunnel',
    edits: { probes: { 'node-a/ip.link': editLinks(/^cali/, { mtu: 1500 }) } },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'the cards of a node are on different networks and take packets of different size',
    edits: {
      probes: {
        'node-b/ip.link': addLink({ ifname: 'eth1', mtu: 9000 }),
        'node-b/ip.route': (text) =>
          `${text}192.168.7.0/24 dev eth1 proto kernel scope link src 192.168.7.3 \n`,
        'node-b/ifstate.dump': (text) => `${text}   70 : {flags: v4Ready,host, name: eth1}\n`,
        'node-b/bpftool.net': withProgram('eth1', 'tcx/ingress'),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'one card takes less than the others',
    edits: { probes: { 'node-b/ip.link': editLink('eth0', { mtu: 1400 }) } },
    found: ['error node node-b on node-b'],
  },
];

const overlay: readonly Fault[] = [
  {
    name: 'a node has no tunnel address',
    edits: {
      objects: {
        nodes: change('node-c', ({ metadata }) => {
          delete metadata.annotations['projectcalico.org/IPv4VXLANTunnelAddr'];
        }),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'a route leads to a node that is gone',
    edits: {
      probes: {
        'node-a/routes.dump': (text) =>
          `${text}10.244.7.0/26: remote workload in-pool nat-out tunneled nh 172.18.0.99\n`,
      },
    },
    found: ['warning node node-a on node-a'],
  },
  {
    name: 'the route to another node’s block is missing',
    edits: { probes: { 'node-a/routes.dump': withoutLines(/10\.244\.99\.192\/26/) } },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'a blackhole stands where another node’s block is',
    edits: { probes: { 'node-a/ip.route': (text) => `${text}blackhole 10.244.99.192/26 proto 80 \n` } },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'no packet gets through between two nodes any more',
    edits: {
      probes: {
        'node-a/conntrack.dump': (text) =>
          mapLines(/10\.244\.218\./, (line) => line.replace(/Active ago \S+/, 'Active ago 3m2s'))(text) +
          [1, 2, 3, 4]
            .map((at) => `TCP 10.244.174.131:4000${at} -> 10.244.218.66:8080  Active ago 9s SYN-SENT\n`)
            .join(''),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'the tunnel device is down',
    edits: { probes: { 'node-c/ip.link': editLink('vxlan.calico', { flags: ['BROADCAST', 'MULTICAST'] }) } },
    found: ['error interface vxlan.calico on node-c'],
  },
];

const configuration: readonly Fault[] = [
  {
    name: 'a variable of calico-node wins over FelixConfiguration',
    edits: {
      objects: {
        pods: change('calico-node-x4k2p', ({ spec }) => {
          const [container] = spec['containers'] as { env: { name: string; value: string }[] }[];
          container?.env.push({ name: 'FELIX_VXLANENABLED', value: 'false' });
        }),
      },
    },
    found: ['warning key vxlanEnabled on node-a'],
  },
  {
    name: 'one node uses direct server return',
    edits: {
      probes: {
        'node-a/felix.log': (text) =>
          text.replaceAll('"BPFLogLevel":"Debug"', '"BPFLogLevel":"Debug", "BPFExternalServiceMode":"DSR"'),
      },
    },
    found: ['error key bpfExternalServiceMode on '],
  },
];

const felix: readonly Fault[] = [
  {
    name: 'the API server cannot be reached',
    edits: {
      probes: {
        'node-c/felix.log': (text) =>
          text +
          [1, 2, 3]
            .map(
              (at) =>
                `2026-11-21 05:00:0${at}.000 [ERROR][1] felix/watchercache.go 1: Failed to list error=Get "https://172.18.0.1:6443/api/v1/nodes": dial tcp 172.18.0.1:6443: connect: connection refused\n`,
            )
            .join(''),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'the kernel refuses the programs of a card',
    edits: {
      probes: {
        'node-b/felix.log': (text) =>
          `${text}2026-11-21 04:00:00.000 [WARNING][1] felix/bpf_ep_mgr.go 1: Failed to apply policy to endpoint, leaving it dirty error=attaching program to eth0: argument list too long iface="eth0"\n`,
      },
    },
    found: ['error interface eth0 on node-b'],
  },
];

const host: readonly Fault[] = [
  {
    name: 'the reverse-path filter of a card is strict',
    edits: {
      probes: { 'node-b/sysctl': (text) => text.replaceAll(/(eth0\/rp_filter) \d/g, '$1 1') },
    },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'the BPF file system is not mounted',
    edits: { probes: { 'node-b/mounts': withoutLines(/\/sys\/fs\/bpf/) } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'forwarding is off',
    edits: { probes: { 'node-b/sysctl': (text) => text.replaceAll(/(ip_forward) 1/g, '$1 0') } },
    found: ['error node node-b on node-b'],
  },
];

const drops: readonly Fault[] = [
  ['failed encapsulation', 'warning'],
  ['malformed IP packets', 'warning'],
].map(([reason = '', severity = '']) => ({
  name: `packets are dropped: ${reason}`,
  edits: { probes: { 'node-a/counters.dump': countDrops('eth0', reason, 5000) } },
  found: [`${severity} interface eth0 on node-a`],
}));

export const nodeFaults: readonly Fault[] = [
  ...interfaces,
  ...sizes,
  ...mtu,
  ...overlay,
  ...configuration,
  ...felix,
  ...host,
  ...drops,
];
