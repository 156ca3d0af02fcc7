/** What is not Calico’s on a node and gets in its way: programs before its own, bridges of others that it took. */
import { findFirst, type Sought } from '../../text/sought.ts';
import { matchEvidence, valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft } from '../finding.ts';
import { hostCards } from './hostInterfaces.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';
import { defaultRoute, isCalicoProgram } from '../system.ts';

/** Programs that are attached by TCX before Calico’s: the kernel runs them in the order in which bpftool lists them. */
export function programsBefore(node: KnownNode): readonly Draft[] {
  const programs = (node.attached() ?? []).filter(({ kind }) => kind.startsWith('tcx/'));
  const hooks = Map.groupBy(programs, (each) => `${each.interface} ${each.kind}`);
  return [...hooks.values()].flatMap((each): readonly Draft[] => {
    const [first] = each;
    const own = each.find(isCalicoProgram);
    if (first === undefined || own === undefined || isCalicoProgram(first)) return [];
    return [
      {
        severity: 'warning',
        subject: interfaceSubject(first.interface, node.name),
        cause: `before ${first.name}`,
        title: `On ${first.kind} of ${first.interface} on {nodes} the program ${first.name} of somebody else runs before Calico’s: what it drops or redirects never comes to Calico’s policies and Services.`,
        evidence: [
          valueEvidence(node, 'bpftool.net', {
            value: each.map(({ name }) => name).join(', '),
            shows: `The programs on ${first.kind} of ${first.interface}, in their order.`,
          }),
        ],
        fix: advise(
          'Find out what has attached it (another CNI such as Cilium, a monitoring agent), and remove it, or let it come after Calico’s.',
          `bpftool net show dev ${first.interface}`,
        ),
      },
    ];
  });
}

/** The chains of others that drop or redirect packets of pods, by who makes them. */
const chains: readonly (Sought & { readonly who: string; readonly fix: string })[] = [
  {
    who: 'the policies of k3s and kube-router',
    words: ['-A KUBE-POD-FW', '-A KUBE-NWPLCY', '-A KUBE-ROUTER'],
    pattern: /^-A (?:KUBE-POD-FW|KUBE-NWPLCY|KUBE-ROUTER)-\S+.* -j (?:REJECT|DROP|KUBE-POD-FW\S*)/m,
    fix: 'Start k3s with --disable-network-policy, and remove the chains or reboot the node.',
  },
  {
    who: 'Cilium',
    words: ['-A CILIUM_'],
    pattern: /^-A CILIUM_\S+ .*-j (?:TPROXY|CT|DROP|MARK|SNAT|MASQUERADE|ACCEPT)/m,
    fix: 'Remove what Cilium has left (cilium cleanup on the node), or reboot the node.',
  },
  {
    who: 'Weave Net',
    words: ['-A WEAVE'],
    pattern: /^-A WEAVE(?:-NPC\S*)? .*-j (?:DROP|WEAVE\S*|MASQUERADE)/m,
    fix: 'Remove what Weave Net has left (weave reset on the node), or reboot the node.',
  },
];

/** Rules of other network plugins and policy engines, which see what Calico’s programs give to the kernel. */
export function otherPlugins(node: KnownNode): readonly Draft[] {
  return chains.flatMap(({ who, words, pattern, fix }): readonly Draft[] => {
    if (findFirst(node.text('iptables.save') ?? '', { words, pattern }) === null) return [];
    const evidence = matchEvidence(node, 'iptables.save', { pattern, shows: `A rule of ${who}.` });
    if (evidence === undefined) return [];
    return [
      {
        severity: 'warning',
        subject: nodeSubject(node.name),
        cause: who,
        title: `Rules of ${who} are in iptables of {nodes}: packets that Calico lets pass are judged or redirected by them once more.`,
        evidence: [evidence],
        fix: advise(fix),
      },
    ];
  });
}

/** Bridges that container runtimes and hypervisors make, and the ends of their pairs. */
const bridges =
  /^(?:docker\d+|br-[0-9a-f]{12}|cni\d+|cbr\d+|virbr\d+|podman\d+|lxcbr\d+|lxdbr\d+|nerdctl\d+|veth[0-9a-f]+)$/;

/** Bridges of others that the pattern of data interfaces takes in: their containers are strangers to Calico. */
export function bridgesTaken(node: KnownNode): readonly Draft[] {
  const uplink = defaultRoute(node.kernelRoutes())?.device;
  return hostCards(node).flatMap(({ name, flags }): readonly Draft[] => {
    if (name === uplink || !bridges.test(name)) return [];
    return [
      {
        severity: 'warning',
        subject: interfaceSubject(name, node.name),
        cause: name,
        title: `bpfDataIfacePattern matches ${name} of {nodes}, which belongs to another container runtime or hypervisor: what its containers send is dropped, as their addresses are not behind a card of the node.`,
        evidence: [
          valueEvidence(node, 'ifstate.dump', {
            value: `${flags.join(',')} name: ${name}`,
            shows: 'Calico has its programs there.',
          }),
        ],
        fix: configure(
          'Make the pattern match the cards of the nodes only.',
          patchFelix('bpfDataIfacePattern', `^${uplink ?? 'eth0'}$`),
        ),
      },
    ];
  });
}
