/** Faults of one node, of all but one, and of all: each is one finding that lists its nodes. */
import {
  mergeEdits,
  backendsOf,
  countDrops,
  dropFrontends,
  editLinks,
  sizeMaps,
  withoutLines,
  withoutPrograms,
} from '../edits.ts';
import type { Edits } from '../../edited.ts';
import { hostPods } from '../../healthy/healthy.ts';
import type { KubernetesObject } from '../../../../src/core/objects/object.ts';
import type { Elsewhere } from './elsewhere.ts';

const all = 'node-a,node-b,node-c';
type TextEdit = (text: string) => string;

/** The same change of what a probe prints on some nodes. */
function on(nodes: readonly string[], probe: string, edit: TextEdit): Edits {
  return { probes: Object.fromEntries(nodes.map((node) => [`node-${node}/${probe}`, edit])) };
}

const everywhere = ['a', 'b', 'c'];
function isNoKubeProxyElsewhere({ metadata: { name } }: KubernetesObject): boolean {
  return !name.startsWith('kube-proxy') || name === 'kube-proxy-2';
}

const refused = [1, 2, 3]
  .map(
    (at) =>
      `2026-11-21 05:00:0${at}.000 [ERROR][1] felix/watchercache.go 1: Failed to list error=Get "https://172.18.0.1:6443/api/v1/nodes": dial tcp 172.18.0.1:6443: connect: no route to host\n`,
  )
  .join('');

export const spreadFaults: readonly Elsewhere[] = [
  {
    name: 'kube-proxy was kept on two of three nodes by their labels',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        pods: (pods) =>
          hostPods('kube-proxy')(pods).filter(({ metadata }) => metadata.name !== 'kube-proxy-2'),
      },
    },
    found: ['error node node-a on node-a,node-b'],
  },
  {
    name: 'a node without eBPF is left to kube-proxy',
    recording: 'v3.32.1-node-bpf-off',
    edits: { objects: { pods: (pods) => hostPods('kube-proxy')(pods).filter(isNoKubeProxyElsewhere) } },
    found: [],
  },
  {
    name: 'forwarding is off on all nodes',
    recording: 'master-healthy',
    edits: on(everywhere, 'sysctl', (text) => text.replaceAll(/(ip_forward) 1/g, '$1 0')),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'the reverse-path filter is strict by the value for all interfaces, on two of three nodes',
    recording: 'v3.32.1-healthy',
    edits: on(['b', 'c'], 'sysctl', (text) =>
      text.replaceAll(/(all\/rp_filter) \d/g, '$1 1').replaceAll(/(eth0\/rp_filter) \d/g, '$1 0'),
    ),
    found: ['warning interface eth0 on node-b,node-c'],
  },
  {
    name: 'the map of routes is full on all nodes',
    recording: 'v3.30.7-healthy',
    edits: on(everywhere, 'bpftool.map', sizeMaps('cali_v4_routes', 12)),
    found: [`error key bpfMapSizeRoute on ${all}`],
  },
  {
    name: 'a service is not in NAT of two of three nodes',
    recording: 'v3.32.1-healthy',
    edits: on(['a', 'b'], 'nat.dump', dropFrontends(/^10\.96\.150\.42 /)),
    found: ['error service shop/db on node-a,node-b'],
  },
  {
    name: 'a service is in NAT of no node',
    recording: 'master-healthy',
    edits: on(everywhere, 'nat.dump', dropFrontends(/^10\.96\.150\.42 /)),
    found: [`error service shop/db on ${all}`],
  },
  {
    name: 'a backend is lost on two of three nodes',
    recording: 'v3.30.7-healthy',
    edits: on(
      ['b', 'c'],
      'nat.dump',
      backendsOf('10.96.71.203', (known) => known.slice(0, 1)),
    ),
    found: ['error service shop/catalog on node-b,node-c'],
  },
  {
    name: 'the programs of the card are gone on two of three nodes',
    recording: 'v3.32.1-healthy',
    edits: on(['a', 'b'], 'bpftool.net', withoutPrograms('eth0')),
    found: ['error interface eth0 on node-a,node-b'],
  },
  {
    name: 'the API server cannot be reached from any node',
    recording: 'v3.32.1-healthy',
    edits: on(everywhere, 'felix.log', (text) => text + refused),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'the API server cannot be reached from two of three nodes',
    recording: 'master-healthy',
    edits: on(['b', 'c'], 'felix.log', (text) => text + refused),
    found: ['error node node-b on node-b,node-c'],
  },
  {
    name: 'pods of all nodes may send more than fits into the tunnel',
    recording: 'v3.32.1-healthy',
    edits: on(everywhere, 'ip.link', editLinks(/^(?:cali|bpf)/, { mtu: 1500 })),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'packets of all nodes arrive with a wrong checksum',
    recording: 'v3.30.7-healthy',
    edits: on(everywhere, 'counters.dump', countDrops('eth0', 'incorrect checksum', 9000)),
    found: [`warning interface eth0 on ${all}`],
  },
  {
    name: 'conntrack takes no more connections on any node',
    recording: 'v3.32.1-healthy',
    edits: on(everywhere, 'counters.dump', (text) =>
      text.replaceAll(/(failed to create conntrack +\|) +\d+/g, '$1    900'),
    ),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'Felix takes no interface for that of a pod, on any node',
    recording: 'v3.32.1-healthy',
    in: 'the network of Azure',
    edits: mergeEdits(
      on(everywhere, 'ifstate.dump', withoutLines(/workload/)),
      on(everywhere, 'bpftool.net', (text) =>
        text.replaceAll(/\{"devname":"cali[0-9a-f]{11}"[^}]*\},?/g, '').replaceAll(',]', ']'),
      ),
    ),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'the host’s own way to the cluster’s DNS is gone on two of three nodes',
    recording: 'v3.30.7-healthy',
    edits: on(['a', 'c'], 'ip.route', withoutLines(/^10\.96\.0\.10 via/)),
    found: ['warning node node-a on node-a,node-c'],
  },
  {
    name: 'a part of Felix hangs on all nodes but one',
    recording: 'master-healthy',
    edits: on(['b', 'c'], 'felix.log', (text) =>
      text.concat(
        '2026-11-21 04:30:00.000 [WARNING][1] felix/health.go 292: Reporter is not live: timed out. name="InternalDataplaneMainLoop"\n',
      ),
    ),
    found: ['error node node-b on node-b,node-c'],
  },
  {
    name: 'a service is not in NAT of a node, and another node has lost a backend of it',
    recording: 'v3.32.1-healthy',
    edits: mergeEdits(
      on(['a'], 'nat.dump', dropFrontends(/^10\.96\.71\.203 /)),
      on(
        ['c'],
        'nat.dump',
        backendsOf('10.96.71.203', (known) => known.slice(1)),
      ),
    ),
    found: ['error service shop/catalog on node-a', 'error service shop/catalog on node-c'],
  },
];
