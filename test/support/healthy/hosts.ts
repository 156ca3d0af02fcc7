import { addLink, editLink, mapLines } from '../faults/edits.ts';
import { all, configured, link, links, managed, printed, unmanaged, type Healthy } from './healthy.ts';
import { change, type Edits } from '../edited.ts';

/** The card with the default route is called otherwise. */
function cardNamed(name: string): Edits {
  return { everywhere: (text) => text.replaceAll(/\beth0\b/g, name) };
}

function pattern(text: string): Edits {
  return configured({ bpfDataIfacePattern: text }, {});
}

const vlan = { linkinfo: { info_kind: 'vlan', info_data: { id: 100 } }, link: 'bond0' };

/** The rules that a kubelet makes by itself. */
const kubeletRules = `*mangle
:KUBE-IPTABLES-HINT - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
*filter
:KUBE-FIREWALL - [0:0]
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
COMMIT
*nat
:KUBE-MARK-DROP - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
COMMIT
`;

const clsact = (names: readonly string[]) =>
  names
    .map(
      (name) =>
        `qdisc clsact ffff: dev ${name} parent ffff:fff1 \n Sent 991 bytes 9 pkt (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n`,
    )
    .join('');

/** Programs attached by tc, as on a kernel before 6.6. */
const attachedByTc: Edits = all(
  printed({
    'bpftool.net': (text) =>
      text.replaceAll('"tcx/', '"clsact/').replaceAll('"cali_tc_preamble"', '"cali_tc_preambl:[775]"'),
    'tc.qdisc': (text) =>
      text.includes('clsact')
        ? text
        : text +
          clsact(
            [...text.matchAll(/dev (\S+) root/g)]
              .map(([, name = '']) => name)
              .filter((name) => name !== 'bpfin.cali'),
          ),
    bpffs: (text) => text.replaceAll(/.*\/sys\/fs\/bpf\/tcx.*\n/g, ''),
  }),
);

function kernel(version: string, osImage: string): Edits {
  const edit = change('node-a', (node) => {
    node.status['nodeInfo'] = { ...(node.status['nodeInfo'] as object), kernelVersion: version, osImage };
  });
  return {
    objects: { nodes: edit },
    probes: { 'node-a/uname': (text) => text.replace(/6\.18\S+/, version) },
  };
}

export const hosts: readonly Healthy[] = [
  { name: 'a card with a long name', edits: cardNamed('enp0s31f6') },
  {
    name: 'a bond',
    edits: all(
      unmanaged('eno1', 81, {
        flags: 'host,bondslave',
        more: { master: 'bond0', linkinfo: { info_slave_kind: 'bond' } },
      }),
      unmanaged('eno2', 82, {
        flags: 'host,bondslave',
        more: { master: 'bond0', linkinfo: { info_slave_kind: 'bond' } },
      }),
      printed({
        'ip.link': editLink('eth0', { linkinfo: { info_kind: 'bond' } }),
        'ifstate.dump': mapLines(/name: eth0/, (line) => line.replace('host,', 'host,bond,')),
      }),
      cardNamed('bond0'),
    ),
  },
  {
    name: 'a VLAN on a bond',
    edits: all(
      pattern(String.raw`^bond0\.100$`),
      unmanaged('bond0', 80, { more: { linkinfo: { info_kind: 'bond' } } }),
      unmanaged('eno1', 81, { flags: 'host,bondslave', more: { master: 'bond0' } }),
      printed({ 'ip.link': editLink('eth0', vlan) }),
      { everywhere: (text) => text.replaceAll(/\beth0\b/g, 'bond0.100') },
    ),
  },
  {
    name: 'a bridge with the card in it',
    edits: all(
      pattern('^br0$'),
      unmanaged('enp1s0', 81, { more: { master: 'br0', linkinfo: { info_slave_kind: 'bridge' } } }),
      printed({ 'ip.link': editLink('eth0', { linkinfo: { info_kind: 'bridge' } }) }),
      { everywhere: (text) => text.replaceAll(/\beth0\b/g, 'br0') },
    ),
  },
  {
    name: 'a second card for storage, which the pattern leaves out',
    edits: all(
      pattern('^eth0$'),
      unmanaged('eth1', 83, { more: { mtu: 9000 } }),
      printed({
        'ip.route': (text) => `${text}10.77.0.0/24 dev eth1 proto kernel scope link src 10.77.0.2 \n`,
      }),
    ),
  },
  {
    name: 'cards without a cable or an address',
    edits: all(
      managed('eth2', 84, { more: { mtu: 9000, flags: ['BROADCAST', 'MULTICAST'], operstate: 'DOWN' } }),
      managed('enp5s0f1', 85, {
        more: { flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'], operstate: 'DOWN' },
      }),
    ),
  },
  {
    name: 'functions of a shared card, given to pods',
    edits: printed({
      'ip.link': links((known) => [
        ...known,
        link('macvlan0', 86, { link: 'eth0', linkinfo: { info_kind: 'macvlan' } }),
        link('veth7a9f', 87, { linkinfo: { info_kind: 'veth' }, link_netnsid: 7 }),
        link('virbr0', 88, { linkinfo: { info_kind: 'bridge' }, operstate: 'DOWN' }),
        link('tailscale0', 89, { mtu: 1280, link_type: 'none', linkinfo: { info_kind: 'tun' } }),
        link('cilium_host', 90, { linkinfo: { info_kind: 'veth' } }),
      ]),
    }),
  },
  {
    name: 'jumbo frames',
    edits: printed({
      'ip.link': (text) => text.replaceAll('"mtu":1500', '"mtu":9001').replaceAll('"mtu":1450', '"mtu":8951'),
    }),
  },
  {
    name: 'the small frames of Google',
    edits: printed({
      'ip.link': (text) => text.replaceAll('"mtu":1500', '"mtu":1460').replaceAll('"mtu":1450', '"mtu":1410'),
    }),
  },
  { name: 'rules that kubelets make', edits: printed({ 'iptables.save': (text) => text + kubeletRules }) },
  {
    name: 'no iptables',
    edits: { probes: { '*/iptables.save': () => '', '*/nft.ruleset': () => undefined } },
  },
  {
    name: 'programs attached by tc',
    recordings: /v3\.32\.1-healthy|master-healthy/,
    edits: all(configured({ bpfAttachType: 'TC' }, { BPFAttachType: 'TC' }), attachedByTc),
  },
  {
    name: 'a kernel of Red Hat 8',
    edits: kernel('4.18.0-553.el8_10.x86_64', 'Red Hat Enterprise Linux 8.10 (Ootpa)'),
    recordings: /v3\.3[02]\.\d-healthy/,
  },
  { name: 'a kernel of Talos', edits: kernel('6.12.25-talos', 'Talos (v1.10.2)') },
  {
    name: 'a kernel of Flatcar',
    edits: kernel('6.6.88-flatcar', 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)'),
  },
  { name: 'a kernel of Amazon', edits: kernel('5.10.236-228.935.amzn2.x86_64', 'Amazon Linux 2') },
  {
    name: 'mounts that are called otherwise',
    edits: printed({
      mounts: (text) =>
        text
          .replaceAll(
            'bpf on /sys/fs/bpf type bpf (rw,relatime)',
            'none on /sys/fs/bpf type bpf (rw,nosuid,nodev,noexec,relatime,mode=700)',
          )
          .replaceAll('cgroup2 on /run/calico/cgroup', 'none on /run/calico/cgroup')
          .replace(
            'sysfs on /sys type sysfs (rw,relatime)',
            'sysfs on /sys type sysfs (ro,nosuid,nodev,noexec,relatime)',
          ),
    }),
  },
  {
    name: 'BPF programs of others',
    edits: printed({
      'bpftool.cgroup': (text) =>
        `${text}/run/calico/cgroup/system.slice/systemd-udevd.service\n    12       cgroup_inet_egress multi           sd_fw_egress                    \n`,
      'bpftool.net': (text) =>
        text.replace(
          '"tc":[',
          '"tc":[{"devname":"docker0","ifindex":95,"kind":"tcx/ingress","name":"datadog_ingress","prog_id":9001},',
        ),
    }),
  },
  {
    name: 'programs of a load-balancer box in XDP',
    edits: printed({
      'bpftool.net': (text) =>
        text.replace('"xdp":[]', '"xdp":[{"devname":"eth0","ifindex":2,"mode":"driver","id":77}]'),
    }),
  },
  {
    name: 'no connect-time load balancing, and its substitute',
    edits: all(
      configured(
        { bpfConnectTimeLoadBalancing: 'Disabled', bpfHostNetworkedNATWithoutCTLB: 'Enabled' },
        { BPFConnectTimeLoadBalancing: 'Disabled', BPFHostNetworkedNATWithoutCTLB: 'Enabled' },
      ),
      printed({ 'bpftool.cgroup': (text) => text.split('\n', 2).join('\n') }),
    ),
  },
  {
    name: 'no debugging of policies',
    edits: all(
      configured({ bpfPolicyDebugEnabled: false }, { BPFPolicyDebugEnabled: false }),
      printed({ 'policy.files': () => '' }),
    ),
  },
  {
    name: 'host endpoints for all interfaces',
    edits: {
      objects: {
        'hostendpoints.crd.projectcalico.org': () =>
          ['node-a', 'node-b', 'node-c'].map((node, at) => ({
            metadata: {
              name: `${node}-auto-hep`,
              labels: { 'projectcalico.org/created-by': 'calico-kube-controllers' },
            },
            spec: {
              node,
              interfaceName: '*',
              expectedIPs: [`172.18.0.${at + 2}`],
              profiles: ['projectcalico-default-allow'],
            },
          })),
      },
    },
  },
  {
    name: 'a host endpoint known by its address',
    edits: {
      objects: {
        'hostendpoints.crd.projectcalico.org': () => [
          { metadata: { name: 'a' }, spec: { node: 'node-a', expectedIPs: ['172.18.0.2'] } },
          { metadata: { name: 'b' }, spec: { node: 'node-b', interfaceName: 'eth0' } },
          { metadata: { name: 'gone' }, spec: { node: 'a-host-outside', interfaceName: 'ens5' } },
        ],
      },
    },
  },
  {
    name: 'cards and bridges that are none of Calico’s',
    edits: {
      probes: {
        '*/ip.link': (text) =>
          [
            { ifname: 'docker0', linkinfo: { info_kind: 'bridge' }, flags: ['UP'] },
            { ifname: 'dummy0', linkinfo: { info_kind: 'dummy' } },
            { ifname: 'ipmi0', mtu: 1500, flags: [] },
            { ifname: 'nodelocaldns', linkinfo: { info_kind: 'dummy' } },
          ].reduce((links, link) => addLink(link)(links), text),
      },
    },
  },
  {
    name: 'rules of others in iptables and nftables',
    edits: {
      probes: {
        '*/iptables.save': (text) =>
          `${text}*nat\n:DOCKER - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\nCOMMIT\n`,
        '*/nft.ruleset': (text) =>
          `${text}table inet firewalld {\n\tchain filter_INPUT {\n\t\ttype filter hook input priority 10; policy accept;\n\t}\n}\n`,
      },
    },
  },
  {
    name: 'Felix writes its rules with nftables',
    edits: configured({ nftablesMode: 'Enabled' }, { NFTablesMode: 'Enabled' }),
  },
  {
    name: 'all nodes answer clients directly',
    edits: configured({ bpfExternalServiceMode: 'DSR' }, { BPFExternalServiceMode: 'DSR' }),
  },
];
