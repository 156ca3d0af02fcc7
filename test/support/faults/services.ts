/** Faults of Services, their backends, connections and policies. */
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { change } from '../edited.ts';
import { addLink, backendsOf, countDenials, dropFrontends, withConfigMap, withSettings } from './edits.ts';
import type { Fault } from './fault.ts';

const all = 'node-a,node-b,node-c';
const cartInterface = 'cali8cb945225b4';
const cart = 'shop/cart-6f5b9c7d4c-m8t2l';
const frontendInterface = 'cali30bba3e0534';
const frontend = 'shop/frontend-7d9c6b8f5-x2k4q';

const nat: readonly Fault[] = [
  {
    name: 'a service is not in NAT of one node',
    edits: { probes: { 'node-b/nat.dump': dropFrontends(/^10\.96\.118\.66 /) } },
    found: ['error service shop/cart on node-b'],
  },
  {
    name: 'a service has lost its only backend in NAT of one node',
    edits: { probes: { 'node-a/nat.dump': backendsOf('10.96.118.66', () => []) } },
    found: ['error service shop/cart on node-a'],
  },
  {
    name: 'a service has lost one of two backends in NAT',
    edits: { probes: { '*/nat.dump': backendsOf('10.96.71.203', (backends) => backends.slice(1)) } },
    found: [`error service shop/catalog on ${all}`],
  },
  {
    name: 'a service sends to a pod that is no endpoint of it',
    edits: {
      probes: {
        'node-c/nat.dump': backendsOf('10.96.133.7', (backends) => [...backends, '10.244.99.194:9090']),
      },
    },
    found: ['error service monitoring/prometheus on node-c'],
  },
  {
    name: 'a backend is announced and not there',
    edits: { probes: { 'node-c/nat.dump': backendsOf('10.96.150.42', () => ['is missing']) } },
    found: ['error service shop/db on node-c'],
  },
  {
    name: 'a service id belongs to two services',
    edits: {
      probes: {
        'node-b/nat.dump': (text) => {
          const id = /^10\.96\.150\.42 .* id (\d+)/m.exec(text)?.[1] ?? '';
          return text
            .replace(/^(10\.96\.133\.7 .* id )\d+/m, `$1${id}`)
            .replace(/\t\d+(:0\t 10\.244\.99\.195:9090)/, `\t${id}$1`);
        },
      },
    },
    found: ['error service monitoring/prometheus on node-b'],
  },
  {
    name: 'a frontend of a deleted service stays',
    edits: {
      probes: {
        'node-a/nat.dump': (text) =>
          `${text}10.96.7.7 port 80 proto 6 id 99 count 1 local 0\n\t99:0\t 10.244.99.193:8080\n`,
      },
    },
    found: ['warning service /10.96.7.7:80 on node-a'],
  },
  {
    name: 'the API server’s own service is not in NAT',
    edits: { probes: { 'node-a/nat.dump': dropFrontends(/^10\.96\.0\.1 /) } },
    found: ['error service default/kubernetes on node-a'],
  },
  {
    name: 'the API server’s own service sends to a server that is gone',
    edits: { probes: { '*/nat.dump': backendsOf('10.96.0.1', () => ['172.18.0.9:6443']) } },
    found: [`error service default/kubernetes on ${all}`],
  },
];

const apiServer: readonly Fault[] = [
  ['its own service address', '10.96.0.1', '443', 'KUBERNETES_SERVICE_HOST'],
  ['the address of another service', '10.96.118.66', '80', 'KUBERNETES_SERVICE_HOST'],
  ['a name that needs the cluster’s DNS', 'kubernetes.default.svc', '443', 'KUBERNETES_SERVICE_HOST'],
  ['the wrong port', '172.18.0.1', '443', 'KUBERNETES_SERVICE_PORT'],
].map(([what = '', host = '', port = '', key = '']) => ({
  name: `calico-node is told ${what} of the API server`,
  edits: { objects: { configmaps: withConfigMap(host, port) } },
  found: [`error key ${key} on `],
}));

const proxyPod: KubernetesObject = {
  metadata: { name: 'kube-proxy-x7k2p', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
  spec: { nodeName: 'node-b', hostNetwork: true },
  status: { phase: 'Running' },
};

const kubeProxy: readonly Fault[] = [
  {
    name: 'kube-proxy runs on a node',
    edits: { objects: { pods: (pods) => [...pods, proxyPod] } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the interface of IPVS is left',
    edits: {
      probes: { 'node-c/ip.link': addLink({ ifname: 'kube-ipvs0', linkinfo: { info_kind: 'dummy' } }) },
    },
    found: ['warning interface kube-ipvs0 on node-c'],
  },
  {
    name: 'kube-proxy holds port 10256',
    edits: {
      probes: {
        'node-a/felix.log': (text) =>
          `${text}2026-11-21 05:00:00.000 [ERROR][1] felix/health.go 1: Failed to start health check server error=listen tcp 0.0.0.0:10256: bind: address already in use\n`,
      },
    },
    found: ['warning node node-a on node-a'],
  },
];

const deniedCart = { 'node-a/counters.dump': countDenials(cartInterface, 500) };

/** A policy for the pod cart with these rules. */
function cartPolicy(what: string, severity: 'error' | 'warning', ingress: readonly object[]): Fault {
  const policy = {
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Ingress'], ingress },
  };
  return {
    name: `a policy ${what}`,
    edits: {
      probes: deniedCart,
      objects: { 'networkpolicies.networking.k8s.io': (policies) => [...policies, policy] },
    },
    found: [`${severity} pod ${cart} on node-a`],
  };
}

const policy: readonly Fault[] = [
  cartPolicy('allows only port 80, where the pod serves 8080', 'error', [
    { ports: [{ port: 80, protocol: 'TCP' }] },
  ]),
  cartPolicy('allows only pods whose label is misspelled', 'error', [
    { from: [{ podSelector: { matchLabels: { app: 'front-end' } } }] },
  ]),
  cartPolicy('allows nobody', 'warning', []),
];

const conntrack: readonly Fault[] = [
  {
    name: 'a UDP client of a service goes on sending to the service’s own address',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) => `${text}UDP 10.244.218.65:45000 -> 10.96.0.10:53  Active ago 2s\n`,
      },
    },
    found: ['error service kube-system/kube-dns on node-b'],
  },
  {
    name: 'a connection goes on to a pod that is gone',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) =>
          `${text}TCP 10.244.218.65:45000 -> 10.244.99.250:8080  Active ago 2s ESTABLISHED\n`,
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'connections to a pod pile up without an answer',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) =>
          text +
          Array.from(
            { length: 30 },
            (_, at) => `TCP 10.244.218.65:${46_000 + at} -> 10.244.218.68:8181  Active ago 9s SYN-SENT\n`,
          ).join(''),
      },
    },
    found: ['warning pod kube-system/coredns-76f75df574-tn8vb on node-b'],
  },
  {
    name: 'old UDP entries are not cleaned up',
    edits: {
      probes: {
        'node-c/conntrack.dump': (text) =>
          text +
          Array.from(
            { length: 150 },
            (_, at) => `UDP 10.244.99.193:${46_000 + at} -> 203.0.113.5:53  Active ago 12m5s\n`,
          ).join(''),
      },
    },
    found: ['warning node node-c on node-c'],
  },
];

const cloud: readonly Fault[] = [
  {
    name: 'answers bypass the node in a cloud that checks sources',
    edits: {
      objects: { nodes: change('node-a', ({ spec }) => (spec['providerID'] = 'aws:///eu-central-1a/i-1')) },
      probes: { '*/felix.log': withSettings({ BPFExternalServiceMode: 'DSR' }) },
    },
    found: ['warning key bpfExternalServiceMode on node-a'],
  },
];

/** Policies of egress for the pod frontend, which has sent something that was dropped. */
function egressPolicy(what: string, severity: 'error' | 'warning', egress: readonly object[]): Fault {
  const policy = {
    metadata: { name: 'frontend-out', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'frontend' } }, policyTypes: ['Egress'], egress },
  };
  return {
    name: `a policy of egress ${what}`,
    edits: {
      probes: { 'node-a/counters.dump': countDenials(frontendInterface, 300, 'egress') },
      objects: {
        'networkpolicies.networking.k8s.io': (policies) => [...policies, policy],
        'globalnetworkpolicies.crd.projectcalico.org': () => [],
      },
    },
    found: [`${severity} pod ${frontend} on node-a`],
  };
}

const toCart = { to: [{ podSelector: { matchLabels: { app: 'cart' } } }], ports: [{ port: 8080 }] };

const egress: readonly Fault[] = [
  egressPolicy('forgets DNS', 'warning', [toCart]),
  egressPolicy('allows DNS by TCP only', 'error', [
    toCart,
    { to: [{ namespaceSelector: {} }], ports: [{ port: 53 }] },
  ]),
  egressPolicy('allows the service address of DNS', 'error', [
    toCart,
    { to: [{ ipBlock: { cidr: '10.96.0.10/32' } }], ports: [{ port: 53, protocol: 'UDP' }] },
  ]),
];

export const serviceFaults: readonly Fault[] = [
  ...nat,
  ...apiServer,
  ...kubeProxy,
  ...policy,
  ...conntrack,
  ...cloud,
  ...egress,
];
