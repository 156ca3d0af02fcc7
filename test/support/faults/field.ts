/** Faults as they come up in the field: of Felix's ways to its API server, of calico-node's pods, cards, tunnels and addresses. */
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { change } from '../edited.ts';
import { countDrops, dropFrontends, editLink, logging, logOf, sizeMaps, withoutLines } from './edits.ts';
import type { Fault } from './fault.ts';

const all = 'node-a,node-b,node-c';

/** A line that Felix writes again and again while it cannot go on. */
function repeating(node: string, line: string) {
  return logOf(node, logging(line, line, line));
}

const apiServer: readonly Fault[] = [
  {
    name: 'the certificate of the API server has expired',
    edits: repeating(
      'node-b',
      '[ERROR][81] felix/k8s.go 120: Failed to list resources error=Get "https://172.18.0.1:6443/api/v1/nodes": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-21T06:00:00Z is after 2026-11-20T00:00:00Z',
    ),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the API server no longer takes calico-node’s token',
    edits: repeating(
      'node-c',
      '[WARNING][81] felix/watchercache.go 181: Failed to perform list of current data during resync ListRoot="/calico/resources/v3/projectcalico.org/nodes" error=connection is unauthorized: Unauthorized',
    ),
    found: ['error node node-c on node-c'],
  },
  {
    name: 'calico-node lacks a permission',
    edits: repeating(
      'node-a',
      '[WARNING][81] felix/watchercache.go 181: Failed to perform list of current data during resync error=connection is unauthorized: networkpolicies.networking.k8s.io is forbidden: User "system:serviceaccount:calico-system:calico-node" cannot list resource "networkpolicies" in API group "networking.k8s.io" at the cluster scope',
    ),
    found: ['error node node-a on node-a'],
  },
  {
    name: 'the name of the API server is looked up in the cluster’s own DNS, which needs Felix',
    edits: repeating(
      'node-a',
      '[ERROR][81] felix/k8s.go 120: Failed to list resources error=Get "https://api.shop.internal:6443/api/v1/nodes": dial tcp: lookup api.shop.internal on 10.96.0.10:53: read udp 172.18.0.2:41234->10.96.0.10:53: i/o timeout',
    ),
    found: ['error node node-a on node-a'],
  },
  {
    name: 'nobody knows the name of the API server',
    edits: repeating(
      'node-a',
      '[ERROR][81] felix/k8s.go 120: Failed to list resources error=Get "https://api.shop.internal:6443/api/v1/nodes": dial tcp: lookup api.shop.internal on 192.168.1.1:53: no such host',
    ),
    found: ['error node node-a on node-a'],
  },
  {
    name: 'Typha cannot be reached',
    edits: repeating(
      'node-b',
      '[WARNING][81] felix/sync_client.go 200: error connecting to typha endpoint: dial tcp 172.18.0.9:5473: connect: connection refused',
    ),
    found: ['error node node-b on node-b'],
  },
];

function agentStatus(node: string, status: object) {
  return (objects: readonly KubernetesObject[]) =>
    objects.map((object) => {
      const isMeant =
        object.metadata.labels?.['k8s-app'] === 'calico-node' &&
        (object['spec'] as { readonly nodeName?: string } | undefined)?.nodeName === node;
      return isMeant ? { ...object, status: { ...(object['status'] as object), ...status } } : object;
    });
}

const notReady = [{ type: 'Ready', status: 'False' }];

const agents: readonly Fault[] = [
  {
    name: 'the init container that mounts the BPF file system fails',
    edits: {
      objects: {
        pods: agentStatus('node-b', {
          phase: 'Pending',
          conditions: notReady,
          initContainerStatuses: [
            {
              name: 'mount-bpffs',
              restartCount: 9,
              ready: false,
              state: {
                waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
              },
            },
          ],
          containerStatuses: [
            {
              name: 'calico-node',
              ready: false,
              restartCount: 0,
              state: { waiting: { reason: 'PodInitializing' } },
            },
          ],
        }),
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the image of calico-node cannot be pulled',
    edits: {
      objects: {
        pods: agentStatus('node-c', {
          phase: 'Pending',
          conditions: notReady,
          containerStatuses: [
            {
              name: 'calico-node',
              ready: false,
              restartCount: 0,
              state: { waiting: { reason: 'ImagePullBackOff' } },
            },
          ],
        }),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'calico-node was evicted',
    edits: {
      objects: { pods: agentStatus('node-a', { phase: 'Failed', reason: 'Evicted', conditions: notReady }) },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'calico-node is killed for want of memory again and again',
    edits: {
      objects: {
        pods: agentStatus('node-a', {
          containerStatuses: [
            {
              name: 'calico-node',
              ready: true,
              restartCount: 14,
              state: { running: { startedAt: '2026-11-21T06:00:00Z' } },
              lastState: {
                terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-21T05:59:50Z' },
              },
            },
          ],
        }),
      },
    },
    found: ['warning pod calico-system/calico-node-x4k2p on node-a'],
    recordings: /v3\.32\.1-healthy/,
  },
  {
    name: 'Felix has panicked',
    edits: logOf(
      'node-c',
      logging(
        '[PANIC][81] felix/int_dataplane.go 1210: Failed to create BPF map. error=operation not permitted',
      ),
    ),
    found: ['error node node-c on node-c'],
  },
];

const network: readonly Fault[] = [
  {
    name: 'the tunnel device is not there',
    edits: {
      probes: { 'node-b/ip.link': (text) => JSON.stringify(without(text, 'vxlan.calico')) },
    },
    found: ['error interface vxlan.calico on node-b'],
  },
  {
    name: 'a node is no longer known to Kubernetes, and its calico-node goes on',
    edits: { objects: { nodes: (objects) => objects.filter(({ metadata }) => metadata.name !== 'node-c') } },
    found: ['error node node-c on node-c', 'warning node node-a on node-a,node-b'],
  },
  {
    name: 'two pods have one address',
    edits: {
      objects: {
        pods: (objects) => {
          const cart = objects.find(({ metadata }) => metadata.name.startsWith('cart-'));
          if (cart === undefined) throw new Error('There is no cart.');
          return [
            ...objects,
            {
              ...cart,
              metadata: { ...cart.metadata, name: 'twin', labels: {} },
              spec: { ...(cart['spec'] as object), nodeName: 'node-elsewhere' },
            },
          ];
        },
      },
    },
    found: ['warning pod shop/cart-6f5b9c7d4c-m8t2l on node-a'],
  },
  {
    name: 'two nodes have one tunnel address',
    edits: {
      objects: {
        nodes: (objects) => {
          const annotation = 'projectcalico.org/IPv4VXLANTunnelAddr';
          const of = (name: string) => objects.find(({ metadata }) => metadata.name === name);
          const address = of('node-a')?.metadata.annotations?.[annotation] ?? '';
          return change('node-b', (node) => {
            node.metadata.annotations = { ...node.metadata.annotations, [annotation]: address };
          })(objects);
        },
      },
    },
    found: [`error node node-a on node-a,node-b`],
  },
  {
    name: 'an IP pool overlaps the addresses of services',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': (objects) => [
          ...objects,
          { metadata: { name: 'late' }, spec: { cidr: '10.96.0.0/12', vxlanMode: 'Always' } },
        ],
      },
    },
    found: ['warning key late on '],
  },
  {
    name: 'a NodePort is not in NAT of one node',
    edits: { probes: { 'node-c/nat.dump': dropFrontends(/^172\.18\.0\.4 port 30080 /) } },
    found: ['error service shop/frontend on node-c'],
  },
  {
    name: 'the address of a load balancer is not in NAT of one node',
    edits: { probes: { 'node-b/nat.dump': dropFrontends(/^192\.0\.2\.20 /) } },
    found: ['error service shop/web on node-b'],
    recordings: /v3\.32\.1-healthy/,
  },
];

function without(links: string, name: string): readonly unknown[] {
  const list = JSON.parse(links) as readonly { readonly ifname: string }[]; // As `ip` prints it.
  return list.filter(({ ifname }) => ifname !== name);
}

/** FelixConfiguration default asks for something else. */
function felixSpec(spec: object) {
  return {
    objects: {
      'felixconfigurations.crd.projectcalico.org': change('default', (felix) => {
        felix['spec'] = { ...(felix['spec'] as object), ...spec };
      }),
    },
  };
}

const limits: readonly Fault[] = [
  {
    name: 'the map of interfaces is full',
    edits: { probes: { 'node-a/bpftool.map': sizeMaps('cali_iface', 8) } },
    found: ['error key bpfMapSizeIfState on node-a'],
  },
  {
    name: 'pods send more than the card of their node takes, and nothing is encapsulated',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': change('default-ipv4-ippool', ({ spec }) => {
          spec['vxlanMode'] = 'Never';
        }),
      },
      probes: { 'node-a/ip.link': editLink('eth0', { mtu: 1400 }) },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'pods send more than the card of their node takes',
    edits: {
      probes: { 'node-a/ip.link': editLink('eth0', { mtu: 1400 }) },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'packets cannot be encapsulated',
    edits: { probes: { 'node-b/counters.dump': countDrops('eth0', 'failed encapsulation', 900) } },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'packets come with a source that cannot be',
    edits: { probes: { 'node-b/counters.dump': countDrops('eth0', 'packets with unknown source', 5000) } },
    found: ['warning interface eth0 on node-b'],
  },
  {
    name: 'Felix was told of a mark mask that leaves no room',
    edits: felixSpec({ iptablesMarkMask: 0xff }),
    found: ['error key iptablesMarkMask on '],
  },
  {
    name: 'a node has lost the routes to all others',
    edits: { probes: { 'node-c/routes.dump': withoutLines(/remote workload/) } },
    found: ['error node node-c on node-c'],
  },
];

const proxies: readonly Fault[] = [
  {
    name: 'nftables rules of kube-proxy are left',
    edits: {
      probes: {
        'node-a/nft.ruleset': (text) =>
          `${text}table ip kube-proxy {\n\tchain service-ABCDEF-shop/cart/tcp/http {\n\t\tip daddr 10.96.118.66 tcp dport 80 dnat to 10.244.174.130:8080\n\t}\n\tchain services {\n\t\tip daddr . meta l4proto . th dport vmap @service-ips\n\t}\n}\n`,
      },
    },
    found: ['warning node node-a on node-a'],
  },
  {
    name: 'Services have neither connect-time load balancing nor its substitute for processes of hosts',
    edits: felixSpec({
      bpfConnectTimeLoadBalancing: 'Disabled',
      bpfHostNetworkedNATWithoutCTLB: 'Disabled',
    }),
    found: ['warning key bpfConnectTimeLoadBalancing on ', `warning node node-a on ${all}`],
  },
];

export const fieldFaults: readonly Fault[] = [...apiServer, ...agents, ...network, ...limits, ...proxies];
