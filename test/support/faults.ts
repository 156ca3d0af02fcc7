/** Faults that are put into recordings of healthy clusters of any version, and what has to be found then. */
import type { KubernetesObject } from '../../src/core/objects/object.ts';
import { change, type Edits } from '../core/diagnose/recorded.ts';
import {
  addLink,
  backendsOf,
  countDenials,
  countDrops,
  dropFrontends,
  editLink,
  editLinks,
  mapLines,
  sizeMaps,
  withConfigMap,
  withoutLines,
  withProgram,
  withoutPrograms,
} from './faultEdits.ts';

export interface Fault {
  /** What is wrong. */
  readonly name: string;
  readonly edits: Edits;
  /** The errors and warnings that it leads to, as `spell` writes them. */
  readonly found: readonly string[];
}

const all = 'node-a,node-b,node-c';
const cartInterface = 'cali8cb945225b4';
const cart = 'shop/cart-6f5b9c7d4c-m8t2l';

const nat: readonly Fault[] = [
  {
    name: 'a service is not in NAT of one node',
    edits: { probes: { 'node-b/nat.dump': dropFrontends(/^10\.96\.118\.66 /) } },
    found: ['error service shop/cart on node-b'],
  },
  {
    name: 'a service has lost its only backend in NAT of one node',
    edits: { probes: { 'node-a/nat.dump': backendsOf('10.96.118.66', () => []) } },
    found: ['error service shop/cart on node-a'],
  },
  {
    name: 'a service has lost one of two backends in NAT',
    edits: { probes: { '*/nat.dump': backendsOf('10.96.71.203', (backends) => backends.slice(1)) } },
    found: [`error service shop/catalog on ${all}`],
  },
  {
    name: 'a service sends to a pod that is no endpoint of it',
    edits: {
      probes: {
        'node-c/nat.dump': backendsOf('10.96.133.7', (backends) => [...backends, '10.244.99.194:9090']),
      },
    },
    found: ['error service monitoring/prometheus on node-c'],
  },
  {
    name: 'a backend is announced and not there',
    edits: { probes: { 'node-c/nat.dump': backendsOf('10.96.150.42', () => ['is missing']) } },
    found: ['error service shop/db on node-c'],
  },
  {
    name: 'a service id belongs to two services',
    edits: {
      probes: {
        'node-b/nat.dump': (text) => {
          const id = /^10\.96\.150\.42 .* id (\d+)/m.exec(text)?.[1] ?? '';
          return text
            .replace(/^(10\.96\.133\.7 .* id )\d+/m, `$1${id}`)
            .replace(/\t\d+(:0\t 10\.244\.99\.195:9090)/, `\t${id}$1`);
        },
      },
    },
    found: ['error service monitoring/prometheus on node-b'],
  },
  {
    name: 'a frontend of a deleted service stays',
    edits: {
      probes: {
        'node-a/nat.dump': (text) =>
          `${text}10.96.7.7 port 80 proto 6 id 99 count 1 local 0\n\t99:0\t 10.244.99.193:8080\n`,
      },
    },
    found: ['warning service /10.96.7.7:80 on node-a'],
  },
  {
    name: 'the API server’s own service is not in NAT',
    edits: { probes: { 'node-a/nat.dump': dropFrontends(/^10\.96\.0\.1 /) } },
    found: ['error service default/kubernetes on node-a'],
  },
  {
    name: 'the API server’s own service sends to a server that is gone',
    edits: { probes: { '*/nat.dump': backendsOf('10.96.0.1', () => ['172.18.0.9:6443']) } },
    found: [`error service default/kubernetes on ${all}`],
  },
];

const apiServer: readonly Fault[] = [
  ['its own service address', '10.96.0.1', '443', 'KUBERNETES_SERVICE_HOST'],
  ['the address of another service', '10.96.118.66', '80', 'KUBERNETES_SERVICE_HOST'],
  ['a name that needs the cluster’s DNS', 'kubernetes.default.svc', '443', 'KUBERNETES_SERVICE_HOST'],
  ['the wrong port', '172.18.0.1', '443', 'KUBERNETES_SERVICE_PORT'],
].map(([what = '', host = '', port = '', key = '']) => ({
  name: `calico-node is told ${what} of the API server`,
  edits: { objects: { configmaps: withConfigMap(host, port) } },
  found: [`error key ${key} on `],
}));

const proxyPod: KubernetesObject = {
  metadata: { name: 'kube-proxy-x7k2p', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
  spec: { nodeName: 'node-b', hostNetwork: true },
  status: { phase: 'Running' },
};

const kubeProxy: readonly Fault[] = [
  {
    name: 'kube-proxy runs on a node',
    edits: { objects: { pods: (pods) => [...pods, proxyPod] } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the interface of IPVS is left',
    edits: {
      probes: { 'node-c/ip.link': addLink({ ifname: 'kube-ipvs0', linkinfo: { info_kind: 'dummy' } }) },
    },
    found: ['warning interface kube-ipvs0 on node-c'],
  },
  {
    name: 'kube-proxy holds port 10256',
    edits: {
      probes: {
        'node-a/felix.log': (text) =>
          `${text}2026-11-21 05:00:00.000 [ERROR][1] felix/health.go 1: Failed to start health check server error=listen tcp 0.0.0.0:10256: bind: address already in use\n`,
      },
    },
    found: ['warning node node-a on node-a'],
  },
];

const interfaces: readonly Fault[] = [
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

const conntrack: readonly Fault[] = [
  {
    name: 'a UDP client of a service goes on sending to the service’s own address',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) => `${text}UDP 10.244.218.65:45000 -> 10.96.0.10:53  Active ago 2s\n`,
      },
    },
    found: ['error service kube-system/kube-dns on node-b'],
  },
  {
    name: 'a connection goes on to a pod that is gone',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) =>
          `${text}TCP 10.244.218.65:45000 -> 10.244.99.250:8080  Active ago 2s ESTABLISHED\n`,
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'connections to a pod pile up without an answer',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) =>
          text +
          Array.from(
            { length: 30 },
            (_, at) => `TCP 10.244.218.65:${46_000 + at} -> 10.244.218.68:8181  Active ago 9s SYN-SENT\n`,
          ).join(''),
      },
    },
    found: ['warning pod kube-system/coredns-76f75df574-tn8vb on node-b'],
  },
  {
    name: 'old UDP entries are not cleaned up',
    edits: {
      probes: {
        'node-c/conntrack.dump': (text) =>
          text +
          Array.from(
            { length: 150 },
            (_, at) => `UDP 10.244.99.193:${46_000 + at} -> 203.0.113.5:53  Active ago 12m5s\n`,
          ).join(''),
      },
    },
    found: ['warning node node-c on node-c'],
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

const denied = { 'node-a/counters.dump': countDenials(cartInterface, 500) };

const policy: readonly Fault[] = [
  ['allows only port 80, where the pod serves 8080', 'error', [{ ports: [{ port: 80, protocol: 'TCP' }] }]],
  [
    'allows only pods whose label is misspelled',
    'error',
    [{ from: [{ podSelector: { matchLabels: { app: 'front-end' } } }] }],
  ],
  ['allows nobody', 'warning', []],
].map(([what, severity, ingress]) => ({
  name: `a policy ${String(what)}`,
  edits: {
    probes: denied,
    objects: {
      'networkpolicies.networking.k8s.io': (policies) => [
        ...policies,
        {
          metadata: { name: 'cart', namespace: 'shop' },
          spec: { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Ingress'], ingress },
        },
      ],
    },
  },
  found: [`${String(severity)} pod ${cart} on node-a`],
}));

export const faults: readonly Fault[] = [
  ...policy,
  ...nat,
  ...apiServer,
  ...kubeProxy,
  ...interfaces,
  ...conntrack,
  ...sizes,
  ...mtu,
  ...overlay,
  ...configuration,
  ...felix,
  ...host,
  ...drops,
];
