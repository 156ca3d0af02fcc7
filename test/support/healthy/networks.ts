import { change } from '../edited.ts';
import { editLinks, mapLines, withoutLines } from '../faults/edits.ts';
import {
  add,
  all,
  annotated,
  attached,
  configured,
  each,
  hostPods,
  link,
  links,
  managed,
  none,
  printed,
  unset,
  withoutInterface,
  type Healthy,
} from './healthy.ts';
import type { Edits } from '../edited.ts';

const tunnelAddresses = /10\.244\.(?:174\.128|218\.64|99\.192)/;

/** NAT without the NodePorts at the addresses of tunnels. */
function withoutTunnelFrontends(text: string): string {
  return text
    .split(/(?<=\n)(?!\t)/)
    .filter((block) => !tunnelAddresses.test(block.split('\n', 1)[0] ?? ''))
    .join('');
}

/** Nothing is encapsulated: pods are reached through the network of the nodes. */
const withoutTunnel: Edits = all(
  withoutInterface('vxlan.calico'),
  annotated((annotations) => delete annotations['projectcalico.org/IPv4VXLANTunnelAddr']),
  unset('vxlanEnabled'),
  printed({
    'felix.log': (text) =>
      text
        .replace(/VXLANEnabled:\(\*bool\)\(0x\w+\)/, 'VXLANEnabled:(*bool)(nil)')
        .replaceAll(/, ?"VXLANEnabled":"true"/g, ''),
    'nat.dump': withoutTunnelFrontends,
    'routes.dump': (text) =>
      withoutLines(/\/32: (?:remote host in-pool|local host$)/)(text.replaceAll(' tunneled', '')).concat(
        (/172\.18\.0\.\d\/32: local host/.exec(text)?.[0] ?? '').concat('\n'),
      ),
    'ip.link': editLinks(/^cali/, { mtu: 1500 }),
  }),
);

/** The addresses of pods and their routes, as a network plugin of somebody else gives them. */
const foreignAddresses: Edits = {
  objects: {
    'ippools.crd.projectcalico.org': none,
    'blockaffinities.crd.projectcalico.org': none,
    'ipamblocks.crd.projectcalico.org': none,
    'ipamhandles.crd.projectcalico.org': none,
  },
};

/** Each pod elsewhere has a route of its own, as with `FELIX_ROUTESOURCE=WorkloadIPs`. */
function routesOfPods(text: string): string {
  const pods: Readonly<Record<string, readonly string[]>> = {
    '172.18.0.2': ['10.244.174.129', '10.244.174.130', '10.244.174.131', '10.244.174.132'],
    '172.18.0.3': ['10.244.218.65', '10.244.218.66', '10.244.218.67', '10.244.218.68'],
    '172.18.0.4': ['10.244.99.193', '10.244.99.194', '10.244.99.195'],
  };
  const remote = Object.entries(pods)
    .filter(([host]) => text.includes(`${host}/32: remote host`))
    .flatMap(([host, addresses]) => addresses.map((each) => `${each}/32: remote workload nh ${host}\n`));
  return (
    withoutLines(/(?:\/26: remote workload|\/16: remote in-pool)/)(text.replaceAll(' in-pool nat-out', '')) +
    remote.join('')
  );
}

function renamed(prefix: string): Edits {
  return { everywhere: (text) => text.replaceAll(/\bcali([0-9a-f]{11})\b/g, `${prefix}$1`) };
}

function policyOnly(prefix: string): Edits {
  return all(
    withoutTunnel,
    foreignAddresses,
    printed({ 'routes.dump': routesOfPods, 'ip.route': withoutLines(/^(?:blackhole|10\.244\.\S+\/26)/) }),
    configured({}, { InterfacePrefix: prefix }),
    {
      objects: {
        'daemonsets.apps': each((set) => {
          const { template } = set.spec as { template: { spec: { containers: { env: object[] }[] } } };
          for (const { env } of template.spec.containers)
            env.push(
              { name: 'FELIX_INTERFACEPREFIX', value: prefix },
              { name: 'FELIX_ROUTESOURCE', value: 'WorkloadIPs' },
            );
        }),
      },
    },
    renamed(prefix),
  );
}

/** The blocks of nodes as node.spec.podCIDR has them, of 256 addresses. */
const hostLocal: Edits = all(foreignAddresses, {
  everywhere: (text) =>
    text
      .replaceAll(/10\.244\.174\.128\/26/g, '10.244.0.0/24')
      .replaceAll(/10\.244\.218\.64\/26/g, '10.244.1.0/24')
      .replaceAll(/10\.244\.99\.192\/26/g, '10.244.2.0/24')
      .replaceAll(/10\.244\.174\.(\d+)/g, (_, last: string) => `10.244.0.${Number(last) - 128}`)
      .replaceAll(/10\.244\.218\.(\d+)/g, (_, last: string) => `10.244.1.${Number(last) - 64}`)
      .replaceAll(/10\.244\.99\.(\d+)/g, (_, last: string) => `10.244.2.${Number(last) - 192}`),
});

const withFlannel: Edits = all(
  managed('flannel.1', 77, {
    flags: 'v4Ready,host,l3',
    more: { mtu: 1450, linkinfo: { info_kind: 'vxlan', info_data: { id: 1, port: 8472 } } },
  }),
  printed({
    'routes.dump': (text) => text.replaceAll(' in-pool nat-out', ''),
    'ip.route': (text) =>
      text.replaceAll(/^blackhole.*\n/gm, '').concat('10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink \n'),
    'ip.link': editLinks(/^cali/, { mtu: 1450 }),
  }),
  configured({ bpfDataIfacePattern: '^(eth.*|flannel.*)$' }, {}),
  annotated((annotations) => {
    annotations['flannel.alpha.coreos.com/backend-type'] = 'vxlan';
    annotations['flannel.alpha.coreos.com/kube-subnet-manager'] = 'true';
  }),
);

/** One DaemonSet with calico-node and flannel. */
const canal: Edits = {
  objects: {
    configmaps: add({
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'kube-system' },
      data: { KUBERNETES_SERVICE_HOST: '172.18.0.1', KUBERNETES_SERVICE_PORT: '6443' },
    }),
    'daemonsets.apps': each((set) => {
      set.metadata = {
        ...set.metadata,
        name: 'canal',
        namespace: 'kube-system',
        labels: { 'k8s-app': 'canal' },
      };
      const { template } = set.spec as {
        template: { metadata: { labels: object }; spec: { containers: object[] } };
      };
      template.metadata.labels = { 'k8s-app': 'canal' };
      template.spec.containers.push({ name: 'kube-flannel', image: 'docker.io/flannel/flannel:v0.25.6' });
      set.spec['selector'] = { matchLabels: { 'k8s-app': 'canal' } };
    }),
    pods: each((pod) => {
      if (pod.metadata.labels['k8s-app'] !== 'calico-node') return;
      pod.metadata = {
        ...pod.metadata,
        name: pod.metadata.name.replace('calico-node', 'canal'),
        namespace: 'kube-system',
        labels: { 'k8s-app': 'canal' },
      };
      (pod.spec['containers'] as object[]).push({ name: 'kube-flannel' });
    }),
  },
};

function pool(spec: object): Edits {
  return {
    objects: {
      'ippools.crd.projectcalico.org': change('default-ipv4-ippool', (each) => {
        each.spec = { ...each.spec, ...spec };
      }),
    },
  };
}

const tunnelOf: Readonly<Record<string, string>> = {
  'node-a': '10.244.174.128',
  'node-b': '10.244.218.64',
  'node-c': '10.244.99.192',
};

const ipip: Edits = all(
  pool({ vxlanMode: 'Never', ipipMode: 'Always' }),
  withoutInterface('vxlan.calico'),
  unset('vxlanEnabled'),
  annotated((annotations, node) => {
    delete annotations['projectcalico.org/IPv4VXLANTunnelAddr'];
    annotations['projectcalico.org/IPv4IPIPTunnelAddr'] = tunnelOf[node] ?? '';
  }),
  printed({
    'ip.link': (text) =>
      editLinks(/^cali|^bpf/, { mtu: 1480 })(
        links((known) => [
          ...known,
          link('tunl0', 70, {
            mtu: 1480,
            link_type: 'ipip',
            flags: ['NOARP', 'UP', 'LOWER_UP'],
            operstate: 'UNKNOWN',
          }),
        ])(text),
      ),
    'ifstate.dump': (text) =>
      `${text}   70 : {flags: v4Ready,ipip, XDPPolicyV4: 1, IngressPolicyV4: 2, EgressPolicyV4: 2, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: 3, EgressFilter: 3, name: tunl0}\n`,
    'bpftool.net': attached('tunl0', 70),
    'felix.log': (text) =>
      text
        .replace(/VXLANEnabled:\(\*bool\)\(0x\w+\)/, 'VXLANEnabled:(*bool)(nil)')
        .replaceAll(/, ?"VXLANEnabled":"true"/g, ''),
    'ip.route': (text) =>
      text.concat(
        ...Object.values(tunnelOf).map(
          (address) => `${address}/26 via 172.18.0.3 dev tunl0 proto bird onlink \n`,
        ),
      ),
  }),
);

export const bird: Edits = {
  objects: {
    'bgpconfigurations.crd.projectcalico.org': () => [
      {
        metadata: { name: 'default' },
        spec: { asNumber: 64512, nodeToNodeMeshEnabled: true, serviceClusterIPs: [{ cidr: '10.96.0.0/12' }] },
      },
    ],
  },
};

function wireguard(device: string, version: 4 | 6): Edits {
  const suffix = version === 4 ? '' : 'V6';
  return all(
    configured({ [`wireguardEnabled${suffix}`]: true }, { [`WireguardEnabled${suffix}`]: true }),
    managed(device, 71, {
      flags: version === 4 ? 'v4Ready,wg' : 'v4Ready,v6Ready,wg',
      more: {
        mtu: version === 4 ? 1440 : 1420,
        link_type: 'none',
        linkinfo: { info_kind: 'wireguard' },
        operstate: 'UNKNOWN',
        flags: ['POINTOPOINT', 'NOARP', 'UP', 'LOWER_UP'],
      },
    }),
    annotated((annotations, _node, index) => {
      annotations[`projectcalico.org/IPv${version}WireguardInterfaceAddr`] =
        version === 4 ? `10.244.${100 + index}.1` : `fd00:244::${100 + index}`;
      annotations[`projectcalico.org/WireguardPublicKey${suffix}`] =
        'Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyMDA=';
    }),
    printed({ 'ip.link': editLinks(/^cali|^bpf/, { mtu: version === 4 ? 1440 : 1420 }) }),
  );
}

export const networks: readonly Healthy[] = [
  {
    name: 'the network of Amazon, with a second card',
    edits: all(
      policyOnly('eni'),
      managed('eth1', 66, { more: { mtu: 9001 } }),
      { objects: { pods: hostPods('aws-node') } },
      printed({ 'ip.link': editLinks(/^(?:cali|eth|bpf)/, { mtu: 9001 }) }),
      configured({ bpfExtToServiceConnmark: 128 }, { BPFExtToServiceConnmark: 128 }),
    ),
  },
  {
    name: 'the network of Azure',
    edits: all(policyOnly('azv'), { objects: { pods: hostPods('azure-cns') } }),
  },
  {
    name: 'the network of Google, with addresses of each node’s own range',
    edits: all(
      withoutTunnel,
      hostLocal,
      configured({}, { InterfacePrefix: 'gke' }),
      printed({ 'routes.dump': (text) => text.replaceAll(' in-pool nat-out', '') }),
      renamed('gke'),
    ),
  },
  { name: 'flannel, and Calico for policy alone', edits: all(withoutTunnel, hostLocal, withFlannel, canal) },
  {
    name: 'no overlay, and routes by BGP',
    edits: all(
      withoutTunnel,
      bird,
      pool({ vxlanMode: 'Never' }),
      printed({
        'routes.dump': mapLines(/remote (?:workload|host)/, (line) =>
          line.replace(/ nh |$/, (end) => ` same-subnet${end}`).replace('same-subnet nh', 'same-subnet nh'),
        ),
        'ip.route': (text) =>
          `${text}10.244.174.128/26 via 172.18.0.2 dev eth0 proto bird \n10.244.218.64/26 via 172.18.0.3 dev eth0 proto bird \n10.244.99.192/26 via 172.18.0.4 dev eth0 proto bird \n`,
      }),
    ),
  },
  {
    name: 'VXLAN between subnets alone',
    edits: all(
      pool({ vxlanMode: 'CrossSubnet' }),
      printed({
        'routes.dump': mapLines(/remote workload|172\.18\.\S+ remote host/, (line) =>
          line.replace(' tunneled', ' same-subnet').replace(/remote host$/, 'remote host same-subnet'),
        ),
        'ip.route': mapLines(/dev vxlan\.calico onlink/, (line) =>
          line.replace(/via \S+ dev vxlan\.calico onlink/, 'via 172.18.0.3 dev eth0 proto 80 onlink'),
        ),
      }),
    ),
  },
  { name: 'IP in IP', edits: all(ipip, bird) },
  { name: 'WireGuard', edits: wireguard('wireguard.cali', 4) },
  {
    name: 'WireGuard of IPv6',
    recordings: /dual-stack/,
    edits: wireguard('wg-v6.cali', 6),
  },
];
