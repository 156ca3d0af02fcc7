/** Made-up clusters of any size, as real ones would answer: every node has all services in its maps. */
import { printed } from '../../../src/core/text/printed.ts';
import { ClusterError, type Cluster } from '../../../src/cluster/cluster.ts';
import { workloadInterface } from '../../../src/core/names/workloadInterface.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';

export interface Size {
  readonly nodes: number;
  readonly services: number;
  readonly endpoints: number;
}

interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly node: number;
}

const encoder = new TextEncoder();

/** A healthy cluster of a size; service 0 has no pods. */
export function syntheticCluster(size: Size): Cluster {
  const pods = Array.from({ length: size.endpoints }, (_, at): Pod => {
    const node = at % size.nodes;
    return { name: `pod-${at}`, ip: podAddress(size, node, Math.floor(at / size.nodes)), node };
  });
  const byNode = Map.groupBy(pods, ({ node }) => node);
  const objects = objectsOf(size, pods);
  // As they come from a socket: to make them is none of a diagnosis' work.
  const nat = encoder.encode(natText(size, pods));
  const answers = Array.from({ length: size.nodes }, (_, node) =>
    answersOf({ node, size, local: byNode.get(node) ?? [] }),
  );
  return {
    info: {
      name: `synthetic ${size.nodes}`,
      kind: 'snapshot',
      origin: '',
      takenAt: new Date(0),
      calicoVersion: 'v3.32.1',
      kubernetesVersion: undefined,
      description: undefined,
      redacted: false,
      notices: [],
    },
    probedNodes: async () => [],
    probes: async () => [],
    traces: async () => [],
    trace: async () => new Uint8Array(),
    close: async () => undefined,
    async list(resource) {
      const found = objects.get(resource);
      if (found === undefined) throw new ClusterError('not-recorded', `no ${resource}`);
      return found;
    },
    async probe({ node, probe }) {
      const stdout = probe === 'nat.dump' ? nat : answers[Number(node.slice(5))]?.get(probe);
      if (stdout === undefined) throw new ClusterError('not-recorded', `no ${probe}`);
      return {
        node,
        probe,
        argv: [],
        stdout: printed(stdout),
        stderr: new Uint8Array(),
        exitCode: 0,
        startedAt: undefined,
        durationMs: undefined,
        truncated: false,
      };
    },
  };
}

function podAddress({ nodes, endpoints }: Size, node: number, index: number): string {
  const block = node * Math.max(256, Math.ceil(endpoints / nodes) + 2) + index + 2;
  return `10.${128 + (block >> 16)}.${(block >> 8) & 255}.${block & 255}`;
}

const nodeAddress = (node: number) => `172.20.${node >> 8}.${node & 255}`;
const clusterIp = (service: number) => `10.96.${service >> 8}.${service & 255}`;
const nodeName = (node: number) => `node-${node}`;

function objectsOf(size: Size, pods: readonly Pod[]): ReadonlyMap<string, readonly KubernetesObject[]> {
  const { nodes, services } = size;
  const backends = Map.groupBy(pods, (_pod) => 1 + (Number(_pod.name.slice(4)) % (services - 1)));
  return new Map<string, readonly KubernetesObject[]>([
    ['nodes', Array.from({ length: nodes }, (_, at) => nodeObject(size, at))],
    [
      'pods',
      [
        ...pods.map((pod) => podObject(pod, services)),
        ...Array.from({ length: nodes }, (_, at) => agentObject(at)),
      ],
    ],
    ['services', Array.from({ length: services }, (_, at) => serviceObject(at))],
    [
      'endpointslices.discovery.k8s.io',
      Array.from({ length: services }, (_, at) => sliceObject(at, backends.get(at) ?? [])),
    ],
    ['namespaces', [{ metadata: { name: 'shop' } }]],
    ['configmaps', []],
    [
      'felixconfigurations.crd.projectcalico.org',
      [{ metadata: { name: 'default' }, spec: { bpfEnabled: true } }],
    ],
    [
      'ippools.crd.projectcalico.org',
      [{ metadata: { name: 'pool' }, spec: { cidr: '10.128.0.0/9', vxlanMode: 'Always' } }],
    ],
    ['networkpolicies.networking.k8s.io', []],
    ['blockaffinities.crd.projectcalico.org', []],
    ['hostendpoints.crd.projectcalico.org', []],
  ]);
}

function nodeObject(size: Size, node: number): KubernetesObject {
  return {
    metadata: {
      name: nodeName(node),
      annotations: { 'projectcalico.org/IPv4VXLANTunnelAddr': podAddress(size, node, -1) },
    },
    status: {
      addresses: [{ type: 'InternalIP', address: nodeAddress(node) }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function podObject({ name, ip, node }: Pod, services: number): KubernetesObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      labels: { app: `app-${1 + (Number(name.slice(4)) % (services - 1))}` },
    },
    spec: { nodeName: nodeName(node) },
    status: { phase: 'Running', podIP: ip },
  };
}

function agentObject(node: number): KubernetesObject {
  return {
    metadata: {
      name: `calico-node-${node}`,
      namespace: 'calico-system',
      labels: { 'k8s-app': 'calico-node' },
    },
    spec: {
      nodeName: nodeName(node),
      hostNetwork: true,
      containers: [{ name: 'calico-node', image: 'calico/node:v3.32.1' }],
    },
    status: { phase: 'Running', podIP: nodeAddress(node), conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

function serviceObject(service: number): KubernetesObject {
  return {
    metadata: { name: `service-${service}`, namespace: 'shop' },
    spec: {
      clusterIP: clusterIp(service),
      selector: { app: `app-${service}` },
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    },
  };
}

function sliceObject(service: number, pods: readonly Pod[]): KubernetesObject {
  return {
    metadata: {
      name: `service-${service}-x`,
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': `service-${service}` },
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: pods.map(({ ip }) => ({ addresses: [ip], conditions: { ready: true } })),
  };
}

function natText({ services }: Size, pods: readonly Pod[]): string {
  const backends = Map.groupBy(pods, (pod) => 1 + (Number(pod.name.slice(4)) % (services - 1)));
  return Array.from({ length: services }, (_, at) => {
    const own = backends.get(at) ?? [];
    const lines = own.map(({ ip }, ordinal) => `\t${at}:${ordinal}\t ${ip}:8080\n`).join('');
    return `${clusterIp(at)} port 80 proto 6 id ${at} count ${own.length} local 0\n${lines}`;
  }).join('');
}

interface Place {
  readonly node: number;
  readonly size: Size;
  readonly local: readonly Pod[];
}

/** What a node says to each probe. */
function answersOf(place: Place): ReadonlyMap<string, Uint8Array> {
  const probes = ['ifstate.dump', 'routes.dump', 'conntrack.dump', 'ip.route', 'ip.link', 'felix.log'];
  return new Map(probes.map((probe) => [probe, encoder.encode(probeText(probe, place))]));
}

function probeText(probe: string, { node, size, local }: Place): string {
  switch (probe) {
    case 'ifstate.dump':
      return [
        '    2 : {flags: v4Ready,host, IngressPolicyV4: 1, EgressPolicyV4: 1, name: eth0}\n',
        ...local.map(
          ({ name }, at) =>
            `   ${at + 10} : {flags: workload,v4Ready, IngressPolicyV4: 2, EgressPolicyV4: 2, name: ${workloadInterface('shop', name)}}\n`,
        ),
      ].join('');
    case 'routes.dump':
      return [
        ...local.map(({ ip }, at) => `${ip}/32: local workload in-pool nat-out idx ${at + 10}\n`),
        ...Array.from(
          { length: size.nodes },
          (_, other) => `${nodeAddress(other)}/32: ${other === node ? 'local' : 'remote'} host\n`,
        ),
      ].join('');
    case 'conntrack.dump':
      return local
        .slice(0, 200)
        .map(
          ({ ip }, at) =>
            `TCP ${ip}:${30_000 + at} -> ${podAddress(size, (node + 1) % size.nodes, 0)}:8080  Active ago 3s ESTABLISHED\n`,
        )
        .join('');
    case 'ip.route':
      return 'default via 172.20.0.254 dev eth0 \n';
    case 'ip.link':
      return '[{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500},{"ifindex":3,"ifname":"vxlan.calico","flags":["UP"],"mtu":1500,"linkinfo":{"info_kind":"vxlan"}}]';
    case 'felix.log':
      return '2026-11-21 03:58:26.697 [INFO][1] felix/daemon.go 362: Successfully loaded configuration. config=&config.Config{BPFEnabled:true}\n2026-11-21 03:58:27.000 [INFO][1] felix/int_dataplane.go 949: BPF enabled, starting BPF endpoint manager and map manager.\n';
    default:
      return '';
  }
}
