/** Clusters as distributions and clouds make them. */
import { change, type Edits } from '../edited.ts';
import { mapLines, withConfigMap } from '../faults/edits.ts';
import {
  add,
  all,
  configured,
  each,
  hostPods,
  link,
  links,
  longAgo,
  nodeNames,
  pod,
  printed,
  unmanaged,
  type Healthy,
  type ObjectsEdit,
} from './healthy.ts';

/** What every node is called by its maker. */
function nodesOf(more: {
  readonly providerID?: string;
  readonly info?: object;
  readonly labels?: object;
}): Edits {
  return {
    objects: {
      nodes: each((node) => {
        if (more.providerID !== undefined)
          node.spec['providerID'] = `${more.providerID}${node.metadata.name}`;
        node.metadata = { ...node.metadata, labels: { ...node.metadata.labels, ...more.labels } };
        node.status['nodeInfo'] = { ...(node.status['nodeInfo'] as object), ...more.info };
      }),
    },
  };
}

/** calico-node with more in its environment. */
function agents(...env: readonly { readonly name: string; readonly value: string }[]): ObjectsEdit {
  return each((object) => {
    if (object.metadata.labels['k8s-app'] !== 'calico-node') return;
    for (const container of object.spec['containers'] as { env: object[] }[]) container.env.push(...env);
  });
}

function operator(spec: object): ObjectsEdit {
  return () => [{ metadata: { name: 'default' }, spec }];
}

const noConnectTime: Edits = all(
  configured(
    { bpfConnectTimeLoadBalancing: 'Disabled', bpfHostNetworkedNATWithoutCTLB: 'Enabled' },
    { BPFConnectTimeLoadBalancing: 'Disabled', BPFHostNetworkedNATWithoutCTLB: 'Enabled' },
  ),
  printed({ 'bpftool.cgroup': (text) => text.split('\n', 2).join('\n') }),
);

/** A node that no kubelet runs: pods there have no network of Calico’s. */
function virtualNode(name: string, labels: object, taint: string): Edits {
  return {
    objects: {
      nodes: add({
        metadata: { name, labels: { 'kubernetes.io/os': 'linux', ...labels }, creationTimestamp: longAgo },
        spec: { taints: [{ key: taint, effect: 'NoSchedule' }] },
        status: {
          addresses: [{ type: 'InternalIP', address: '172.18.0.77' }],
          nodeInfo: { kernelVersion: '', osImage: '', operatingSystem: 'linux', kubeletVersion: 'v1.33.0' },
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      }),
      pods: add(
        pod('burst', { nodeName: name }, { phase: 'Running', podIP: '198.51.100.40', startTime: longAgo }),
      ),
    },
  };
}

export const environments: readonly Healthy[] = [
  {
    name: 'Talos, whose API server is at a port of each node and whose cgroup is elsewhere',
    edits: all(
      nodesOf({ info: { osImage: 'Talos (v1.11.2)', kernelVersion: '6.12.48-talos' } }),
      {
        objects: {
          configmaps: withConfigMap('localhost', '7445'),
          pods: agents(
            { name: 'KUBERNETES_SERVICE_HOST', value: 'localhost' },
            { name: 'KUBERNETES_SERVICE_PORT', value: '7445' },
            { name: 'CALICO_CGROUP_PATH', value: '/sys/fs/cgroup' },
          ),
          'installations.operator.tigera.io': operator({
            calicoNetwork: { linuxDataplane: 'BPF', bgp: 'Disabled' },
          }),
        },
      },
      printed({ mounts: (text) => text.replaceAll(/^.*\/run\/calico\/cgroup.*\n/gm, '') }),
    ),
  },
  {
    name: 'RKE2 without its kube-proxy',
    edits: all(nodesOf({ providerID: 'rke2://', info: { kubeletVersion: 'v1.33.5+rke2r1' } }), {
      objects: {
        configmaps: withConfigMap('172.18.0.1', '6443'),
        pods: (pods) => hostPods('kube-vip-ds')(hostPods('rke2-ingress-nginx-controller')(pods)),
      },
    }),
  },
  {
    name: 'k3s with its own balancer of services',
    edits: all(nodesOf({ providerID: 'k3s://', info: { kubeletVersion: 'v1.33.4+k3s1' } }), {
      objects: {
        pods: (pods) =>
          hostPods('svclb-traefik')(pods).map((each) =>
            each.metadata.labels?.['k8s-app'] === 'svclb-traefik'
              ? {
                  ...each,
                  spec: {
                    ...(each['spec'] as object),
                    containers: [{ name: 'lb-tcp-80', ports: [{ hostPort: 80 }] }],
                  },
                }
              : each,
          ),
      },
    }),
  },
  {
    name: 'OpenShift with Multus',
    edits: all(
      nodesOf({
        info: {
          osImage: 'Red Hat Enterprise Linux CoreOS 418.94',
          kernelVersion: '5.14.0-427.el9_4.x86_64',
        },
      }),
      {
        objects: {
          pods: (pods) => hostPods('multus', 'openshift-multus')(pods),
          'installations.operator.tigera.io': operator({
            kubernetesProvider: 'OpenShift',
            calicoNetwork: { linuxDataplane: 'BPF' },
          }),
          configmaps: withConfigMap('api-int.shop.example.com', '6443'),
        },
      },
    ),
  },
  {
    name: 'MicroK8s',
    edits: nodesOf({ labels: { 'microk8s.io/cluster': 'true' }, info: { kubeletVersion: 'v1.32.9' } }),
  },
  {
    name: 'kind',
    edits: nodesOf({
      providerID: 'kind://docker/kind/',
      info: { osImage: 'Debian GNU/Linux 12 (bookworm)' },
    }),
  },
  {
    name: 'MetalLB, which answers for addresses on the wire',
    edits: all(
      { objects: { pods: (pods) => hostPods('speaker', 'metallb-system')(pods) } },
      {
        objects: {
          services: change('web', (web) => {
            web.spec = { ...web.spec, externalTrafficPolicy: 'Local', healthCheckNodePort: 31900 };
          }),
        },
        probes: {
          '*/nat.dump': (text) =>
            mapLines(/^(?:192\.0\.2\.[12]0 port 80|\S+ port 30082) .* count [12] /, (line) =>
              line.includes(' src ')
                ? line.replace(' src ', ' flags external-local src ')
                : `${line} flags external-local`,
            )(text),
        },
      },
    ),
  },
  {
    name: 'kube-vip, which puts addresses on the node that it has chosen',
    edits: all(
      { objects: { pods: (pods) => hostPods('kube-vip-ds')(pods) } },
      {
        probes: {
          'node-c/ip.route': (text) =>
            `${text}local 192.0.2.20 dev eth0 table local proto kernel scope host src 192.0.2.20 \nlocal 172.18.0.200 dev eth0 table local proto kernel scope host src 172.18.0.200 \n`,
        },
      },
    ),
  },
  {
    name: 'Multus with a bridge for storage and functions of a card',
    edits: all(
      { objects: { pods: (pods) => hostPods('kube-multus-ds')(pods) } },
      {
        objects: {
          pods: change('db-0', (db) => {
            db.metadata = {
              ...db.metadata,
              annotations: { 'k8s.v1.cni.cncf.io/networks': 'shop/storage', ...db.metadata.annotations },
            };
          }),
        },
      },
      unmanaged('enp7s0', 91, { more: { master: 'br-storage', mtu: 9000 } }),
      printed({
        'ip.link': links((known) => [
          ...known,
          link('br-storage', 92, { mtu: 9000, linkinfo: { info_kind: 'bridge' } }),
          link('vethd41a2b', 93, {
            mtu: 9000,
            master: 'br-storage',
            linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge' },
          }),
          link('enp8s0v1', 94, {}),
        ]),
        'ip.route': (text) => `${text}10.88.0.0/24 dev br-storage proto kernel scope link src 10.88.0.2 \n`,
      }),
    ),
  },
  {
    name: 'nodes with ARM processors, whose cards have capital letters',
    edits: all(nodesOf({ labels: { 'kubernetes.io/arch': 'arm64' }, info: { architecture: 'arm64' } }), {
      everywhere: (text) => text.replaceAll(/\beth0\b/g, 'enP2p1s0'),
    }),
  },
  {
    name: 'a virtual kubelet',
    edits: virtualNode('virtual-kubelet', { type: 'virtual-kubelet' }, 'virtual-kubelet.io/provider'),
  },
  {
    name: 'Fargate beside machines',
    edits: virtualNode(
      'fargate-ip-172-18-0-77',
      { 'eks.amazonaws.com/compute-type': 'fargate' },
      'eks.amazonaws.com/compute-type',
    ),
  },
  {
    name: 'a spot machine that was taken back a moment ago, and its pods that are ending',
    edits: {
      objects: {
        pods: (pods) =>
          add(
            {
              metadata: {
                name: 'calico-node-spot1',
                namespace: 'calico-system',
                labels: { 'k8s-app': 'calico-node' },
                deletionTimestamp: '2026-11-21T04:02:10Z',
                creationTimestamp: longAgo,
              },
              spec: {
                nodeName: 'spot-1',
                hostNetwork: true,
                containers: [{ name: 'calico-node', image: 'calico/node:v3.32.1' }],
              },
              status: {
                phase: 'Running',
                podIP: '172.18.0.90',
                conditions: [{ type: 'Ready', status: 'False' }],
              },
            },
            {
              ...pod('frontend-spot', { nodeName: 'spot-1' }, { phase: 'Running', podIP: '10.244.61.9' }),
              metadata: {
                name: 'frontend-spot',
                namespace: 'shop',
                deletionTimestamp: '2026-11-21T04:02:10Z',
                creationTimestamp: longAgo,
              },
            },
          )(pods),
      },
    },
  },
  {
    name: 'eBPF asked for by the environment alone, as Kubespray does',
    edits: {
      objects: {
        pods: agents({ name: 'FELIX_BPFENABLED', value: 'true' }),
        'felixconfigurations.crd.projectcalico.org': change('default', (config) => {
          delete config.spec['bpfEnabled'];
        }),
      },
      probes: {
        '*/felix.log': (text) =>
          text.replaceAll(/"BPFEnabled":"true", ?/g, '').replaceAll('map[BPFEnabled:true ', 'map['),
      },
    },
  },
  {
    name: 'tables of routes for each card, and two ways out',
    edits: printed({
      'ip.route': (text) =>
        `default via 172.18.0.254 dev eth0 table 100 \n172.18.0.0/24 dev eth0 table 100 scope link \n${text.replace(/^(default .*)\n/, '$1 metric 100 \ndefault via 172.18.0.254 dev eth0 metric 200 \n')}`,
    }),
  },
  {
    name: 'Linkerd, and services balanced by the programs of interfaces',
    edits: all(noConnectTime, {
      objects: {
        pods: each((each) => {
          if (each.metadata.labels['app'] === 'cart')
            each.spec['containers'] = [{ name: 'cart' }, { name: 'linkerd-proxy' }];
        }),
      },
    }),
  },
  {
    name: 'sidecars of Istio that start before their pods, and services balanced by the programs of interfaces',
    edits: all(noConnectTime, {
      objects: {
        pods: each((each) => {
          if (each.metadata.labels['tier'] === 'backend')
            each.spec['initContainers'] = [{ name: 'istio-proxy', restartPolicy: 'Always' }];
        }),
      },
    }),
  },
  {
    name: 'Cilium before, whose chains are empty',
    edits: printed({
      'iptables.save': (text) =>
        `${text}*nat\n:CILIUM_POST_nat - [0:0]\n:OLD_CILIUM_PRE_nat - [0:0]\nCOMMIT\n`,
    }),
  },
  {
    name: 'jobs that have ended, which a service still lists as not ready',
    edits: {
      objects: {
        pods: add(
          pod(
            'load-1',
            { nodeName: 'node-b' },
            { phase: 'Succeeded', podIP: '10.244.218.99' },
            { app: 'load' },
          ),
        ),
        'endpointslices.discovery.k8s.io': each((slice) => {
          if (slice.metadata.labels['kubernetes.io/service-name'] !== 'db') return;
          Object.assign(slice, {
            endpoints: [
              ...((slice as unknown as { endpoints: object[] }).endpoints ?? []),
              {
                addresses: ['10.244.218.99'],
                conditions: { ready: false, serving: false, terminating: false },
                nodeName: 'node-b',
                targetRef: { kind: 'Pod', name: 'load-1', namespace: 'shop' },
              },
            ],
          });
        }),
      },
    },
  },
  {
    name: 'an operator whose ConfigMap and calico-node agree, and whose update is by hand',
    edits: {
      objects: {
        configmaps: withConfigMap('172.18.0.1', '6443'),
        'installations.operator.tigera.io': operator({
          calicoNetwork: { linuxDataplane: 'BPF' },
          calicoNodeDaemonSet: { spec: { updateStrategy: { type: 'OnDelete' } } },
        }),
        pods: agents(
          { name: 'KUBERNETES_SERVICE_HOST', value: '172.18.0.1' },
          { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
        ),
        'daemonsets.apps': each((set) => {
          set.spec['updateStrategy'] = { type: 'OnDelete' };
          set.status = { ...set.status, updatedNumberScheduled: nodeNames.length };
        }),
      },
    },
  },
];
