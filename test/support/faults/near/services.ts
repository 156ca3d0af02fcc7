/** What looks like a fault of Services, their backends, connections and policies, and is none. */
import { change, type Edits } from '../../edited.ts';
import {
  addLink,
  backendsOf,
  logOf,
  logging,
  mapLines,
  sizeMaps,
  withConfigMap,
  withEntries,
  withSettings,
} from '../edits.ts';
import type { NearMiss } from '../fault.ts';

function policy(spec: object, name = 'near'): NonNullable<Edits['objects']> {
  return {
    'networkpolicies.networking.k8s.io': (policies) => [
      ...policies,
      { metadata: { name, namespace: 'shop' }, spec },
    ],
  };
}

const cartInterface = 'cali8cb945225b4';

const kubeProxy: readonly NearMiss[] = [
  {
    rule: 'kube-proxy/runs',
    name: 'its pod has ended',
    edits: {
      objects: {
        pods: (pods) => [
          ...pods,
          {
            metadata: { name: 'kube-proxy-x', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
            spec: { nodeName: 'node-a', hostNetwork: true },
            status: { phase: 'Succeeded' },
          },
        ],
      },
    },
  },
  {
    rule: 'kube-proxy/rules-left',
    name: 'the chains are those of kubelet',
    edits: {
      probes: {
        'node-a/iptables.save': (text) => `${text}:KUBE-FIREWALL - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n`,
      },
    },
  },
  {
    rule: 'kube-proxy/ipvs',
    name: 'a dummy interface has another name',
    edits: {
      probes: { 'node-c/ip.link': addLink({ ifname: 'kube-dummy0', linkinfo: { info_kind: 'dummy' } }) },
    },
  },
  {
    rule: 'kube-proxy/port',
    name: 'it is another port that is in use',
    edits: logOf(
      'node-a',
      logging(
        '[ERROR][1] felix/metrics.go 1: Failed error=listen tcp 0.0.0.0:9091: bind: address already in use',
      ),
    ),
  },
  {
    rule: 'kube-proxy/hidden',
    name: 'somebody is connected to such a port elsewhere',
    edits: {
      probes: {
        'node-c/ss': (text) => `${text}tcp   ESTAB  0      0         172.18.0.4:41234    172.18.0.9:10249\n`,
        'node-c/sockets': () =>
          '   0: 040012AC:A112 090012AC:2809 01 00000000:00000000 00:00000000 00000000\n',
      },
    },
  },
];

const apiServer: readonly NearMiss[] = [
  {
    rule: 'api-server/endpoint',
    name: 'it is a name of the world’s DNS',
    edits: { objects: { configmaps: withConfigMap('api.example.com', '6443') } },
  },
  {
    rule: 'api-server/service',
    name: 'a second server is in both',
    edits: {
      probes: { '*/nat.dump': backendsOf('10.96.0.1', (all) => [...all, '172.18.0.7:6443']) },
      objects: {
        'endpointslices.discovery.k8s.io': change('kubernetes', (slice) => {
          Object.assign(slice, {
            endpoints: [{ addresses: ['172.18.0.1', '172.18.0.7'], conditions: { ready: true } }],
          });
        }),
      },
    },
  },
  {
    rule: 'api-server/unreachable',
    name: 'it failed once',
    edits: logOf(
      'node-c',
      logging(
        '[ERROR][1] felix/watchercache.go 1: Failed to list error=Get "https://172.18.0.1:6443/api/v1/nodes": dial tcp 172.18.0.1:6443: connect: connection refused',
      ),
    ),
  },
];

const nat: readonly NearMiss[] = [
  {
    rule: 'nat-integrity/empty',
    name: 'the service has one backend left in both',
    edits: {
      probes: {
        '*/nat.dump': backendsOf('10.96.71.203', (all) =>
          all.filter((each) => each.startsWith('10.244.218')),
        ),
      },
      objects: {
        'endpointslices.discovery.k8s.io': change('catalog-493af', (slice) => {
          Object.assign(slice, {
            endpoints: [{ addresses: ['10.244.218.66'], conditions: { ready: true } }],
          });
        }),
      },
    },
  },
  {
    rule: 'nat-integrity/missing',
    name: 'a frontend of a source range is a blackhole',
    edits: {
      probes: { 'node-a/nat.dump': (text) => `${text}192.0.2.30 port 80 proto 6 id 14 count -1 local 0\n` },
    },
  },
  {
    rule: 'nat-integrity/shared-id',
    name: 'a NodePort shares the id of its own service',
    edits: {
      probes: {
        'node-a/nat.dump': (text) => {
          const [block = ''] = /^255\.255\.255\.255 port 30084 .*\n(?:\t.*\n)*/m.exec(text) ?? [];
          return text + block.replace('255.255.255.255', '172.18.0.77');
        },
      },
    },
  },
  {
    rule: 'nat-integrity/differs',
    name: 'a backend that ends still serves',
    edits: {
      objects: {
        'endpointslices.discovery.k8s.io': change('catalog-493af', (slice) => {
          const endpoint = (address: string, ready: boolean) => ({
            addresses: [address],
            conditions: { ready, serving: true, terminating: !ready },
          });
          Object.assign(slice, {
            endpoints: [endpoint('10.244.218.66', true), endpoint('10.244.99.193', false)],
          });
        }),
      },
    },
  },
  {
    rule: 'nat-integrity/orphan',
    name: 'an external address belongs to no Service',
    edits: {
      probes: {
        'node-a/nat.dump': (text) =>
          `${text}198.51.100.4 port 80 proto 6 id 99 count 1 local 0\n\t99:0\t 10.244.99.193:8080\n`,
      },
    },
  },
];

const policies: readonly NearMiss[] = [
  {
    rule: 'policy/denied',
    name: 'a policy cuts nobody off as long as nothing was dropped',
    edits: {
      objects: policy({
        podSelector: { matchLabels: { app: 'cart' } },
        policyTypes: ['Ingress'],
        ingress: [],
      }),
    },
  },
  {
    rule: 'policy/no-program',
    name: 'the interface is not ready yet',
    edits: {
      probes: {
        'node-a/ifstate.dump': mapLines(new RegExp(cartInterface), (line) =>
          line.replaceAll(/((?:In|E)gressPolicyV4: )\d+/g, '$1-1').replace(',v4Ready', ''),
        ),
      },
    },
  },
];

const conntrack: readonly NearMiss[] = [
  {
    rule: 'conntrack/no-nat',
    name: 'the client has stopped sending',
    edits: withEntries('node-b', 1, () => 'UDP 10.244.218.65:45000 -> 10.96.0.10:53  Active ago 52s'),
  },
  {
    rule: 'conntrack/pod-gone',
    name: 'nobody has sent to the address for a while',
    edits: withEntries(
      'node-b',
      1,
      () => 'TCP 10.244.218.65:45000 -> 10.244.99.250:8080  Active ago 5m2s ESTABLISHED',
    ),
  },
  {
    rule: 'conntrack/unanswered',
    name: 'a few attempts are no pile',
    edits: withEntries(
      'node-b',
      8,
      (at) => `TCP 10.244.218.65:${46_000 + at} -> 10.244.218.68:8181  Active ago 9s SYN-SENT`,
    ),
  },
  {
    rule: 'conntrack/full',
    name: 'half of it is used',
    edits: { probes: { 'node-a/bpftool.map': sizeMaps('cali_v4_ct', 400) } },
  },
  {
    rule: 'conntrack/sweep',
    name: 'TCP stays for long',
    edits: withEntries(
      'node-c',
      150,
      (at) => `TCP 10.244.99.193:${46_000 + at} -> 203.0.113.5:443  Active ago 12m5s ESTABLISHED`,
    ),
  },
];

const external: readonly NearMiss[] = [
  {
    rule: 'external/cloud',
    name: 'the cloud’s check is off',
    edits: {
      objects: { nodes: change('node-a', ({ spec }) => (spec['providerID'] = 'aws:///eu-central-1a/i-1')) },
      probes: { '*/felix.log': withSettings({ BPFExternalServiceMode: 'DSR', AWSSrcDstCheck: 'Disable' }) },
    },
  },
  {
    rule: 'external/modes',
    name: 'all nodes use direct server return',
    edits: { probes: { '*/felix.log': withSettings({ BPFExternalServiceMode: 'DSR' }) } },
  },
  {
    rule: 'external/local',
    name: 'a load balancer leaves nodes without a pod out',
    edits: {
      objects: {
        services: change('catalog-external', ({ spec }) =>
          Object.assign(spec, { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
        ),
      },
    },
  },
];

export const serviceNearMisses: readonly NearMiss[] = [
  ...kubeProxy,
  ...apiServer,
  ...nat,
  ...policies,
  ...conntrack,
  ...external,
];
