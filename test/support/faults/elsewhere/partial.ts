/** Faults of which only a part can be seen. */
import { ClusterError } from '../../../../src/cluster/cluster.ts';
import { backendsOf, countDrops, silent, sizeMaps, withoutPrograms } from '../edits.ts';
import type { Elsewhere } from './elsewhere.ts';

const all = 'node-a,node-b,node-c';

function forbidden(): never {
  throw new ClusterError('forbidden', 'The permission to list is missing.');
}

export const partialFaults: readonly Elsewhere[] = [
  {
    name: 'a pod is cut off, and policies may not be listed',
    recording: 'v3.32.1-policy-deny',
    edits: {
      objects: {
        'networkpolicies.networking.k8s.io': forbidden,
        'networkpolicies.crd.projectcalico.org': forbidden,
        'globalnetworkpolicies.crd.projectcalico.org': forbidden,
      },
    },
    known: [`warning key bpfLogLevel on ${all}`, `warning service shop/reports on ${all}`],
    found: ['warning pod shop/cart-6f5b9c7d4c-m8t2l on node-a'],
  },
  {
    name: 'the programs of a card are gone, and only that node may be asked',
    recording: 'v3.32.1-healthy',
    edits: { probes: { ...silent('node-b', 'node-c'), 'node-a/bpftool.net': withoutPrograms('eth0') } },
    known: [`warning key bpfLogLevel on ${all}`, 'warning service shop/reports on node-a'],
    found: ['error interface eth0 on node-a'],
  },
  {
    name: 'a backend is announced and not there, and no object may be listed',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: Object.fromEntries(
        [
          'services',
          'endpointslices.discovery.k8s.io',
          'pods',
          'ippools.crd.projectcalico.org',
          'felixconfigurations.crd.projectcalico.org',
          'networkpolicies.networking.k8s.io',
          'namespaces',
          'configmaps',
          'daemonsets.apps',
          'nodes',
        ].map((each) => [each, forbidden]),
      ),
      probes: {
        'node-c/nat.dump': backendsOf('10.96.150.42', () => ['is missing']),
        'node-a/counters.dump': countDrops('eth0', 'malformed IP packets', 5000),
      },
    },
    known: [],
    found: ['error service 10.96.150.42 port 5432/TCP on node-c', 'warning interface eth0 on node-a'],
  },
  {
    name: 'conntrack is full, and the list of its entries was not recorded',
    recording: 'v3.32.1-healthy',
    edits: {
      probes: {
        'node-a/conntrack.dump': () => undefined,
        'node-a/bpftool.map': sizeMaps('cali_v4_ct', 160),
      },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'datagrams go on to a pod that is gone, and the logs of Felix were not recorded',
    recording: 'v3.30.7-healthy',
    edits: {
      probes: {
        '*/felix.log': () => undefined,
        'node-a/conntrack.dump': (text) =>
          `${text}UDP 10.244.174.131:40001 -> 10.96.0.10:53 -> 10.244.218.99:53  Active ago 1s\n`,
      },
    },
    found: ['warning service kube-system/kube-dns on node-a'],
  },
];
