import { change } from '../edited.ts';
import { mapLines, withConfigMap } from '../faults/edits.ts';
import { add, all, configured, hostPods, link, links, printed, type Healthy } from './healthy.ts';
import { bird } from './networks.ts';

export const addresses: readonly Healthy[] = [
  {
    name: 'an address that was borrowed from the block of another node',
    edits: {
      everywhere: (text) => text.replaceAll('10.244.218.65', '10.244.174.150'),
      probes: {
        'node-a/routes.dump': (text) =>
          `${text}10.244.218.65/32: remote workload in-pool nat-out tunneled nh 172.18.0.3\n`,
        'node-c/routes.dump': (text) =>
          `${text}10.244.218.65/32: remote workload in-pool nat-out tunneled nh 172.18.0.3\n`,
      },
    },
  },
  {
    name: 'a pool that no pod takes an address of, and one that is closed',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': add(
          {
            metadata: { name: 'spare' },
            spec: { cidr: '10.250.0.0/16', vxlanMode: 'Always', nodeSelector: 'has(spare)' },
          },
          {
            metadata: { name: 'closed' },
            spec: { cidr: '10.251.0.0/16', ipipMode: 'Always', disabled: true },
          },
        ),
      },
      probes: {
        '*/routes.dump': (text) =>
          `  10.250.0.0/16: remote in-pool\n  10.251.0.0/16: remote in-pool\n${text}`,
      },
    },
  },
  {
    name: 'loops of service addresses are prevented',
    edits: all(bird, configured({ serviceLoopPrevention: 'Drop' }, {}), {
      probes: { '*/routes.dump': (text) => `${text}    10.96.0.0/12: blackhole-drop\n` },
    }),
  },
  {
    name: 'DNS answered on each node',
    edits: all(
      configured({ bpfExcludeCIDRsFromNAT: ['10.96.0.10/32'] }, {}),
      { objects: { pods: hostPods('node-local-dns') } },
      printed({
        'ip.link': links((known) => [
          ...known,
          link('nodelocaldns', 72, {
            linkinfo: { info_kind: 'dummy' },
            flags: ['BROADCAST', 'NOARP'],
            operstate: 'DOWN',
          }),
        ]),
        'nat.dump': mapLines(/^10\.96\.0\.10 /, (line) => `${line} flags nat-exclude`),
        'conntrack.dump': (text) =>
          `${text}UDP 10.244.174.129:40001 -> 10.96.0.10:53  Active ago 4.5s\nUDP 10.244.174.130:40002 -> 10.96.0.10:53  Active ago 14.5s\n`,
      }),
    ),
  },
  {
    name: 'an API server behind a name of the cloud',
    edits: all({
      objects: {
        configmaps: withConfigMap('0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com', '443'),
      },
    }),
  },
  {
    name: 'an API server at a port of the own node',
    edits: { objects: { configmaps: withConfigMap('127.0.0.1', '6444') } },
  },
  {
    name: 'an API server at localhost',
    edits: { objects: { configmaps: withConfigMap('localhost', '7445') } },
  },
  {
    name: 'an API server on each of the nodes',
    edits: all(
      { objects: { configmaps: withConfigMap('api.example.com', '6443') } },
      {
        objects: {
          'endpointslices.discovery.k8s.io': change('kubernetes', (slice) => {
            slice['endpoints' as 'spec'] = [2, 3, 4].map((last) => ({
              addresses: [`172.18.0.${last}`],
              conditions: { ready: true },
            })) as never;
          }),
        },
        probes: {
          '*/nat.dump': (text) =>
            text.replace(
              /^(10\.96\.0\.1 port 443 proto 6 id (\d+) count )1 local 0\n.*\n/m,
              (_, start: string, id: string) =>
                `${start}3 local 0\n\t${id}:0\t 172.18.0.2:6443\n\t${id}:1\t 172.18.0.3:6443\n\t${id}:2\t 172.18.0.4:6443\n`,
            ),
        },
      },
    ),
  },
];
