/** Nodes that do not reach each other or the outside, and services that lead nowhere. */
import { change } from '../../edited.ts';
import { add, all, configured, each, nodeNames, printed } from '../../healthy/healthy.ts';
import {
  backendsOf,
  countDenials,
  dropFrontends,
  logging,
  mapLines,
  sizeMaps,
  withoutLines,
} from '../edits.ts';
import type { Scene } from './scene.ts';
import { unanswered } from './traffic.ts';

const dropVxlan = '[412:49440] -A INPUT -p udp -m udp --dport 4789 -j DROP';
const cart = 'shop/cart-6f5b9c7d4c-m8t2l';
const payments = 'shop/payments-84c5d7f6b9-q3n8w';

const noMap =
  '2026-11-21 05:00:00.000 [ERROR][1] commands/ifstate.go 45: Failed to dump map. error=stat /sys/fs/bpf/tc/globals/cali_iface4: no such file or directory\n';

const kubeProxySockets = [10249, 10256].map(
  (port) =>
    `tcp   LISTEN 0      4096               *:${port}            *:*    users:(("kube-proxy",pid=9001,fd=9))\n`,
);

const kubeProxyRules = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]
:KUBE-SEP-6VW5YBJ5VUU6P3V2 - [0:0]
[0:0] -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
[0:0] -A KUBE-SVC-TCOU7JCQXEZGVUNU -j KUBE-SEP-6VW5YBJ5VUU6P3V2
COMMIT
`;

export const networkScenes: readonly Scene[] = [
  {
    name: 'the firewall of a node drops VXLAN',
    recordings: ['v3.32.1-healthy', 'v3.30.7-healthy'],
    edits: all(unanswered('node-a', '10.244.99.'), unanswered('node-b', '10.244.99.'), {
      probes: {
        'node-c/iptables.save': (text) => text.replace(/^:INPUT ACCEPT .*$/m, `$&\n${dropVxlan}`),
        'node-c/conntrack.dump': withoutLines(/10\.244\.(?:174|218)\./),
      },
    }),
    found: ['error node node-c on node-c', 'warning node node-c on node-c'],
  },
  {
    name: 'a rule of nftables on a node drops VXLAN',
    recordings: ['v3.32.1-healthy', 'v3.30.7-healthy'],
    edits: {
      probes: {
        'node-b/nft.ruleset': (text) =>
          `${text}table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tudp dport { 4789, 8472 } counter packets 37 bytes 4440 drop\n\t}\n}\n`,
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a pool is encapsulated and not masqueraded',
    edits: {
      objects: { 'ippools.crd.projectcalico.org': each(({ spec }) => (spec['natOutgoing'] = false)) },
      probes: {
        '*/routes.dump': (text) => text.replaceAll(' nat-out', ''),
        '*/conntrack.dump': (text) =>
          text.replaceAll(
            /^(TCP 10\.244\.\S+ -> 203\.0\.113\.\S+ ) Active ago \S+ \S+$/gm,
            '$1 Active ago 4.2s SYN-SENT',
          ),
      },
    },
    found: ['warning key natOutgoing on node-a'],
  },
  {
    name: 'a service sends to a port at which nobody listens',
    edits: {
      objects: {
        services: change('db', ({ spec }) => {
          spec['ports'] = [{ name: 'postgres', port: 5432, protocol: 'TCP', targetPort: 5433 }];
        }),
        'endpointslices.discovery.k8s.io': each((slice) => {
          if (slice.metadata.name.startsWith('db-'))
            Object.assign(slice, { ports: [{ name: 'postgres', port: 5433, protocol: 'TCP' }] });
        }),
      },
      probes: {
        '*/nat.dump': backendsOf('10.96.150.42', () => ['10.244.99.194:5433']),
        '*/conntrack.dump': mapLines(/10\.244\.99\.194:5432/, (line) =>
          line.replace('10.244.99.194:5432', '10.244.99.194:5433').replace(/CLOSED|ESTABLISHED/, 'RESET'),
        ),
      },
    },
    found: ['error service shop/db on node-b,node-c'],
  },
  {
    name: 'somebody took the only member out of an IP set of a node',
    edits: {
      probes: {
        'node-b/policy.dump.cali192e293c0b8.all': (text) =>
          text.replaceAll('src={10.244.174.130/32}', 'src=0xabedf846b0550e65'),
        'node-b/ipsets.dump': withoutLines(/10\.244\.174\.130|0xabedf846b0550e65/),
        'node-b/counters.dump': countDenials('cali192e293c0b8', 9),
      },
    },
    found: [`error pod ${payments} on node-b`],
  },
  {
    name: 'Calico took an address of a node that is none of its network',
    edits: {
      objects: {
        nodes: change('node-c', ({ metadata }) => {
          metadata.annotations['projectcalico.org/IPv4Address'] = '192.168.77.4/24';
        }),
      },
      probes: {
        'node-a/routes.dump': (text) => text.replaceAll('172.18.0.4', '192.168.77.4'),
        'node-b/routes.dump': (text) => text.replaceAll('172.18.0.4', '192.168.77.4'),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'kube-proxy runs beside Felix as a process of a host, and had the port first',
    edits: {
      probes: {
        'node-b/ss': (text) => text.replace(/^.*:10256 .*\n/m, kubeProxySockets.join('')),
        'node-b/iptables.save': (text) => text + kubeProxyRules,
        'node-b/felix.log': logging(
          '[ERROR][29255] felix/health.go 71: BPF Proxy Healthz server failed error=listen tcp :10256: bind: address already in use',
        ),
      },
    },
    found: ['error node node-b on node-b', 'warning node node-b on node-b'],
  },
  {
    name: 'a policy denies everything to a pod before another one that allows is asked',
    edits: {
      objects: {
        'globalnetworkpolicies.crd.projectcalico.org': add({
          metadata: { name: 'default.lockdown' },
          spec: {
            tier: 'default',
            order: 10,
            selector: "app == 'payments'",
            types: ['Ingress'],
            ingress: [{ action: 'Log' }, { action: 'Deny', source: {}, destination: {} }],
          },
        }),
      },
      probes: { 'node-b/counters.dump': countDenials('cali192e293c0b8', 14) },
    },
    found: [`warning pod ${payments} on node-b`],
  },
  {
    name: 'the map of NAT frontends was made too small for the Services',
    edits: all(
      configured({ bpfMapSizeNATFrontend: 30 }, { BPFMapSizeNATFrontend: 30 }),
      printed({
        'nat.dump': dropFrontends(/^10\.96\.(?:55|133|71|200)\./),
        'bpftool.map': sizeMaps('cali_v4_nat_fe', 30),
        'felix.log': logging(
          '[ERROR][29255] felix/syncer.go 812: Failed to update map error=no space left on device map="cali_v4_nat_fe3"',
        ),
      }),
    ),
    found: [
      'error node node-a on node-a,node-b,node-c',
      'error node node-a on node-a,node-b,node-c',
      'warning key bpfMapSizeNATFrontend on node-a,node-b,node-c',
    ],
  },
  {
    name: 'the process of a pod that counts as ready does not listen',
    edits: {
      probes: {
        'node-a/conntrack.dump': (text) =>
          text
            .replaceAll(
              /^(TCP \S+ -> (?:\S+ -> )?10\.244\.174\.130:8080 .*) (?:CLOSED|ESTABLISHED)$/gm,
              '$1 RESET',
            )
            .concat(
              ...[1, 2, 3].map(
                (at) => `TCP 10.244.218.65:4100${at} -> 10.244.174.130:8080  Active ago ${at}.5s RESET\n`,
              ),
            ),
      },
    },
    found: [`error pod ${cart} on node-a`],
  },
  {
    name: 'eBPF is off on all nodes, and kube-proxy did not come back',
    recordings: ['v3.32.1-healthy'],
    edits: all(
      {
        objects: {
          'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
            spec['bpfEnabled'] = false;
          }),
        },
        failures: Object.fromEntries(
          nodeNames.flatMap((node) =>
            ['ifstate.dump', 'routes.dump', 'nat.dump'].map((probe) => [`${node}/${probe}`, noMap]),
          ),
        ),
      },
      printed({
        'felix.log': (text) =>
          text
            .replaceAll(/^.*BPF enabled, starting BPF endpoint manager.*\n/gm, '')
            .replaceAll('BPFEnabled:true', 'BPFEnabled:false')
            .replaceAll('"BPFEnabled":"true"', '"BPFEnabled":"false"'),
        'bpftool.net': () => '[{"xdp":[],"tc":[],"flow_dissector":[]}]',
        'bpftool.cgroup': () => 'CgroupPath\nID       AttachType      AttachFlags     Name\n',
      }),
    ),
    known: [],
    found: ['error node node-a on node-a,node-b,node-c'],
  },
];
