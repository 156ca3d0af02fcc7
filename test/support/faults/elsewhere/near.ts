/** What looks like a fault of a cluster elsewhere, and is none. */
import { change } from '../../edited.ts';
import { countDenials, logging, sizeMaps } from '../edits.ts';
import { add, all, configured, each, printed, started } from '../../healthy/healthy.ts';
import type { Elsewhere } from './elsewhere.ts';

export const elsewhereNearMisses: readonly Omit<Elsewhere, 'found'>[] = [
  {
    name: 'names are looked up by a cache on each node, which has the address of DNS itself',
    recording: 'v3.32.1-healthy',
    edits: all(
      configured({ bpfExcludeCIDRsFromNAT: ['10.96.0.10/32'] }, {}),
      printed({
        'nat.dump': (text) => text.replaceAll(/^(10\.96\.0\.10 port 53 .*)$/gm, '$1 flags nat-exclude'),
        'conntrack.dump': (text) => `${text}UDP 10.244.174.131:40001 -> 10.96.0.10:53  Active ago 1s\n`,
      }),
    ),
  },
  {
    name: 'the reverse-path filter is strict for all, and loose for the card',
    recording: 'v3.30.7-healthy',
    edits: printed({ sysctl: (text) => text.replaceAll(/(all\/rp_filter) \d/g, '$1 1') }),
  },
  {
    name: 'the map of routes has room for a quarter more',
    recording: 'v3.30.7-healthy',
    edits: printed({ 'bpftool.map': sizeMaps('cali_v4_routes', 18) }),
  },
  {
    name: 'a pod became ready a moment ago, and one node has not heard of it',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        pods: add({
          metadata: {
            name: 'catalog-5c8d6f9b7b-new00',
            namespace: 'shop',
            labels: { app: 'catalog' },
            creationTimestamp: '2026-11-21T04:01:40Z',
          },
          spec: { nodeName: 'node-b', containers: [{ name: 'catalog' }] },
          status: {
            phase: 'Running',
            podIP: '10.244.218.70',
            podIPs: [{ ip: '10.244.218.70' }],
            conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-21T04:02:05Z' }],
          },
        }),
        'endpointslices.discovery.k8s.io': each((slice) => {
          if (!slice.metadata.name.startsWith('catalog-493')) return;
          (slice as unknown as { endpoints: object[] }).endpoints.push({
            addresses: ['10.244.218.70'],
            conditions: { ready: true, serving: true, terminating: false },
            nodeName: 'node-b',
            targetRef: { kind: 'Pod', name: 'catalog-5c8d6f9b7b-new00', namespace: 'shop' },
          });
        }),
      },
      probes: {
        'node-b/routes.dump': (text) => `${text}10.244.218.70/32: local workload in-pool nat-out idx 44\n`,
      },
    },
  },
  {
    name: 'calico-node of a node is replaced, and its old pod is still ending',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: (pods) => [
          ...pods,
          ...pods
            .filter(
              (pod) =>
                pod.metadata.labels?.['k8s-app'] === 'calico-node' &&
                (pod as { spec?: { nodeName?: string } }).spec?.nodeName === 'node-b',
            )
            .map((pod) => ({
              ...pod,
              metadata: {
                ...pod.metadata,
                name: 'calico-node-ended',
                deletionTimestamp: '2026-11-21T04:01:50Z',
              },
            })),
        ],
      },
    },
  },
  {
    name: 'the tunnels of all nodes have another port',
    recording: 'v3.32.1-healthy',
    edits: all(
      configured({ vxlanPort: 8472 }, { VXLANPort: 8472 }),
      printed({
        'ip.link': (text) => text.replaceAll('"port":4789', '"port":8472'),
        ss: (text) => text.replaceAll(':4789', ':8472'),
      }),
    ),
  },
  {
    name: 'traffic of a service stays on the node, and nobody asks on the one without a pod',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        services: change('cart', ({ spec }) => {
          spec['internalTrafficPolicy'] = 'Local';
        }),
      },
      probes: {
        '*/nat.dump': (text) =>
          text.replaceAll(/^(10\.96\.118\.66 port 80 .*)$/gm, '$1 flags internal-local'),
      },
    },
  },
  {
    name: 'a configuration of its own for a node says what the others have',
    recording: 'v3.32.1-healthy',
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
    name: 'a host endpoint turns a few away',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'hostendpoints.crd.projectcalico.org': () => [
          {
            metadata: { name: 'node-b-eth0', labels: { host: 'b' } },
            spec: { node: 'node-b', interfaceName: 'eth0', profiles: ['projectcalico-default-allow'] },
          },
        ],
      },
      probes: { 'node-b/counters.dump': countDenials('eth0', 6, 'egress') },
    },
  },
  {
    name: 'Felix of a node started a moment ago, after a change of its configuration',
    recording: 'v3.30.7-healthy',
    edits: {
      probes: {
        'node-b/felix.log': (text) =>
          logging('[INFO][81] felix/daemon.go 1: Config has changed, need to restart.')(text).concat(
            started({})(text),
          ),
      },
    },
  },
  {
    name: 'the network of a node was unavailable until Calico started',
    recording: 'master-healthy',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['conditions'] = [
            { type: 'NetworkUnavailable', status: 'False', reason: 'CalicoIsUp' },
            { type: 'Ready', status: 'True' },
          ];
        }),
      },
    },
  },
  {
    name: 'nodes of a cloud whose check of sources Felix turns off',
    recording: 'v3.32.1-healthy',
    in: 'no overlay, and routes by BGP',
    edits: all(configured({ awsSrcDstCheck: 'Disable' }, { AWSSrcDstCheck: 'Disable' }), {
      objects: {
        nodes: each((node) => {
          node.spec['providerID'] = `aws:///eu-west-1a/i-0${node.metadata.name}`;
        }),
      },
    }),
  },
  {
    name: 'a map that Felix resized before is left under its old name by no one',
    recording: 'v3.32.1-healthy',
    edits: printed({ bpffs: (text) => `${text}f 600 /sys/fs/bpf/tc/globals/my_old\n` }),
  },
];
