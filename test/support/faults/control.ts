/** Faults of what Kubernetes and Felix are told: services, policies, configuration, the datastore. */
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { change } from '../edited.ts';
import { backendsOf, countDenials, withConfigMap, withSettings } from './edits.ts';
import type { Fault } from './fault.ts';

const all = 'node-a,node-b,node-c';
const cart = 'pod shop/cart-6f5b9c7d4c-m8t2l on node-a';
const cartInterface = 'cali8cb945225b4';

function add(...added: readonly KubernetesObject[]) {
  return (objects: readonly KubernetesObject[]) => [...objects, ...added];
}

/** A service of UDP with a NodePort, in NAT of every node. */
const voice = {
  objects: {
    services: add({
      metadata: { name: 'voice', namespace: 'shop' },
      spec: {
        type: 'NodePort',
        clusterIP: '10.96.40.1',
        clusterIPs: ['10.96.40.1'],
        selector: { app: 'db' },
        ports: [{ name: 'sip', port: 5060, nodePort: 30560, protocol: 'UDP' }],
      },
    }),
    'endpointslices.discovery.k8s.io': add({
      metadata: { name: 'voice-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'voice' } },
      ports: [{ name: 'sip', port: 5060, protocol: 'UDP' }],
      endpoints: [{ addresses: ['10.244.99.194'], conditions: { ready: true }, nodeName: 'node-c' }],
    }),
  },
  nat: (...addresses: readonly string[]) =>
    ['10.96.40.1 port 5060', ...addresses.map((each) => `${each} port 30560`)]
      .map((frontend) => `${frontend} proto 17 id 700 count 1 local 0\n\t700:0\t 10.244.99.194:5060\n`)
      .join(''),
};

const services: readonly Fault[] = [
  {
    name: 'a client outside goes on sending datagrams to a NodePort that NAT did not know when it began',
    edits: {
      objects: voice.objects,
      probes: {
        '*/nat.dump': (text) => text + voice.nat('255.255.255.255'),
        'node-a/nat.dump': (text) =>
          `${text}172.18.0.2 port 30560 proto 17 id 700 count 1 local 0\n\t700:0\t 10.244.99.194:5060\n`,
        'node-b/nat.dump': (text) =>
          `${text}172.18.0.3 port 30560 proto 17 id 700 count 1 local 0\n\t700:0\t 10.244.99.194:5060\n`,
        'node-c/nat.dump': (text) =>
          `${text}172.18.0.4 port 30560 proto 17 id 700 count 1 local 0\n\t700:0\t 10.244.99.194:5060\n`,
        'node-b/conntrack.dump': (text) =>
          `${text}UDP 198.51.100.7:5060 -> 172.18.0.3:30560  Active ago 1.2s\n`,
      },
    },
    found: ['error service shop/voice on node-b'],
  },
  {
    name: 'datagrams to DNS go on to a pod that is gone',
    edits: {
      probes: {
        'node-a/conntrack.dump': (text) =>
          `${text}UDP 10.244.174.131:40001 -> 10.96.0.10:53 -> 10.244.218.99:53  Active ago 1s\n`,
      },
    },
    found: ['warning service kube-system/kube-dns on node-a'],
  },
  {
    name: 'the API server’s own service has no endpoint',
    edits: {
      objects: {
        'endpointslices.discovery.k8s.io': change('kubernetes', (slice) => {
          Object.assign(slice, { endpoints: [] });
        }),
      },
      probes: { '*/nat.dump': backendsOf('10.96.0.1', () => []) },
    },
    found: [`error service default/kubernetes on ${all}`],
  },
  {
    name: 'a client is held to a pod that is gone by the affinity of its service',
    edits: {
      probes: {
        'node-b/nat.aff': (text) =>
          `${text}client 10.244.218.65 svc proto 6 10.96.118.66:80 -> 10.244.174.199:8080 ts 19m50.1s\n`,
      },
    },
    found: ['warning service shop/cart on node-b'],
  },
];

/** A policy of Calico that selects the pod cart. */
function calicoPolicy(name: string, spec: object): Fault['edits'] {
  return {
    probes: { 'node-a/counters.dump': countDenials(cartInterface, 500) },
    objects: {
      'globalnetworkpolicies.crd.projectcalico.org': add({
        metadata: { name },
        spec: { selector: 'app == "cart"', types: ['Ingress'], ...spec },
      }),
    },
  };
}

function policyOf(ingress: readonly object[]): Fault['edits'] {
  return {
    probes: { 'node-a/counters.dump': countDenials(cartInterface, 500) },
    objects: {
      'networkpolicies.networking.k8s.io': add({
        metadata: { name: 'cart-in', namespace: 'shop' },
        spec: { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Ingress'], ingress },
      }),
    },
  };
}

const policies: readonly Fault[] = [
  {
    name: 'a policy of Calico allows only pods whose label is misspelled',
    edits: calicoPolicy('default.cart-in', {
      tier: 'default',
      ingress: [{ action: 'Allow', source: { selector: 'app == "front-end"' } }],
    }),
    found: [`error ${cart}`],
  },
  {
    name: 'a policy of Calico allows only a port that the pod does not serve',
    edits: calicoPolicy('default.cart-in', {
      tier: 'default',
      ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [80] } }],
    }),
    found: [`error ${cart}`],
  },
  {
    name: 'a policy names a port that no container of the pod has',
    edits: policyOf([{ ports: [{ port: 'web-ui', protocol: 'TCP' }] }]),
    found: [`error ${cart}`],
  },
  {
    name: 'a policy allows a namespace whose label nobody set',
    edits: policyOf([{ from: [{ namespaceSelector: { matchLabels: { name: 'shop' } } }] }]),
    found: [`error ${cart}`],
  },
  {
    name: 'a policy allows the service address of who sends',
    edits: policyOf([{ from: [{ ipBlock: { cidr: '10.96.34.17/32' } }] }]),
    found: [`error ${cart}`],
  },
];

const told: readonly Fault[] = [
  {
    name: 'the datastore was locked for a migration and never unlocked',
    edits: {
      objects: {
        'clusterinformations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['datastoreReady'] = false;
        }),
      },
    },
    found: ['error key datastoreReady on '],
  },
  {
    name: 'the ConfigMap of the API server is where the operator does not look',
    edits: {
      objects: {
        'installations.operator.tigera.io': () => [
          { metadata: { name: 'default' }, spec: { calicoNetwork: { linuxDataplane: 'BPF' } } },
        ],
        configmaps: (objects) =>
          withConfigMap(
            '172.18.0.1',
            '6443',
          )(objects).map((object) =>
            object.metadata.name === 'kubernetes-services-endpoint'
              ? { ...object, metadata: { ...object.metadata, namespace: 'kube-system' } }
              : object,
          ),
      },
    },
    found: ['warning key kubernetes-services-endpoint on '],
  },
  {
    name: 'calico-node is told of the API server in two ways',
    recordings: /v3\.32\.1-healthy|master-healthy/,
    edits: {
      objects: {
        'installations.operator.tigera.io': () => [
          {
            metadata: { name: 'default' },
            spec: { calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' } },
          },
        ],
        configmaps: withConfigMap('172.18.0.1', '6443'),
      },
    },
    found: ['error key bpfNetworkBootstrap on '],
  },
  {
    name: 'WireGuard takes more of each packet than pods leave it',
    edits: {
      objects: {
        'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['wireguardEnabled'] = true;
        }),
      },
      probes: {
        '*/felix.log': withSettings({ WireguardEnabled: 'true' }),
        '*/ip.link': (text) =>
          text.replace(
            /\]\s*$/,
            ',{"ifindex":71,"ifname":"wireguard.cali","flags":["UP","LOWER_UP"],"mtu":1440,"linkinfo":{"info_kind":"wireguard"}}]',
          ),
      },
    },
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'kube-proxy runs as a static pod of a distribution',
    edits: {
      objects: {
        pods: add({
          metadata: {
            name: 'kube-proxy-node-b',
            namespace: 'kube-system',
            labels: { component: 'kube-proxy', tier: 'control-plane' },
          },
          spec: { nodeName: 'node-b', hostNetwork: true, containers: [{ name: 'kube-proxy' }] },
          status: { phase: 'Running' },
        }),
      },
    },
    found: ['error node node-b on node-b'],
  },
];

export const controlFaults: readonly Fault[] = [...services, ...policies, ...told];
