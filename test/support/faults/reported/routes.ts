/** Ways of the host itself that are gone, or that its kernel does not take for ways. */
import { change } from '../../edited.ts';
import { mapLines } from '../edits.ts';
import { all as allOf } from '../../healthy/healthy.ts';
import type { Reported } from './reported.ts';

/** The filter of a device is set on node-b. */
function strict(device: string): (text: string) => string {
  const line = `/proc/sys/net/ipv4/conf/${device}/rp_filter`;
  return (text) =>
    `${text
      .split('\n')
      .filter((each) => !each.startsWith(line))
      .join('\n')}\n${line} 1\n`;
}

export const routeFaults: readonly Reported[] = [
  {
    name: 'a node has lost its default route',
    from: 'projectcalico/calico#3108',
    recording: 'v3.32.1-healthy',
    edits: { probes: { 'node-b/ip.route': (text) => text.replaceAll(/^default .*\n/gm, '') } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a node of two families has lost its default route of IPv6',
    from: 'projectcalico/calico#10834',
    recording: 'v3.32.1-dual-stack',
    edits: {
      probes: {
        'node-c/ip.route': (text) => text.replaceAll(/^default via fd00.*\n/gm, ''),
        'node-c/ip.route.v6': (text) => text.replaceAll(/^default via fd00.*\n/gm, ''),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'the reverse-path filter of the VXLAN device is strict',
    from: 'projectcalico/calico#4630',
    recording: 'v3.30.7-healthy',
    edits: { probes: { 'node-b/sysctl': strict('vxlan.calico') } },
    found: ['warning interface vxlan.calico on node-b'],
  },
  {
    name: 'the reverse-path filter of IP in IP is strict',
    from: 'projectcalico/calico#4630',
    recording: 'v3.32.1-healthy',
    in: 'IP in IP',
    edits: { probes: { 'node-b/sysctl': strict('tunl0') } },
    found: ['warning interface tunl0 on node-b'],
  },
  {
    name: 'the reverse-path filter of WireGuard is strict',
    from: 'projectcalico/calico#4411',
    recording: 'master-healthy',
    in: 'WireGuard',
    edits: { probes: { 'node-c/sysctl': strict('wireguard.cali') } },
    found: ['warning interface wireguard.cali on node-c'],
  },
  {
    name: 'the reverse-path filter drops what the host sends to services',
    from: 'projectcalico/calico#8867',
    recording: 'v3.32.1-healthy',
    edits: {
      probes: { 'node-a/sysctl': (text) => strict('bpfin.cali')(strict('bpfout.cali')(text)) },
    },
    found: ['warning interface bpfin.cali on node-a'],
  },
  {
    name: 'hosts have a way to the IPv4 address of the cluster’s DNS, and none to that of IPv6',
    from: 'projectcalico/calico#8867',
    recording: 'v3.32.1-dual-stack',
    edits: allOf({
      objects: {
        services: change('kube-dns', (dns) => {
          dns.spec = { ...dns.spec, clusterIPs: ['10.96.0.10', 'fd00:96::a'], ipFamilies: ['IPv4', 'IPv6'] };
        }),
        'endpointslices.discovery.k8s.io': (slices) => [
          ...slices,
          {
            metadata: {
              name: 'kube-dns-v6',
              namespace: 'kube-system',
              labels: { 'kubernetes.io/service-name': 'kube-dns' },
            },
            addressType: 'IPv6',
            ports: [
              { name: 'dns', port: 53, protocol: 'UDP' },
              { name: 'dns-tcp', port: 53, protocol: 'TCP' },
            ],
            endpoints: [{ addresses: ['fd00:244:0:da40:995e:89a6:1d37:a7c0'], conditions: { ready: true } }],
          },
        ],
      },
      probes: {
        '*/nat.dump.v6': (text) =>
          `${text}${[17, 6]
            .map(
              (protocol) =>
                `fd00:96::a port 53 proto ${protocol} id ${70 + protocol} count 1 local 0\n\t${70 + protocol}:0\t [fd00:244:0:da40:995e:89a6:1d37:a7c0]:53\n`,
            )
            .join('')}`,
        'node-a/ip.route': (text) =>
          `${text}fd00:96::a via 2001:db8::1 dev bpfin.cali metric 1024 pref medium\n`,
        'node-b/ip.route': mapLines(/^nothing/, (line) => line),
        'node-c/ip.route': (text) =>
          `${text}fd00:96::/112 via 2001:db8::1 dev bpfin.cali metric 1024 pref medium\n`,
      },
    }),
    found: ['warning node node-b on node-b'],
  },
];
