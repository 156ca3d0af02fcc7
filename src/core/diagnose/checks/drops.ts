import { ebpfRule, calicoPage, troubleshooting, type Check } from '../check.ts';
import { dropsOf, spellCount, spellShare, type Drops } from '../rules/drops.ts';
import { advise, listSome, type Draft, type Severity } from '../finding.ts';
import { deniedByHost } from '../rules/hostDenials.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';

/** Whether Calico’s programs drop packets, why, and which check tells more. */
export const drops: Check = {
  id: 'drops',
  title: 'Calico’s programs drop next to nothing',
  documentation: {
    why: 'Every packet that the programs drop is counted under a reason. A few are part of any network; many of one reason point at a cause.',
    how: 'The rows of the category “Dropped” of `counters dump`, by interface. Drops by policy of pods and fragments have checks of their own. Counters count since they were last flushed.',
    links: [
      calicoPage('Counters', 'operations/ebpf/troubleshoot-ebpf#ebpf-program-debug-logs'),
      troubleshooting,
    ],
  },
  rules: [ebpfRule('reasons', { probes: ['counters.dump'], wants: ['hostendpoints'] }, reasons)],
};

interface Reason {
  readonly severity: Severity;
  /** So many are more than chance. */
  readonly least: bigint;
  readonly means: string;
  readonly look: string;
}

const often = { severity: 'warning', least: 20n } as const;
const grave = { severity: 'error', least: 5n } as const;

/** The captions of felix/bpf/counters/counters.go, v3.24 to v3.33. */
const known: Readonly<Record<string, Reason>> = {
  'packets with unknown source': {
    ...often,
    means: 'their source is not behind this interface (spoofed, or the reverse-path check)',
    look: 'See the checks “interfaces” and “host”: a card that is part of a bond, two cards on different networks, rp_filter, bpfEnforceRPF.',
  },
  'packets with unknown route': {
    ...often,
    means: 'no route leads to their destination',
    look: 'See the check “overlay”: routes that are missing or lead to nodes that are gone.',
  },
  'failed encapsulation': {
    ...often,
    means: 'they could not be put into a tunnel',
    look: 'See the checks “overlay” and “mtu”.',
  },
  'failed decapsulation': {
    ...often,
    means: 'they could not be taken out of a tunnel',
    look: 'See the check “overlay”; something else may send VXLAN to this port.',
  },
  'VXLAN encap when host IP unknown': {
    ...grave,
    means: 'the node does not know its own address for VXLAN',
    look: 'See the check “overlay”: the annotation projectcalico.org/IPv4Address of the node.',
  },
  'failed to create conntrack': {
    ...grave,
    means: 'the conntrack map takes no more connections',
    look: 'See the checks “conntrack” and “map-fullness”.',
  },
  'NAT source collision resolution failed': {
    ...often,
    means: 'no free source port was found for them',
    look: 'Widen bpfPSNATPorts: too many clients share the node’s address.',
  },
  'Maglev lookup found no backends for service IP': {
    ...often,
    means: 'their service has no backends',
    look: 'See the check “nat-integrity”.',
  },
  'packets hitting blackhole route': {
    ...often,
    severity: 'information',
    means: 'their address is in a block or service range and nobody has it',
    look: 'Clients still send to pods or services that are gone; see the check “conntrack”.',
  },
  'incorrect checksum': {
    ...often,
    means: 'their checksum is wrong',
    look: 'See the check “mtu”: checksum offload of the card.',
  },
  'by policy': {
    ...often,
    severity: 'information',
    means: 'a policy of a host endpoint denies them',
    look: 'The policy dump of the interface shows which rule; see the check “policy”.',
  },
  'QoS control limit': {
    ...often,
    severity: 'information',
    means: 'the pod sends more than its annotations allow',
    look: 'Raise the limit in the pod’s annotations, if it is not as meant.',
  },
  'malformed IP packets': {
    ...often,
    means: 'they are no IP packets',
    look: 'A faulty sender or card; a trace of the interface shows them.',
  },
  'too short packets': {
    ...often,
    means: 'they end before their headers do',
    look: 'A faulty sender or card; a trace of the interface shows them.',
  },
  'packets with unsupported IP options': {
    ...often,
    severity: 'information',
    means: 'they carry IP options, which the programs do not handle',
    look: 'The sender must leave them out.',
  },
};

/** Reasons that other checks tell, or that are no loss. */
const elsewhere: ReadonlySet<string> = new Set([
  'fragments not supported',
  'fragment out of order within host',
  'fragment of yet incomplete packet',
]);

function reasons(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const workloads = new Set(
    node.ifstate()?.entries.flatMap(({ name, flags }) => (flags.includes('workload') ? name : [])),
  );
  const worthTelling = dropsOf(node).filter(
    ({ interface: name, reason, packets }) =>
      !elsewhere.has(reason) &&
      !(reason === 'by policy' && workloads.has(name)) &&
      packets >= meaningOf(reason).least,
  );
  return [...Map.groupBy(worthTelling, ({ reason }) => reason)].flatMap(([reason, all]) => {
    if (reason === 'by policy') return all.map((each) => deniedByHost(node, cluster, each));
    return all.length > mostInterfaces
      ? [onMany(node, all, meaningOf(reason))]
      : all.map((each) => toDraft(node, each, meaningOf(reason)));
  });
}

function meaningOf(reason: string): Reason {
  return (
    known[reason] ?? {
      ...often,
      means: 'a reason that is not known here',
      look: 'A trace of the interface shows why.',
    }
  );
}

/** What is dropped on more interfaces than this has its cause in the node. */
const mostInterfaces = 3;

function onMany(node: KnownNode, all: readonly Drops[], { severity, means, look }: Reason): Draft {
  const most = all.toSorted((a, b) => Number(b.packets - a.packets));
  const reason = all[0]?.reason ?? '';
  const names = most.map((each) => each.interface);
  return {
    severity,
    subject: nodeSubject(node.name),
    cause: `many ${reason}`,
    title: `Packets on many interfaces of {nodes} were dropped as “${reason}” (${listSome(names, 'interfaces')}): ${means}.`,
    evidence: most.slice(0, 3).map(({ evidence }) => evidence),
    fix: advise(look),
  };
}

function toDraft(
  node: KnownNode,
  { interface: name, reason, packets, total, evidence }: Drops,
  meaning: Reason,
): Draft {
  const of = spellShare({ packets, total });
  return {
    severity: meaning.severity,
    subject: interfaceSubject(name, node.name),
    cause: `${name} ${reason}`,
    title: `${spellCount(packets)}${of} on ${name} of {nodes} ${packets === 1n ? 'was' : 'were'} dropped as “${reason}”: ${meaning.means}.`,
    evidence: [evidence],
    fix: advise(meaning.look),
  };
}
