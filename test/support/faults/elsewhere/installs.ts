/** Faults of how Calico was installed, and of what Kubernetes is told. */
import { change, type Edits } from '../../edited.ts';
import { backendsOf, countDenials, logging, silent, withoutLines, withSettings } from '../edits.ts';
import { add, each } from '../../healthy/healthy.ts';
import type { Elsewhere } from './elsewhere.ts';

const all = 'node-a,node-b,node-c';
const felixConfigurations = 'felixconfigurations.crd.projectcalico.org';

function felix(spec: object): NonNullable<Edits['objects']> {
  return {
    [felixConfigurations]: change('default', (config) => {
      config.spec = { ...config.spec, ...spec };
    }),
  };
}

/** What is known where node-c does not answer. */
const withoutNodeC = [`warning key bpfLogLevel on ${all}`, 'warning service shop/reports on node-a,node-b'];

export const installFaults: readonly Elsewhere[] = [
  {
    name: 'Calico was installed twice, by manifest and by operator',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: (pods) => [
          ...pods,
          ...pods
            .filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'calico-node')
            .map((pod) => ({
              ...pod,
              metadata: {
                ...pod.metadata,
                namespace: 'kube-system',
                name: pod.metadata.name.replace('calico-node-', 'calico-node-old'),
              },
            })),
        ],
        configmaps: add({
          metadata: { name: 'kubernetes-services-endpoint', namespace: 'kube-system' },
          data: { KUBERNETES_SERVICE_HOST: '172.18.0.1', KUBERNETES_SERVICE_PORT: '6443' },
        }),
        'daemonsets.apps': (sets) => [
          ...sets,
          ...sets.map((set) => ({ ...set, metadata: { ...set.metadata, namespace: 'kube-system' } })),
        ],
      },
    },
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'a taint keeps calico-node from a node',
    recording: 'v3.32.1-healthy',
    edits: {
      probes: silent('node-c'),
      objects: {
        pods: (pods) =>
          pods.filter(
            (pod) =>
              pod.metadata.labels?.['k8s-app'] !== 'calico-node' ||
              (pod as { spec?: { nodeName?: string } }).spec?.nodeName !== 'node-c',
          ),
        nodes: change('node-c', ({ spec }) => {
          spec['taints'] = [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }];
        }),
        'daemonsets.apps': change('calico-node', ({ status }) => {
          Object.assign(status, {
            desiredNumberScheduled: 2,
            currentNumberScheduled: 2,
            numberReady: 2,
            numberAvailable: 2,
          });
        }),
      },
    },
    known: withoutNodeC,
    found: ['error node node-c on node-c'],
  },
  {
    name: 'the init container that brings up eBPF’s network fails',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        pods: each((pod) => {
          if (pod.metadata.labels['k8s-app'] !== 'calico-node' || pod.spec['nodeName'] !== 'node-b') return;
          pod.status['phase'] = 'Pending';
          pod.status['conditions'] = [{ type: 'Ready', status: 'False' }];
          pod.status['initContainerStatuses'] = [
            {
              name: 'ebpf-bootstrap',
              ready: false,
              restartCount: 7,
              state: {
                waiting: {
                  reason: 'CrashLoopBackOff',
                  message: 'back-off 5m0s restarting failed container=ebpf-bootstrap',
                },
              },
              lastState: { terminated: { exitCode: 1, reason: 'Error' } },
            },
          ];
        }),
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'Kubernetes takes the network of a node for unavailable',
    recording: 'master-healthy',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['conditions'] = [
            {
              type: 'NetworkUnavailable',
              status: 'True',
              reason: 'NoRouteCreated',
              lastTransitionTime: '2026-11-21T03:00:00Z',
            },
            { type: 'Ready', status: 'True' },
          ];
        }),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'the operator is asked for iptables where FelixConfiguration asks for eBPF',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'installations.operator.tigera.io': () => [
          { metadata: { name: 'default' }, spec: { calicoNetwork: { linuxDataplane: 'Iptables' } } },
        ],
        'tigerastatuses.operator.tigera.io': () => [
          {
            metadata: { name: 'calico' },
            status: {
              conditions: [
                {
                  type: 'Degraded',
                  status: 'True',
                  reason: 'ResourceUpdateError',
                  message:
                    "An error occurred trying to merge FelixConfiguration: felixconfiguration 'default' bpfEnabled is set to true, conflicting with the Installation",
                },
              ],
            },
          },
        ],
      },
    },
    found: ['warning key linuxDataplane on '],
  },
  {
    name: 'nobody takes a pod that is gone out of the endpoints, and NAT follows them',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: { pods: (pods) => pods.filter(({ metadata }) => metadata.name !== 'db-0') },
      probes: {
        'node-c/routes.dump': (text) => text.replaceAll(/^.*10\.244\.99\.194\/32.*\n/gm, ''),
        'node-c/ip.route': (text) => text.replaceAll(/^10\.244\.99\.194 .*\n/gm, ''),
      },
    },
    found: ['error service shop/db on node-c', 'warning service shop/db on node-a'],
  },
  {
    name: 'a service claims the address and port of the API server',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        services: change('cart', ({ spec }) => {
          spec['externalIPs'] = ['172.18.0.1'];
          spec['ports'] = [{ name: 'http', port: 6443, protocol: 'TCP', targetPort: 8080 }];
        }),
      },
      probes: {
        '*/nat.dump': (text) =>
          text
            .replace(/^10\.96\.118\.66 port 80 (.*)\n/m, '10.96.118.66 port 6443 $1\n')
            .concat(
              /^10\.96\.118\.66 port \d+ .*\n(?:\t.*\n)*/m
                .exec(text)?.[0]
                .replace(/^10\.96\.118\.66 port 80/, '172.18.0.1 port 6443') ?? '',
            ),
        '*/nat.aff': () => '\n',
      },
    },
    found: ['error service shop/cart on '],
  },
  {
    name: 'two services claim one address and port',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        services: (objects) =>
          ['cart', 'db'].reduce(
            (known, name) =>
              change(name, ({ spec }) => {
                spec['externalIPs'] = ['192.0.2.99'];
                spec['ports'] = [
                  {
                    name: name === 'db' ? 'postgres' : 'http',
                    port: 80,
                    protocol: 'TCP',
                    targetPort: name === 'db' ? 5432 : 8080,
                  },
                ];
              })(known),
            objects,
          ),
      },
      probes: {
        '*/nat.dump': (text) =>
          text
            .replace('10.96.150.42 port 5432', '10.96.150.42 port 80')
            .concat(
              /^10\.96\.118\.66 port 80 .*\n(?:\t.*\n)*/m
                .exec(text)?.[0]
                .replace('10.96.118.66', '192.0.2.99') ?? '',
            ),
      },
    },
    found: ['error service shop/cart on '],
  },
  {
    name: 'names are looked up on the own node alone, and a node has no pod that does',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        services: change('kube-dns', ({ spec }) => {
          spec['internalTrafficPolicy'] = 'Local';
        }),
      },
      probes: {
        '*/nat.dump': (text) => text.replaceAll(/^(10\.96\.0\.10 port 53 .*)$/gm, '$1 flags internal-local'),
      },
    },
    found: ['warning service kube-system/kube-dns on node-c'],
  },
  {
    name: 'a host endpoint lets nobody in but by SSH',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'hostendpoints.crd.projectcalico.org': () => [
          {
            metadata: { name: 'node-b-eth0', labels: { host: 'b' } },
            spec: { node: 'node-b', interfaceName: 'eth0' },
          },
        ],
        'globalnetworkpolicies.crd.projectcalico.org': add({
          metadata: { name: 'default.ssh' },
          spec: {
            tier: 'default',
            selector: 'host == "b"',
            types: ['Ingress'],
            ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [22] } }],
          },
        }),
      },
      probes: { 'node-b/counters.dump': countDenials('eth0', 9000, 'egress') },
    },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'rules of kube-proxy are left for IPv6 alone',
    recording: 'v3.32.1-dual-stack',
    edits: {
      probes: {
        'node-b/iptables.save.v6': () =>
          '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]\n:KUBE-SEP-6VW5YBJ5VUU6P3V2 - [0:0]\n-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n-A KUBE-SERVICES -d fd00:96::a/128 -p udp -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU\n-A KUBE-SVC-TCOU7JCQXEZGVUNU -j KUBE-SEP-6VW5YBJ5VUU6P3V2\nCOMMIT\n',
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'the kubelet kills calico-node again and again since it is not live',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: each((pod) => {
          if (pod.metadata.labels['k8s-app'] !== 'calico-node' || pod.spec['nodeName'] !== 'node-c') return;
          pod.status['containerStatuses'] = [
            {
              name: 'calico-node',
              ready: true,
              restartCount: 14,
              state: { running: { startedAt: '2026-11-21T03:58:00Z' } },
              lastState: {
                terminated: {
                  exitCode: 137,
                  reason: 'Error',
                  startedAt: '2026-11-21T03:50:00Z',
                  finishedAt: '2026-11-21T03:57:59Z',
                },
              },
            },
          ];
        }),
      },
    },
    found: ['warning pod calico-system/calico-node-m3zt8 on node-c'],
  },
  {
    name: 'the pattern of cards is no regular expression',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: felix({ bpfDataIfacePattern: '^(eth' }),
      probes: {
        '*/felix.log': (text) =>
          logging(
            '[ERROR][1] felix/config_params.go 1: Replacing invalid value with default default=^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*) error=Failed to parse config parameter BPFDataIfacePattern; value "^(eth": invalid value source=datastore (global)',
          )(withSettings({ BPFDataIfacePattern: '^(eth' })(text)),
      },
    },
    found: ['warning key bpfDataIfacePattern on '],
  },
  {
    name: 'a configuration is for a node that is not there',
    recording: 'master-healthy',
    edits: {
      objects: {
        [felixConfigurations]: add({ metadata: { name: 'node.nodeb' }, spec: { bpfEnabled: false } }),
      },
    },
    found: ['warning key node.nodeb on '],
  },
  {
    name: 'nothing balances when processes of a host connect',
    recording: 'v3.30.7-healthy',
    edits: { probes: { 'node-b/bpftool.cgroup': withoutLines(/calico_connect/) } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'connect-time load balancing was switched off, and goes on',
    recording: 'v3.32.1-healthy',
    in: 'no connect-time load balancing, and its substitute',
    edits: {
      probes: {
        'node-c/bpftool.cgroup': () =>
          'ID       AttachType      AttachFlags     Name           \n295      connect4        multi           cali_ctlb_v4\n',
      },
    },
    found: ['warning node node-c on node-c'],
  },
  {
    name: 'Felix stopped while it gave maps another size',
    recording: 'master-healthy',
    edits: {
      probes: {
        'node-a/bpffs': (text) =>
          `${text}f 600 /sys/fs/bpf/tc/globals/cali_v4_ct4_old\nf 600 /sys/fs/bpf/tc/globals/cali_v4_nat_fe3_old\n`,
      },
    },
    found: ['warning node node-a on node-a'],
  },
  {
    name: 'the kernel of a node says nothing of its types',
    recording: 'master-healthy',
    edits: {
      probes: {
        'node-b/sysctl.bpf': () =>
          '/sys/kernel/btf/vmlinux:absent\n/proc/sys/net/core/bpf_jit_limit:528482304\n',
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the API server has three servers, and one of them is gone for NAT of one node only',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        'endpointslices.discovery.k8s.io': change('kubernetes', (slice) => {
          Object.assign(slice, {
            endpoints: [
              { addresses: ['172.18.0.1', '172.18.0.9', '172.18.0.10'], conditions: { ready: true } },
            ],
          });
        }),
      },
      probes: {
        '*/nat.dump': backendsOf('10.96.0.1', () => [
          '172.18.0.1:6443',
          '172.18.0.9:6443',
          '172.18.0.10:6443',
        ]),
        'node-b/nat.dump': backendsOf('10.96.0.1', () => [
          '172.18.0.1:6443',
          '172.18.0.9:6443',
          '172.18.0.8:6443',
        ]),
      },
    },
    found: ['error service default/kubernetes on node-b'],
  },
];
