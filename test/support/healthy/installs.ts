import { withConfigMap } from '../faults/edits.ts';
import {
  add,
  all,
  configured,
  each,
  hostPods,
  longAgo,
  nodeNames,
  printed,
  type Healthy,
} from './healthy.ts';
import { change } from '../edited.ts';

const kubeProxySet = {
  metadata: { name: 'kube-proxy', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    template: { spec: { nodeSelector: { 'non-calico': 'true' }, containers: [{ name: 'kube-proxy' }] } },
  },
  status: { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 },
};

function installation(calicoNetwork: object) {
  return {
    metadata: { name: 'default' },
    spec: {
      variant: 'Calico',
      calicoNetwork: { linuxDataplane: 'BPF', ...calicoNetwork },
      cni: { type: 'Calico' },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }], variant: 'Calico' },
  };
}

export const installs: readonly Healthy[] = [
  {
    name: 'a manifest in kube-system',
    edits: all(
      { everywhere: (text) => text.replaceAll('"namespace":"calico-system"', '"namespace":"kube-system"') },
      {
        objects: {
          configmaps: add({
            metadata: { name: 'kubernetes-services-endpoint', namespace: 'kube-system' },
            data: { KUBERNETES_SERVICE_HOST: '172.18.0.1', KUBERNETES_SERVICE_PORT: '6443' },
          }),
          'daemonsets.apps': add(kubeProxySet),
        },
      },
    ),
  },
  {
    name: 'an operator',
    edits: {
      objects: {
        configmaps: withConfigMap('172.18.0.1', '6443'),
        'daemonsets.apps': add(kubeProxySet),
        'installations.operator.tigera.io': () => [installation({})],
        'tigerastatuses.operator.tigera.io': () => [
          { metadata: { name: 'calico' }, status: { conditions: [{ type: 'Available', status: 'True' }] } },
        ],
      },
    },
  },
  {
    name: 'an operator that leads Felix to the API server and takes kube-proxy away',
    recordings: /v3\.32\.1-healthy|master-healthy/,
    edits: {
      objects: {
        'installations.operator.tigera.io': () => [
          installation({ bpfNetworkBootstrap: 'Enabled', kubeProxyManagement: 'Enabled' }),
        ],
        'daemonsets.apps': add(kubeProxySet),
      },
    },
  },
  {
    name: 'a kube-proxy that cannot be taken away, and whose rules Felix leaves alone',
    edits: all(
      configured(
        { bpfKubeProxyIptablesCleanupEnabled: false },
        { BPFKubeProxyIptablesCleanupEnabled: false, BPFKubeProxyHealthzPort: 10356 },
      ),
      configured({ bpfKubeProxyHealthzPort: 10356 }, {}),
      printed({ ss: (text) => text.replaceAll(':10256', ':10356') }),
      { objects: { pods: hostPods('kube-proxy') } },
    ),
    recordings: /v3\.32\.1-healthy|master-healthy/,
  },
  {
    name: 'the other parts of Calico',
    edits: {
      objects: {
        pods: add(
          ...[
            'calico-typha',
            'calico-kube-controllers',
            'calico-apiserver',
            'csi-node-driver',
            'goldmane',
            'whisker',
          ].map((name) => ({
            metadata: {
              name: `${name}-1`,
              namespace: 'calico-system',
              labels: { 'k8s-app': name },
              creationTimestamp: longAgo,
            },
            spec: { nodeName: 'node-a', hostNetwork: true, containers: [{ name }] },
            status: {
              phase: 'Running',
              podIP: '172.18.0.2',
              containerStatuses: [{ name, ready: true, restartCount: 0 }],
            },
          })),
        ),
      },
    },
  },
  {
    name: 'calico-node restarted when its host did, long ago',
    edits: {
      objects: {
        pods: each((pod) => {
          if (pod.metadata.labels['k8s-app'] !== 'calico-node') return;
          pod.status['containerStatuses'] = [
            {
              name: 'calico-node',
              ready: true,
              restartCount: 4,
              state: { running: { startedAt: '2026-11-02T00:00:00Z' } },
              lastState: {
                terminated: {
                  exitCode: 255,
                  reason: 'Unknown',
                  startedAt: longAgo,
                  finishedAt: '2026-11-02T00:00:00Z',
                },
              },
            },
          ];
        }),
      },
    },
  },
  {
    name: 'control-plane nodes that take no pods of users',
    edits: {
      objects: {
        nodes: change('node-c', (node) => {
          node.metadata.labels['node-role.kubernetes.io/control-plane'] = '';
          node.spec['taints'] = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
        }),
        pods: add(
          ...['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager'].map((name) => ({
            metadata: {
              name: `${name}-node-c`,
              namespace: 'kube-system',
              labels: { component: name, tier: 'control-plane' },
            },
            spec: { nodeName: 'node-c', hostNetwork: true, containers: [{ name }] },
            status: { phase: 'Running', podIP: '172.18.0.4', startTime: longAgo },
          })),
        ),
      },
    },
  },
  {
    name: 'logs that were rotated',
    edits: printed({
      'felix.log': (text) =>
        text
          .split('\n')
          .filter((line) => !line.includes('felix/daemon.go') && !line.includes('config_params.go'))
          .slice(-120)
          .join('\n'),
    }),
  },
  { name: 'logs that say nothing', edits: printed({ 'felix.log': () => '' }) },
  {
    name: 'a mesh of Istio',
    edits: all(
      // Istio asks for it.
      configured(
        { bpfConnectTimeLoadBalancing: 'Disabled', bpfHostNetworkedNATWithoutCTLB: 'Enabled' },
        { BPFConnectTimeLoadBalancing: 'Disabled', BPFHostNetworkedNATWithoutCTLB: 'Enabled' },
      ),
      printed({ 'bpftool.cgroup': (text) => text.split('\n', 2).join('\n') }),
      { objects: { pods: (pods) => hostPods('istio-cni-node', 'istio-system')(pods) } },
      {
        objects: {
          namespaces: change('shop', (namespace) => {
            namespace.metadata = {
              ...namespace.metadata,
              labels: { ...namespace.metadata.labels, 'istio.io/dataplane-mode': 'ambient' },
            };
          }),
        },
      },
    ),
  },
  {
    name: 'the names of Amazon’s hosts in Kubernetes',
    edits: {
      objects: {
        nodes: each((node) => {
          const at = nodeNames.findIndex((name) => name === node.metadata.name);
          node.metadata.labels['kubernetes.io/hostname'] = `ip-172-18-0-${at + 2}.eu-west-1.compute.internal`;
          node.metadata.labels['topology.kubernetes.io/zone'] = `eu-west-1${'abc'[at] ?? ''}`;
          node.spec['providerID'] = `aws:///eu-west-1a/i-0123456789abcde${at}`;
        }),
      },
    },
  },
];
