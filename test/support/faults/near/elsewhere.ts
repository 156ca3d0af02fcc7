/** What looks like faults of other clusters, by the rule that is for them, and is none. */
import { change } from '../../edited.ts';
import { add, all, annotated, configured, each, managed, printed } from '../../healthy/healthy.ts';
import { mapLines } from '../edits.ts';
import type { NearMiss } from '../fault.ts';

const address = 'projectcalico.org/IPv4Address';

function provided(provider: string) {
  return {
    nodes: each((node) => {
      node.spec['providerID'] = `${provider}:///x/${node.metadata.name}`;
    }),
  };
}

const ofNodes: readonly NearMiss[] = [
  {
    rule: 'overlay/misled',
    name: 'the route leads to another address of the same node',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['addresses'] = [{ type: 'InternalIP', address: '172.18.0.33' }];
        }),
      },
      probes: {
        'node-a/routes.dump': mapLines(/^\s*10\.244\.218\.64\/26/, (line) =>
          line.replace(/nh \S+/, 'nh 172.18.0.33'),
        ),
      },
    },
  },
  {
    rule: 'overlay/own-address',
    name: 'the address of the node is on its loopback',
    edits: {
      objects: {
        nodes: change('node-b', ({ metadata }) => (metadata.annotations[address] = '10.255.0.3/32')),
      },
      probes: {
        'node-b/ip.route': (text) => `${text}local 10.255.0.3 dev lo table local proto kernel scope host \n`,
      },
    },
  },
  {
    rule: 'overlay/pool-of-nodes',
    name: 'the pool is there for what pods send outside, and disabled',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': add({
          metadata: { name: 'wide' },
          spec: { cidr: '172.16.0.0/12', disabled: true, natOutgoing: true },
        }),
      },
    },
  },
  {
    rule: 'overlay/ports',
    name: 'all nodes have the same other port',
    edits: configured({ vxlanPort: 8472 }, { VXLANPort: 8472 }),
  },
  { rule: 'overlay/azure', name: 'pods are encapsulated in VXLAN', edits: { objects: provided('azure') } },
  {
    rule: 'interfaces/bare',
    name: 'the second card has programs',
    edits: all(
      managed('ens224', 71),
      annotated((annotations) => {
        annotations[address] = (annotations[address] ?? '').replace('172.18.0.', '10.9.0.');
      }),
      printed({
        'ip.route': (text) =>
          [2, 3, 4].reduce((known, at) => `${known}local 10.9.0.${at} dev ens224 table local \n`, text),
      }),
    ),
  },
  {
    rule: 'host/keys',
    name: 'WireGuard is off on the node that has none',
    edits: all(
      configured({ wireguardEnabled: true }, {}),
      annotated((annotations, node) => {
        if (node !== 'node-c') annotations['projectcalico.org/WireguardPublicKey'] = 'Zm9v';
      }),
      {
        objects: {
          'felixconfigurations.crd.projectcalico.org': add({
            metadata: { name: 'node.node-c' },
            spec: { wireguardEnabled: false },
          }),
        },
      },
    ),
  },
  {
    rule: 'felix-health/twice',
    name: 'the other pod is that of another installation and has ended',
    edits: {
      objects: {
        pods: add({
          metadata: { name: 'calico-node-0', namespace: 'kube-system', labels: { 'k8s-app': 'calico-node' } },
          spec: { nodeName: 'node-a' },
          status: { phase: 'Succeeded' },
        }),
      },
    },
  },
  {
    rule: 'felix-health/unavailable',
    name: 'the network is called available',
    edits: {
      objects: {
        nodes: each(({ status }) => {
          status['conditions'] = [{ type: 'NetworkUnavailable', status: 'False' }];
        }),
      },
    },
  },
];

const ofObjects: readonly NearMiss[] = [
  {
    rule: 'configuration/dataplane',
    name: 'the operator is asked for eBPF',
    edits: {
      objects: {
        'installations.operator.tigera.io': () => [
          { metadata: { name: 'default' }, spec: { calicoNetwork: { linuxDataplane: 'BPF' } } },
        ],
      },
    },
  },
  {
    rule: 'configuration/nobody',
    name: 'the node of the configuration is there',
    edits: {
      objects: {
        'felixconfigurations.crd.projectcalico.org': add({
          metadata: { name: 'node.node-b' },
          spec: { logSeverityScreen: 'Info' },
        }),
      },
    },
  },
  {
    rule: 'external/contested',
    name: 'two services share an address, at ports of their own',
    edits: {
      objects: {
        services: (objects) =>
          ['cart', 'db'].reduce(
            (known, name) => change(name, ({ spec }) => (spec['externalIPs'] = ['192.0.2.99']))(known),
            objects,
          ),
      },
    },
  },
  {
    rule: 'nat-integrity/internal',
    name: 'the service has a pod on every node whose pods ask it',
    edits: {
      objects: {
        services: change('cart', ({ spec }) => (spec['internalTrafficPolicy'] = 'Local')),
        pods: (pods) =>
          pods.filter((pod) => (pod as { spec?: { nodeName?: string } }).spec?.nodeName === 'node-a'),
      },
      probes: {
        '*/nat.dump': (text) =>
          text.replaceAll(/^(10\.96\.118\.66 port 80 .*)$/gm, '$1 flags internal-local'),
      },
    },
  },
  {
    rule: 'nat-integrity/gone',
    name: 'the pod is gone for Kubernetes a moment ago, and still there on its node',
    edits: { objects: { pods: (pods) => pods.filter(({ metadata }) => metadata.name !== 'db-0') } },
  },
  {
    rule: 'api-server/claimed',
    name: 'the service has another port at the address of the API server',
    edits: { objects: { services: change('cart', ({ spec }) => (spec['externalIPs'] = ['172.18.0.1'])) } },
  },
  {
    rule: 'ebpf-state/connect-time',
    name: 'the programs are called as long ago',
    edits: printed({
      'bpftool.cgroup': (text) =>
        text
          .replaceAll('calico_connect_v4 ', 'cali_ctlb_v4      ')
          .replaceAll('cgroup_inet4_connect', 'connect4            '),
    }),
  },
  {
    rule: 'map-fullness/old',
    name: 'a map of somebody else is called old',
    edits: printed({ bpffs: (text) => `${text}f 600 /sys/fs/bpf/tc/globals/cilium_ct_old\n` }),
  },
];

const ofVersions: readonly NearMiss[] = [
  {
    rule: 'ebpf-state/no-btf',
    name: 'this version brings programs for kernels without',
    edits: printed({ 'sysctl.bpf': () => '/sys/kernel/btf/vmlinux:absent\n' }),
  },
  {
    rule: 'external/clients',
    name: 'the load balancer sends on what it takes',
    edits: {
      objects: {
        services: change('web', ({ status }) => {
          status['loadBalancer'] = { ingress: [{ ip: '192.0.2.20', ipMode: 'VIP' }] };
        }),
      },
    },
  },
];

export const elsewhereRules: readonly NearMiss[] = [...ofNodes, ...ofObjects, ...ofVersions];
