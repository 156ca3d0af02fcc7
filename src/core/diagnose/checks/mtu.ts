import { textField } from '../../objects/object.ts';
import { calicoPage, clusterRule, ebpfRule, troubleshooting, type Check } from '../check.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft, type Fix } from '../finding.ts';
import { dropsOf, spellCount } from '../rules/drops.ts';
import { hostCards } from '../rules/hostInterfaces.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { overheadOf, usesVxlan } from '../rules/pools.ts';
import { settingOn } from '../settings.ts';
import { defaultRoute } from '../system.ts';
import { interfaceSubject, keySubject, nodeSubject } from '../subjects.ts';

/** Whether packets fit through every part of the way. */
export const mtu: Check = {
  id: 'mtu',
  title: 'Packets fit through tunnels and network cards',
  documentation: {
    why: 'Where a pod may send more than the way takes, small requests work and large ones stall. Offload faults of some virtual cards look the same.',
    how: 'The MTU of pods, tunnels and cards with what encapsulation adds; counters of fragments; the kind of card and the VXLAN port.',
    links: [calicoPage('Configure MTU', 'networking/configuring/mtu'), troubleshooting],
  },
  rules: [
    ebpfRule('pods', { probes: ['ip.link', 'ip.route', 'ifstate.dump'], objects: ['ippools'] }, podsTooLarge),
    clusterRule('between', { objects: ['ippools'], isAside: true }, betweenNodes),
    ebpfRule('networks', { probes: ['ip.link', 'ip.route', 'ifstate.dump'] }, differentNetworks),
    ebpfRule('fragments', { probes: ['counters.dump'] }, fragments),
    ebpfRule('vmxnet3', { objects: ['nodes', 'ippools'], uses: ['felix.log', 'drivers'] }, offloadFault),
  ],
};

/** Pods that may send more than the card takes once it is encapsulated. */
function podsTooLarge(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const name = defaultRoute(node.kernelRoutes())?.device;
  const uplink = node.links().find((link) => link.name === name);
  const overhead = overheadOf(cluster);
  if (uplink === undefined) return [];
  const workloads = new Set(
    node.ifstate()?.entries.flatMap(({ name: each, flags }) => (flags.includes('workload') ? each : [])),
  );
  const most = uplink.mtu - overhead.bytes;
  const tooLarge = node.links().filter((link) => workloads.has(link.name) && link.mtu > most);
  const [first] = tooLarge;
  if (first === undefined) return [];
  const setting = settingOn(node, cluster, overhead.key);
  return [
    {
      severity: 'error',
      subject: tooLarge.length === 1 ? interfaceSubject(first.name, node.name) : nodeSubject(node.name),
      cause: `${first.mtu} ${uplink.mtu} ${overhead.bytes}`,
      title: `${tooLarge.length === 1 ? `A pod interface (${first.name})` : `${tooLarge.length} pod interfaces`} on {nodes} may send ${first.mtu} bytes, but ${uplink.name} takes ${uplink.mtu}${overhead.bytes === 0 ? '' : ` and ${overhead.what} adds ${overhead.bytes}`}: large packets to other nodes are lost.`,
      evidence: [
        valueEvidence(node, 'ip.link', {
          value: `${first.name} mtu ${first.mtu}`,
          shows: 'What the pod may send.',
        }),
        valueEvidence(node, 'ip.link', {
          value: `${uplink.name} mtu ${uplink.mtu}`,
          shows: 'What the card takes.',
        }),
      ],
      fix:
        overhead.bytes === 0
          ? setMtuOfPods(most)
          : configure(
              `Set the MTU to ${most}${setting.source === 'default' ? '' : ` (${overhead.key} is ${setting.value ?? ''} by ${setting.source})`}; pods take it up when they are recreated.`,
              patchFelix(overhead.key, most),
            ),
    },
  ];
}

/** Without encapsulation the CNI plugin alone has the MTU of pods. */
function setMtuOfPods(most: number): Fix {
  return advise(
    `Set the MTU of pods to ${most}; they take it up when they are recreated. Without the operator it is veth_mtu of the ConfigMap calico-config.`,
    `kubectl patch installation default --type merge -p '{"spec":{"calicoNetwork":{"mtu":${most}}}}'`,
  );
}

/** Pods of one node that may send more than another node takes. */
function betweenNodes(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const { bytes, what } = overheadOf(cluster);
  const known = nodes.filter(({ uplinkMtu, ebpf }) => uplinkMtu !== undefined && ebpf.state === 'on');
  const narrowest = known.toSorted((a, b) => (a.uplinkMtu ?? 0) - (b.uplinkMtu ?? 0))[0];
  const widest = known.toSorted((a, b) => (b.workloadMtu ?? 0) - (a.workloadMtu ?? 0))[0];
  if (narrowest?.uplinkMtu === undefined || widest?.workloadMtu === undefined) return [];
  const most = narrowest.uplinkMtu - bytes;
  // What is too large for its own card has a finding of its own.
  if ((narrowest.workloadMtu ?? 0) > most) return [];
  if (widest.workloadMtu <= most || widest.workloadMtu > (widest.uplinkMtu ?? 0) - bytes) return [];
  const place = (node: string) => ({ kind: 'probe', node, probe: 'ip.link', line: undefined }) as const;
  return [
    {
      severity: 'warning',
      subject: nodeSubject(narrowest.name),
      cause: `${most}`,
      title: `Pods on ${widest.name} may send ${widest.workloadMtu} bytes, but the card of ${narrowest.name} takes ${narrowest.uplinkMtu}${bytes === 0 ? '' : ` and ${what} adds ${bytes}`}: large packets between them may be lost.`,
      evidence: [
        {
          shows: 'What pods may send.',
          value: `mtu ${widest.workloadMtu}`,
          at: place(widest.name),
          time: cluster.time,
        },
        {
          shows: 'What the card takes.',
          value: `mtu ${narrowest.uplinkMtu}`,
          at: place(narrowest.name),
          time: cluster.time,
        },
      ],
      fix: advise(`Give all cards one MTU, or all pods ${most}.`),
    },
  ];
}

/** A network with addresses of its own: every link has its local ones. */
const connected = /^(?!fe80:)[\da-f.:]+\/\d+$/;

/**
 * Cards on several networks whose MTUs differ: what is too large for one is answered from another’s address, and the
 * answer does not reach the sender.
 */
function differentNetworks(node: KnownNode): readonly Draft[] {
  const hosts = new Set(hostCards(node).map(({ name }) => name));
  const cards = node.kernelRoutes().flatMap(({ destination, device, gateway, table, type }) => {
    const link = node.links().find(({ name }) => name === device);
    const isOwn = type === 'unicast' && table === 'main' && gateway === undefined;
    return isOwn && link?.hasEthernet === true && hosts.has(link.name) && connected.test(destination)
      ? { name: link.name, mtu: link.mtu, network: destination }
      : [];
  });
  const [first] = cards;
  const others = cards.filter(({ name, mtu: own }) => name !== first?.name && own !== first?.mtu);
  if (first === undefined || others.length === 0) return [];
  const shown = [first, ...others];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: shown.map(({ name, mtu: own, network }) => `${name} ${own} ${network}`).join(' '),
      title: `The cards of {nodes} are on different networks and take packets of different size (${shown.map(({ name, mtu: own, network }) => `${name} ${own} bytes on ${network}`).join(', ')}): what is too large for one may be told from the other’s address, and the sender never hears of it.`,
      evidence: shown.map(({ name, mtu: own, network }) =>
        valueEvidence(node, 'ip.link', { value: `${name} mtu ${own}`, shows: `The card on ${network}.` }),
      ),
      fix: configure(
        'Give the cards one MTU, or the pods the smallest; or leave the second card to others.',
        patchFelix('bpfDataIfacePattern', `^${first.name}$`),
      ),
    },
  ];
}

const lostFragments = ['fragments not supported', 'fragment out of order within host'];

function fragments(node: KnownNode): readonly Draft[] {
  return dropsOf(node)
    .filter(({ reason, packets }) => lostFragments.includes(reason) && packets >= 5n)
    .map(({ reason, packets, interface: name, evidence }) => ({
      severity: 'warning',
      subject: interfaceSubject(name, node.name),
      cause: `${name} ${reason}`,
      title: `${spellCount(packets)} on ${name} of {nodes} ${packets === 1n ? 'was a fragment' : 'were fragments'} that Calico drops (${reason}): somebody sends datagrams larger than the way takes.`,
      evidence: [evidence],
      fix: advise(
        'Lower the MTU of the sender, or its datagrams; from v3.31 fragments of one host that come in order are put together.',
      ),
    }));
}

/** VMware’s vmxnet3 computes wrong checksums for VXLAN on port 4789. */
function offloadFault(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const drivers = node.text('drivers');
  const isVmware = textField(object, 'spec', 'providerID')?.startsWith('vsphere://') === true;
  const hasCard = drivers === undefined ? isVmware : drivers.includes('vmxnet3');
  const port = settingOn(node, cluster, 'vxlanPort').value ?? '4789';
  const override = settingOn(node, cluster, 'featureDetectOverride').value ?? '';
  if (!hasCard || port !== '4789' || !usesVxlan(cluster) || object === undefined) return [];
  if (/ChecksumOffloadBroken=true/i.test(override)) return [];
  return [
    {
      severity: 'warning',
      subject: keySubject('vxlanPort'),
      cause: 'vmxnet3',
      title:
        '{nodes} use VMware’s vmxnet3 with VXLAN on port 4789: some of its versions corrupt encapsulated TCP, so that ping works and connections stall.',
      evidence: [
        drivers === undefined
          ? objectEvidence(cluster, {
              resource: 'nodes',
              object,
              shows: 'The node runs on vSphere.',
              value: `providerID: ${textField(object, 'spec', 'providerID') ?? ''}`,
            })
          : valueEvidence(node, 'drivers', { value: 'vmxnet3', shows: 'The driver of a card.' }),
      ],
      fix: configure(
        'Use another port for VXLAN, or let Felix switch the offload off.',
        patchFelix('vxlanPort', 8472),
        patchFelix('featureDetectOverride', 'ChecksumOffloadBroken=true'),
      ),
    },
  ];
}
