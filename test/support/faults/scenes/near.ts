/** What nearly is what the rules are for that scenes have brought. */
import { change } from '../../edited.ts';
import { add, all, each, printed } from '../../healthy/healthy.ts';
import type { NearMiss } from '../fault.ts';

const ofOthers = `[0:0] -A INPUT -p udp -m udp --dport 4789 -j DROP
[3:180] -A INPUT -p udp -m udp --dport 14789 -j DROP
[9:990] -A INPUT -p udp -m udp --dport 4789 -j ACCEPT
[7:700] -A cali-INPUT -p udp -m udp --dport 4789 -m set ! --match-set cali40all-vxlan-net src -j DROP
`;

const ofCalico = `table ip calico {
	chain filter-cali-INPUT {
		udp dport 4789 ip saddr != @cali40all-vxlan-net counter packets 7 bytes 700 drop
	}
}
`;

export const sceneNearMisses: readonly NearMiss[] = [
  {
    rule: 'conntrack/refused',
    name: 'clients end their connections with a reset, at a port that the container has',
    edits: {
      probes: {
        'node-b/conntrack.dump': (text) =>
          text.replaceAll(/^(TCP .* -> 10\.244\.218\.6[57]:\d+ .*) (?:CLOSED|ESTABLISHED)$/gm, '$1 RESET'),
      },
    },
  },
  {
    rule: 'conntrack/refused',
    name: 'some connections to a port that no container declares are reset, and others are not',
    edits: {
      objects: { pods: each(({ spec }) => (spec['containers'] = [{ ports: [{ containerPort: 9100 }] }])) },
      probes: {
        'node-b/conntrack.dump': (text) =>
          text.replaceAll(/^(TCP \S+[02468] -> 10\.244\.218\.65:8080 .*) CLOSED$/gm, '$1 RESET'),
      },
    },
  },
  {
    rule: 'overlay/firewall',
    name: 'rules for VXLAN are Calico’s own, have dropped nothing, or let it pass',
    edits: {
      probes: {
        'node-a/iptables.save': (text) => text.replace(/^:INPUT ACCEPT .*\n/m, `$&${ofOthers}`),
        'node-b/nft.ruleset': (text) => text + ofCalico,
      },
    },
  },
  {
    rule: 'overlay/outgoing',
    name: 'a pool without masquerading whose pods are answered from outside',
    edits: {
      objects: { 'ippools.crd.projectcalico.org': each(({ spec }) => (spec['natOutgoing'] = false)) },
    },
  },
  {
    rule: 'conntrack/refused',
    name: 'load balancers outside end their checks of a pod with a reset',
    edits: {
      probes: {
        'node-a/conntrack.dump': (text) =>
          text
            .split('\n')
            .filter((line) => !line.includes('10.244.174.129:8080'))
            .concat(
              ...[1, 2, 3, 4, 5].map(
                (at) =>
                  `TCP 198.51.100.7:4100${at} -> 172.18.0.2:30080 -> 10.244.174.129:8080  Active ago ${at}.5s RESET`,
              ),
            )
            .join('\n'),
      },
    },
  },
  {
    rule: 'policy/denied',
    name: 'a policy that denies everything comes after one that allows',
    edits: {
      objects: {
        'globalnetworkpolicies.crd.projectcalico.org': add({
          metadata: { name: 'default.last' },
          spec: {
            order: 5000,
            selector: "app == 'payments'",
            types: ['Ingress'],
            ingress: [{ action: 'Deny' }],
          },
        }),
      },
    },
  },
  {
    rule: 'ebpf-state/unserved',
    name: 'eBPF is off on all nodes, and kube-proxy has its rules there',
    edits: all(
      {
        objects: {
          'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
            spec['bpfEnabled'] = false;
          }),
        },
      },
      printed({
        'felix.log': (text) =>
          text
            .replaceAll(/^.*BPF enabled, starting BPF endpoint manager.*\n/gm, '')
            .replaceAll('BPFEnabled:true', 'BPFEnabled:false'),
        'ifstate.dump': () => '',
        'iptables.save': (text) => `${text}*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n`,
      }),
    ),
  },
];
