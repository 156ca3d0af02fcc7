/** Faults of other networks: clouds, tunnels, several cards, addresses. */
import { change, type Edits } from '../../edited.ts';
import { withoutLines, addLink, mapLines, withoutPrograms, editLink } from '../edits.ts';
import { add, all as allOf, each, links, printed } from '../../healthy/healthy.ts';
import type { Elsewhere } from './elsewhere.ts';

const all = 'node-a,node-b,node-c';
const address = 'projectcalico.org/IPv4Address';

/** Every node runs in a cloud. */
function inCloud(provider: string): Edits {
  return {
    objects: {
      nodes: each((node) => {
        node.spec['providerID'] = `${provider}:///x/i-0${node.metadata.name}`;
      }),
    },
  };
}

const podOn: Readonly<Record<string, string>> = {
  'node-a': '10.244.174.131',
  'node-b': '10.244.218.66',
  'node-c': '10.244.99.193',
};

/** No pod of some nodes answers one of another of them any more. */
function unanswered(...nodes: readonly string[]): Edits {
  const ofPods = /10\.244\.(?:174|218|99)\.\d+:/;
  return {
    probes: Object.fromEntries(
      nodes.map((node) => [
        `${node}/conntrack.dump`,
        (text: string) =>
          mapLines(ofPods, (line) => line.replace(/Active ago \S+/, 'Active ago 3m2s'))(text) +
          nodes
            .filter((other) => other !== node)
            .flatMap((other) =>
              [1, 2, 3].map(
                (at) => `TCP ${podOn[node]}:4000${at} -> ${podOn[other]}:8080  Active ago 9s SYN-SENT\n`,
              ),
            )
            .join(''),
      ]),
    ),
  };
}

/** Another name of the card, which the pattern misses. */
const missed = printed({
  'ip.link': editLink('eth0', { ifname: 'ens5' }),
  'ip.route': (text) => text.replaceAll('dev eth0', 'dev ens5'),
  sysctl: (text) => text.replaceAll('/eth0/', '/ens5/'),
  'ifstate.dump': mapLines(/name: eth0/, (line) =>
    line
      .replace(/flags: v4Ready,host,/, 'flags: host,notmanaged,')
      .replaceAll(/: \d+(?=,)/g, ': -1')
      .replace('name: eth0', 'name: ens5'),
  ),
  'bpftool.net': withoutPrograms('eth0'),
});

/** A second card on which Calico found the nodes’ addresses, and which the pattern misses. */
const onStorage: Edits = {
  objects: {
    nodes: each((node) => {
      const own = node.metadata.annotations[address] ?? '';
      node.metadata.annotations[address] = own.replace('172.18.0.', '10.9.0.');
    }),
  },
  probes: {
    '*/routes.dump': (text) =>
      text
        .replaceAll('nh 172.18.0.', 'nh 10.9.0.')
        .concat(
          [2, 3, 4]
            .map(
              (at) =>
                `  10.9.0.${at}/32: ${text.includes(`172.18.0.${at}/32: local`) ? 'local' : 'remote'} host\n`,
            )
            .join(''),
        ),
    '*/ip.link': addLink({ ifname: 'ens224', ifindex: 71 }),
    '*/ifstate.dump': (text) =>
      `${text}   71 : {flags: host,notmanaged, XDPPolicyV4: -1, IngressPolicyV4: -1, EgressPolicyV4: -1, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: -1, EgressFilter: -1, name: ens224}\n`,
    ...Object.fromEntries(
      ['a', 'b', 'c'].map((node, at) => [
        `node-${node}/ip.route`,
        (text: string) =>
          `${text}10.9.0.0/24 dev ens224 proto kernel scope link src 10.9.0.${at + 2} \nlocal 10.9.0.${at + 2} dev ens224 table local proto kernel scope host src 10.9.0.${at + 2} \n`,
      ]),
    ),
  },
};

export const networkFaults: readonly Elsewhere[] = [
  {
    name: 'the pattern misses the cards of an image that names them otherwise',
    recording: 'v3.30.7-healthy',
    in: 'the network of Amazon, with a second card',
    edits: allOf(missed, {
      objects: {
        'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['bpfDataIfacePattern'] = '^eth.*';
        }),
      },
      probes: {
        '*/felix.log': (text) =>
          text
            .replaceAll(
              /BPFDataIfacePattern:(?:\(\*regexp\.Regexp\)\(0x\w+\)|"[^"]*")/g,
              'BPFDataIfacePattern:(*regexp.Regexp)(0x1)',
            )
            .replaceAll('"BPFLogLevel":"Debug"', '"BPFLogLevel":"Debug", "BPFDataIfacePattern":"^eth.*"'),
      },
    }),
    found: [`error interface ens5 on ${all}`],
  },
  {
    name: 'a cloud drops what nodes send with the addresses of pods',
    recording: 'v3.32.1-healthy',
    in: 'no overlay, and routes by BGP',
    edits: allOf(inCloud('aws'), unanswered('node-a', 'node-b', 'node-c')),
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'a firewall takes what nodes encapsulate, whichever it is',
    recording: 'v3.30.7-healthy',
    edits: unanswered('node-a', 'node-b', 'node-c'),
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'a firewall takes what goes to one node, and what comes from it',
    recording: 'master-healthy',
    edits: allOf(unanswered('node-a', 'node-b'), unanswered('node-b', 'node-c')),
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'a cloud drops IP in IP',
    recording: 'v3.30.7-healthy',
    in: 'IP in IP',
    edits: inCloud('azure'),
    found: [`error node node-a on ${all}`],
  },
  {
    name: 'WireGuard of one node has published no key',
    recording: 'v3.32.1-healthy',
    in: 'WireGuard',
    edits: {
      objects: {
        nodes: change('node-b', ({ metadata }) => {
          delete metadata.annotations['projectcalico.org/WireguardPublicKey'];
        }),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'BGP is established with nobody',
    recording: 'v3.32.1-healthy',
    in: 'no overlay, and routes by BGP',
    edits: {
      probes: {
        'node-b/readiness': () =>
          'calico/node is not ready: BIRD is not ready: BGP not established with 172.18.0.2,172.18.0.4\n',
        'node-b/ip.route': (text) => text.replaceAll(/^.*proto bird.*\n/gm, ''),
      },
      objects: {
        pods: each((pod) => {
          if (pod.metadata.labels['k8s-app'] === 'calico-node' && pod.spec['nodeName'] === 'node-b')
            pod.status['conditions'] = [{ type: 'Ready', status: 'False' }];
        }),
      },
    },
    found: ['error node node-b on node-b', 'error node node-b on node-b'],
  },
  {
    name: 'a route leads to the pods of one node through another',
    recording: 'master-healthy',
    edits: {
      probes: {
        'node-a/routes.dump': mapLines(/^\s*10\.244\.218\.64\/26/, (line) =>
          line.replace(/nh \S+/, 'nh 172.18.0.4'),
        ),
      },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'Calico took the addresses of the cards for storage, which have no programs',
    recording: 'v3.32.1-healthy',
    edits: onStorage,
    found: [`error interface ens224 on ${all}`],
  },
  {
    name: 'a node has another address since it restarted, and Calico has the old one',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['addresses'] = [
            { type: 'InternalIP', address: '172.18.0.33' },
            { type: 'Hostname', address: 'node-b' },
          ];
        }),
      },
      probes: {
        'node-b/ip.route': (text) => text.replaceAll('172.18.0.3 ', '172.18.0.33 '),
        'node-b/routes.dump': (text) => `${text}  172.18.0.33/32: local host\n`,
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'an IP pool holds the addresses of nodes',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': add({
          metadata: { name: 'wide' },
          spec: { cidr: '172.16.0.0/12', vxlanMode: 'Always', natOutgoing: true, nodeSelector: 'all()' },
        }),
      },
      probes: { '*/routes.dump': (text) => `${text}  172.16.0.0/12: remote in-pool nat-out\n` },
    },
    found: ['warning key wide on '],
  },
  {
    name: 'the tunnel of one node has another port',
    recording: 'master-healthy',
    edits: {
      objects: {
        'felixconfigurations.crd.projectcalico.org': add({
          metadata: { name: 'node.node-b' },
          spec: { vxlanPort: 8472 },
        }),
      },
      probes: {
        'node-b/ip.link': links((known) =>
          known.map((link) =>
            link.ifname === 'vxlan.calico'
              ? {
                  ...link,
                  linkinfo: { info_kind: 'vxlan', info_data: { external: true, port: 8472, ttl: 0 } },
                }
              : link,
          ),
        ),
        'node-b/felix.log': (text) =>
          text
            .replaceAll('VXLANPort:4789', 'VXLANPort:8472')
            .replaceAll('"BPFLogLevel":"Debug"', '"BPFLogLevel":"Debug", "VXLANPort":"8472"'),
        'node-b/ss': (text) => text.replaceAll(':4789', ':8472'),
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a node of two families has no IPv6 address',
    recording: 'v3.32.1-dual-stack',
    edits: {
      objects: {
        nodes: change('node-b', ({ metadata, status }) => {
          delete metadata.annotations['projectcalico.org/IPv6Address'];
          (status['addresses'] as object[]).push({ type: 'InternalIP', address: 'fd00:18::3' }); // A list.
        }),
      },
      probes: { '*/routes.dump.v6': withoutLines(/nh fd00:18::3/) },
    },
    found: ['error node node-b on node-b'],
  },
];
