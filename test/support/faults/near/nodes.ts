/** What looks like a fault of interfaces, maps, tunnels and the host, and is none. */
import { change } from '../../edited.ts';
import {
  addLink,
  countDrops,
  editLink,
  editLinks,
  logOf,
  logging,
  withoutLines,
  sizeMaps,
  withEntries,
  withProgram,
  withSettings,
} from '../edits.ts';
import type { NearMiss } from '../fault.ts';

/** What a log tells of an earlier start. */
function before(line: string): (text: string) => string {
  return (text) => `2026-11-20 01:00:00.000 ${line}\n${text}`;
}

const nothingAttached = () => '[{"xdp":[],"tc":[],"flow_dissector":[]}]';

const interfaces: readonly NearMiss[] = [
  {
    rule: 'interfaces/filters',
    name: 'a filter of somebody else comes after Calico’s program',
    edits: {
      probes: {
        'node-b/tc.qdisc': (text) => `${text}qdisc clsact ffff: dev eth0 parent ffff:fff1 \n`,
        'node-b/tc.filter.eth0.ingress': () =>
          [
            'filter protocol all pref 49152 bpf chain 0 ',
            'filter protocol all pref 49152 bpf chain 0 handle 0x1 cali_tc_preambl:[30] direct-action not_in_hw id 30 name cali_tc_preambl tag 0011223344556677 jited ',
            'filter protocol ip pref 49153 flower chain 0 ',
            'filter protocol ip pref 49153 flower chain 0 handle 0x1 ',
          ].join('\n'),
      },
    },
  },

  {
    rule: 'interfaces/uplink',
    name: 'another card has a default route of a higher metric',
    edits: {
      probes: {
        'node-b/ip.link': addLink({ ifname: 'storage0' }),
        'node-b/ip.route': (text) => `${text}default via 192.168.7.1 dev storage0 metric 900 \n`,
      },
    },
  },
  {
    rule: 'interfaces/left',
    name: 'a card that Calico does not manage has a program of somebody else',
    edits: {
      probes: {
        'node-c/bpftool.net': (text) =>
          withProgram(
            'storage0',
            'tcx/ingress',
          )(text).replace(/("devname":"storage0"[^}]*"name":")cali_tc_preamble/, '$1tail_handle_ipv4'),
      },
    },
  },
  {
    rule: 'interfaces/missing',
    name: 'an old bpftool lists nothing at all',
    edits: { probes: { 'node-c/bpftool.net': nothingAttached } },
  },
  {
    rule: 'interfaces/workload',
    name: 'a pod has just been started',
    edits: {
      objects: {
        pods: (pods) => [
          ...pods,
          {
            metadata: { name: 'young', namespace: 'shop' },
            spec: { nodeName: 'node-a' },
            status: {
              phase: 'Running',
              podIP: '10.244.174.150',
              podIPs: [{ ip: '10.244.174.150' }],
              startTime: '2099-01-01T00:00:00Z',
            },
          },
        ],
      },
    },
  },
  {
    rule: 'interfaces/part',
    name: 'a part of a bond is left out as one',
    edits: {
      probes: {
        'node-b/ip.link': (text) =>
          addLink({ ifname: 'eth5', master: 'bond0', linkinfo: { info_slave_kind: 'bond' } })(text),
        'node-b/ifstate.dump': (text) => `${text}   71 : {flags: v4Ready,bondslave, name: eth5}\n`,
      },
    },
  },
  {
    rule: 'interfaces/mixed',
    name: 'XDP and TCX are on one card',
    edits: {
      probes: {
        'node-a/bpftool.net': (text) =>
          text.replace(
            '"xdp":[]',
            '"xdp":[{"devname":"eth0","ifindex":2,"mode":"driver","name":"cali_xdp_preamble"}]',
          ),
      },
    },
  },
  {
    rule: 'interfaces/qdisc',
    name: 'a qdisc has programs of somebody else, or is on a card that is not Calico’s',
    edits: {
      probes: {
        'node-b/tc.qdisc': (text) =>
          `${text}qdisc clsact ffff: dev eth0 parent ffff:fff1 \nqdisc clsact ffff: dev storage0 parent ffff:fff1 \n`,
        'node-b/bpftool.net': withProgram('eth0', 'clsact/ingress'),
      },
    },
  },
  {
    rule: 'interfaces/unattached',
    name: 'one interface still has its programs',
    edits: {
      probes: {
        'node-b/bpftool.net': () =>
          '[{"xdp":[],"tc":[{"devname":"eth0","kind":"tcx/ingress","name":"cali_tc_preamble"}]}]',
      },
    },
  },
];

const maps: readonly NearMiss[] = [
  {
    rule: 'map-fullness/full',
    name: 'there is room',
    edits: { probes: { 'node-a/bpftool.map': sizeMaps('cali_v4_nat_fe', 200) } },
  },
  {
    rule: 'map-fullness/size',
    name: 'the size that is asked for is the default',
    edits: logOf('node-a', withSettings({ BPFMapSizeRoute: '262144' })),
  },
  {
    rule: 'map-fullness/resize',
    name: 'it was before the current start',
    edits: logOf(
      'node-b',
      before('[WARNING][1] felix/scanner.go 1: The eBPF conntrack table is becoming full.'),
    ),
  },
  {
    rule: 'map-fullness/no-room',
    name: 'an argument list is too long elsewhere',
    edits: logOf(
      'node-b',
      logging('[ERROR][1] felix/exec.go 1: Failed to run ip error=fork/exec: argument list too long'),
    ),
  },
];

const mtu: readonly NearMiss[] = [
  {
    rule: 'mtu/pods',
    name: 'pods may send just what fits',
    edits: { probes: { 'node-a/ip.link': editLinks(/^cali/, { mtu: 1450 }) } },
  },
  {
    rule: 'mtu/between',
    name: 'one card takes more than the others',
    edits: { probes: { 'node-b/ip.link': editLink('eth0', { mtu: 9000 }) } },
  },
  {
    rule: 'mtu/networks',
    name: 'a second card takes as much',
    edits: {
      probes: {
        'node-b/ip.link': addLink({ ifname: 'eth1', mtu: 1500 }),
        'node-b/ip.route': (text) =>
          `${text}192.168.7.0/24 dev eth1 proto kernel scope link src 192.168.7.3 \n`,
        'node-b/ifstate.dump': (text) => `${text}   70 : {flags: v4Ready,host, name: eth1}\n`,
        'node-b/bpftool.net': withProgram('eth1', 'tcx/ingress'),
      },
    },
  },
  {
    rule: 'mtu/fragments',
    name: 'a few fragments',
    edits: { probes: { 'node-b/counters.dump': countDrops('eth0', 'fragments not supported', 3) } },
  },
  {
    rule: 'mtu/vmxnet3',
    name: 'the offload is off',
    edits: {
      objects: { nodes: change('node-a', ({ spec }) => (spec['providerID'] = 'vsphere://4230-x')) },
      probes: { 'node-a/felix.log': withSettings({ FeatureDetectOverride: 'ChecksumOffloadBroken=true' }) },
    },
  },
];

const overlay: readonly NearMiss[] = [
  {
    rule: 'overlay/tunnel-address',
    name: 'the pool is not encapsulated',
    edits: {
      objects: {
        nodes: change('node-c', ({ metadata }) => {
          delete metadata.annotations['projectcalico.org/IPv4VXLANTunnelAddr'];
        }),
        'ippools.crd.projectcalico.org': change(
          'default-ipv4-ippool',
          ({ spec }) => (spec['vxlanMode'] = 'Never'),
        ),
      },
    },
  },
  {
    rule: 'overlay/gone',
    name: 'a route leads to a host that is no node, and to no pods',
    edits: { probes: { 'node-a/routes.dump': (text) => `${text}172.18.0.99/32: remote host\n` } },
  },
  {
    rule: 'overlay/missing',
    name: 'the block is being given back',
    edits: {
      probes: { 'node-a/routes.dump': withoutLines(/10\.244\.99\.192\/26/) },
      objects: {
        'blockaffinities.crd.projectcalico.org': (blocks) =>
          blocks.map((block) => ({
            ...block,
            spec: { ...(block['spec'] as object), state: 'pendingDeletion' },
          })),
      },
    },
  },
  {
    rule: 'overlay/blackhole',
    name: 'a blackhole stands where the node’s own block is',
    edits: { probes: { 'node-b/ip.route': (text) => `${text}blackhole 10.244.218.64/26 proto 80 \n` } },
  },
  {
    rule: 'overlay/device',
    name: 'a tunnel that no pool uses is down',
    edits: {
      probes: {
        'node-c/ip.link': addLink({ ifname: 'tunl0', flags: ['NOARP'], linkinfo: { info_kind: 'ipip' } }),
      },
    },
  },
  {
    rule: 'overlay/silence',
    name: 'one of several connections is answered',
    edits: withEntries(
      'node-a',
      4,
      (at) =>
        `TCP 10.244.174.131:4000${at} -> 10.244.218.66:8080  Active ago 9s ${at === 1 ? 'ESTABLISHED' : 'SYN-SENT'}`,
    ),
  },
];

const host: readonly NearMiss[] = [
  {
    rule: 'host/rp-filter',
    name: 'the filter is loose',
    edits: { probes: { 'node-b/sysctl': (text) => text.replaceAll(/(eth0\/rp_filter) \d/g, '$1 2') } },
  },
  {
    rule: 'host/forwarding',
    name: 'one card does not forward',
    edits: { probes: { 'node-b/sysctl': (text) => text.replaceAll(/(conf\/eth0\/forwarding) 1/g, '$1 0') } },
  },
  {
    rule: 'host/wireguard',
    name: 'the device is there',
    edits: {
      probes: {
        'node-a/felix.log': withSettings({ WireguardEnabled: 'true' }),
        'node-a/ip.link': addLink({ ifname: 'wireguard.cali', mtu: 1440 }),
      },
    },
  },
  {
    rule: 'host/host-endpoints',
    name: 'the interface has programs',
    edits: {
      objects: {
        'hostendpoints.crd.projectcalico.org': () => [
          { metadata: { name: 'hep' }, spec: { node: 'node-a', interfaceName: 'eth0' } },
        ],
      },
    },
  },
  {
    rule: 'host/jit',
    name: 'there is room',
    edits: { probes: { '*/sysctl.bpf': () => '/proc/sys/net/core/bpf_jit_limit 4000000000\n' } },
  },
  {
    rule: 'host/lockdown',
    name: 'only integrity is asked for',
    edits: {
      probes: {
        'node-b/sysctl.bpf': () => '/sys/kernel/security/lockdown none [integrity] confidentiality\n',
      },
    },
  },
  {
    rule: 'drops/reasons',
    name: 'a few are dropped',
    edits: { probes: { 'node-a/counters.dump': countDrops('eth0', 'packets with unknown route', 3) } },
  },
];

export const nodeNearMisses: readonly NearMiss[] = [...interfaces, ...maps, ...mtu, ...overlay, ...host];
