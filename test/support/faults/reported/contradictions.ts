/** Sources that contradict one another: which of them is right nobody can tell from afar, but that one is wrong. */
import { change, type Edits } from '../../edited.ts';
import { all as allOf, each, printed } from '../../healthy/healthy.ts';
import { withConfigMap } from '../edits.ts';
import { all, type Reported } from './reported.ts';

function operator(linuxDataplane: string): NonNullable<Edits['objects']> {
  return {
    'installations.operator.tigera.io': () => [
      { metadata: { name: 'default' }, spec: { calicoNetwork: { linuxDataplane } } },
    ],
  };
}

function felix(spec: object): NonNullable<Edits['objects']> {
  return {
    'felixconfigurations.crd.projectcalico.org': change('default', (config) => {
      config.spec = { ...config.spec, ...spec };
    }),
  };
}

/** calico-node has an address of the API server in its environment. */
export const toldOf = (value: string) =>
  each((pod) => {
    if (pod.metadata.labels['k8s-app'] !== 'calico-node') return;
    const [container] = pod.spec['containers'] as { env: object[] }[];
    if (container === undefined) return;
    container.env.push(
      { name: 'KUBERNETES_SERVICE_HOST', value },
      { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
    );
  });

export const contradictions: readonly Reported[] = [
  {
    name: 'calico-node was told of another API server than the ConfigMap names',
    from: 'projectcalico/calico#8151',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        ...operator('BPF'),
        configmaps: withConfigMap('172.18.0.100', '6443'),
        pods: toldOf('172.18.0.1'),
      },
    },
    found: [`warning key KUBERNETES_SERVICE_HOST on ${all}`],
  },
  {
    name: 'the operator is asked for eBPF, and FelixConfiguration says no',
    from: 'tigera/operator#4058',
    recording: 'v3.30.7-healthy',
    edits: { objects: { ...operator('BPF'), ...felix({ bpfEnabled: false }) } },
    found: [
      'warning key linuxDataplane on ',
      // Felix has not taken it up yet.
      `warning node node-a on ${all}`,
      `warning node node-a on ${all}`,
    ],
  },
  {
    name: 'FelixConfiguration asks for a conntrack of another size than Felix’s log and the map have',
    from: 'projectcalico/calico#9651',
    recording: 'v3.32.1-healthy',
    edits: { objects: felix({ bpfMapSizeConntrack: 1_024_000 }) },
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'an EndpointSlice calls a pod ready that has failed',
    from: 'kubernetes/kubernetes#121472',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: change('catalog-5c8d6f9b7b-j7v9d', (pod) => {
          pod.status = { ...pod.status, phase: 'Failed', reason: 'Evicted' };
        }),
      },
    },
    found: [
      'error service shop/catalog on node-c',
      'error service shop/search on node-c',
      'error service shop/catalog-external on node-c',
    ],
  },
  {
    name: 'the binary of a node is older than the tag of its image',
    from: 'projectcalico/calico#8897',
    recording: 'v3.32.1-healthy',
    edits: { probes: { 'node-b/version': (text) => text.replaceAll('v3.32.1', 'v3.31.4') } },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'the DaemonSet asks for a newer image than all of its pods have, and calls them up to date',
    from: 'projectcalico/calico#9304',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        'daemonsets.apps': each((set) => {
          const { template } = set.spec as { template: { spec: { containers: { image: string }[] } } };
          for (const container of template.spec.containers) container.image = 'calico/node:v3.31.4';
          set.status = { ...set.status, updatedNumberScheduled: 3, desiredNumberScheduled: 3 };
        }),
      },
    },
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'no pod is kube-proxy, and its rules lead to a pod that is younger than eBPF',
    from: 'rancher/rke2#8040',
    recording: 'v3.32.1-healthy',
    edits: allOf(
      printed({
        'iptables.save': (text) =>
          `${text}*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-DB - [0:0]\n:KUBE-SEP-DB - [0:0]\n-A KUBE-SVC-DB -j KUBE-SEP-DB\n-A KUBE-SEP-DB -p tcp -m tcp -j DNAT --to-destination 10.244.99.194:5432\nCOMMIT\n`,
      }),
      {
        objects: {
          pods: change('db-0', (pod) => {
            pod.status = { ...pod.status, startTime: '2026-11-21T23:00:00Z' };
          }),
        },
      },
    ),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'the programs of a node have another address for a node than Calico and Kubernetes have',
    from: 'projectcalico/calico#10376',
    recording: 'master-healthy',
    edits: {
      probes: {
        'node-a/routes.dump': (text) =>
          text.replaceAll('172.18.0.3/32: remote host', '172.18.0.33/32: remote host'),
      },
    },
    found: ['error node node-a on node-a'],
  },
];
