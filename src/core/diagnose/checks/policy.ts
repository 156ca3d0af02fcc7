import { parsePolicy, type Policy, type PolicyProgram } from '../../dump/policy.ts';
import type { PolicyRule } from '../../dump/policyRule.ts';
import type { IfState } from '../../dump/ifstate.ts';
import { field, type KubernetesObject } from '../../objects/object.ts';
import { policyProbe } from '../../probes.ts';
import { calicoPage, ebpfRule, troubleshooting, type Check } from '../check.ts';
import { policyDrops, type PolicyDrops } from '../rules/policyDrops.ts';
import { explainCutOff, type CutOff } from '../rules/policyCauses.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, listSome, type Draft, type Evidence } from '../finding.ts';
import { findForgottenDns, type ForgottenDns } from '../rules/forgottenDns.ts';
import { findIpSetGap, type IpSetGap } from '../rules/ipSetGaps.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject, podSubject } from '../subjects.ts';

const objects = ['pods'];
const uses = ['routes.dump', 'ipsets.dump'];
const wants = ['networkpolicies.networking.k8s.io', 'networkpolicies', 'globalnetworkpolicies'];

/** Whether policies cut somebody off who was not meant. */
export const policy: Check = {
  id: 'policy',
  title: 'No pod is cut off by a policy that matches nobody',
  documentation: {
    why: 'A policy that selects a pod denies whatever none of its rules allows. With a mistake in a selector or a port no rule matches, and every connection ends in a time-out; where DNS was forgotten, every name does.',
    how: 'Counters of packets dropped by policy, the rules and hit counts of `policy dump`, and the selectors of the policies beside the labels of the pods. Pods of which only some peers are denied are told for information.',
    links: [calicoPage('Network policy', 'network-policy/'), troubleshooting],
  },
  rules: [
    ebpfRule('denied', { probes: ['counters.dump', 'ifstate.dump'], objects, uses, wants }, denials),
    ebpfRule('no-program', { probes: ['ifstate.dump'], objects: ['pods'], uses }, withoutProgram),
  ],
  followUp: (node) =>
    policyDrops(node)
      .slice(0, mostPrograms)
      .map((each) => policyProbe(each.interface)),
};

/** So many interfaces of a node are asked for their policies. */
const mostPrograms = 30;

function denials(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return policyDrops(node).map((drops): Draft => {
    const cause = drops.direction === 'ingress' ? cutOffOf(drops, cluster) : undefined;
    if (cause !== undefined) return fromCause(node, drops, cause);
    const gap = gapOf(node, cluster, drops);
    if (gap !== undefined) return withoutMember(node, drops, gap);
    const program = programOf(node, drops);
    const dns = drops.direction === 'egress' ? dnsOf(drops, cluster) : undefined;
    if (dns !== undefined) return withoutDns({ node, cluster }, drops, dns);
    return program !== undefined && isDeaf(program)
      ? unmatched(node, drops, program)
      : intended(node, drops, program);
  });
}

function cutOffOf({ pod }: PolicyDrops, cluster: KnownCluster): CutOff | undefined {
  const [namespace = '', name = ''] = pod.split('/');
  const object = findObject(cluster, 'pods', name, namespace);
  return object && explainCutOff(cluster, object);
}

function gapOf(node: KnownNode, cluster: KnownCluster, drops: PolicyDrops): IpSetGap | undefined {
  const [namespace = '', name = ''] = drops.pod.split('/');
  const pod = findObject(cluster, 'pods', name, namespace);
  return pod && findIpSetGap(node, cluster, { drops, pod });
}

/** Somebody whom a policy allows is denied, since its program does not know his address. */
function withoutMember(
  node: KnownNode,
  drops: PolicyDrops,
  { policy, members, number, absent, evidence }: IpSetGap,
): Draft {
  const [from, to] =
    drops.direction === 'ingress' ? [absent, `pod ${drops.pod}`] : [`pod ${drops.pod}`, absent];
  return {
    severity: 'error',
    subject: podSubject(drops.pod, node.name),
    cause: `${drops.pod} ${number}`,
    title: `Packets from ${from} to ${to} are denied on {nodes} though ${policy} allows them: the IP set of ${members} (${number}) lacks the address. ${spellPackets(drops.packets)} ${drops.packets === 1n ? 'was' : 'were'} dropped.`,
    evidence: [drops.evidence, ...evidence],
    fix: advise(
      'Felix there is behind, or somebody changed the map, which Felix does not see: look at its log. Restarting calico-node writes the sets anew.',
    ),
  };
}

function dnsOf({ pod }: PolicyDrops, cluster: KnownCluster): ForgottenDns | undefined {
  const [namespace = '', name = ''] = pod.split('/');
  const object = findObject(cluster, 'pods', name, namespace);
  return object && findForgottenDns(cluster, object);
}

/** What pods with such policies send is lost before it is sent: they cannot ask for an address. */
function withoutDns(
  { node, cluster }: { readonly node: KnownNode; readonly cluster: KnownCluster },
  drops: PolicyDrops,
  { policies, service, slip }: ForgottenDns,
): Draft {
  const names = listSome(
    policies.map(({ kind, object: { metadata } }) => `${kind} ${metadata.name}`),
    'policies',
  );
  const { namespace = '', name } = service.metadata;
  const because = slip === undefined ? '' : ` (${slip})`;
  return {
    // It may be meant, unless a rule shows that it is not.
    severity: slip === undefined ? 'warning' : 'error',
    subject: podSubject(drops.pod, node.name),
    cause: `${drops.pod} dns`,
    title: `Pod ${drops.pod} may not ask the cluster’s DNS: ${names} ${policies.length === 1 ? 'allows' : 'allow'} it to send, but not to ${namespace}/${name} by UDP port 53${because}. ${spellPackets(drops.packets)} from it ${drops.packets === 1n ? 'was' : 'were'} dropped.`,
    evidence: [
      drops.evidence,
      ...policies.slice(0, 3).map(({ kind, resource, object }) =>
        objectEvidence(cluster, {
          resource,
          object,
          shows: `${kind} ${object.metadata.name} and where it lets pods send.`,
          value: JSON.stringify(field(object, 'spec', 'egress') ?? []),
        }),
      ),
      ...programEvidence(node, drops),
    ],
    fix: advise(
      'Add an egress rule for DNS to one of the policies: to the pods of the DNS, UDP and TCP port 53.',
      dnsRule(service),
    ),
  };
}

/** The rule, as YAML to put below `egress`. */
function dnsRule({ metadata, ...service }: KubernetesObject): string {
  const labels = JSON.stringify(field(service, 'spec', 'selector') ?? {});
  return [
    '- to:',
    `    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${metadata.namespace ?? ''} } }`,
    `      podSelector: { matchLabels: ${labels} }`,
    '  ports:',
    '    - { port: 53, protocol: UDP }',
    '    - { port: 53, protocol: TCP }',
  ].join('\n');
}

function fromCause(
  node: KnownNode,
  drops: PolicyDrops,
  { policy, severity, sentence, fix, evidence }: CutOff,
): Draft {
  return {
    severity,
    subject: podSubject(drops.pod, node.name),
    cause: `${drops.pod} ${policy}`,
    title: `Pod ${drops.pod} is cut off: ${sentence} ${spellPackets(drops.packets)} to it ${drops.packets === 1n ? 'was' : 'were'} dropped.`,
    evidence: [drops.evidence, ...evidence, ...programEvidence(node, drops)],
    fix,
  };
}

function spellPackets(packets: bigint): string {
  return packets === 1n ? '1 packet' : `${packets.toLocaleString('en')} packets`;
}

/** The policy program of a direction: what the pod receives is tc egress on the host’s side. */
function programOf(node: KnownNode, { interface: name, direction }: PolicyDrops): PolicyProgram | undefined {
  const text = node.text(policyProbe(name));
  const hook = direction === 'ingress' ? 'tc egress' : 'tc ingress';
  return text === undefined ? undefined : parsePolicy(text).entries.find((each) => each.hook === hook);
}

function policiesOf({ tiers }: PolicyProgram): readonly Policy[] {
  return tiers.flatMap(({ policies }) => policies);
}

/** Whether there are rules, all of them allow, and none has ever matched. */
function isDeaf(program: PolicyProgram): boolean {
  const rules = policiesOf(program).flatMap((each) => each.rules);
  const counts = rules.map(({ hits }) => hits);
  return (
    rules.length > 0 && counts.every((hits) => hits === 0n) && rules.every(({ action }) => action === 'allow')
  );
}

function unmatched(node: KnownNode, drops: PolicyDrops, program: PolicyProgram): Draft {
  const names = policiesOf(program).map(({ name }) => plainName(name));
  return {
    severity: 'warning',
    subject: podSubject(drops.pod, node.name),
    cause: `${drops.pod} ${drops.direction}`,
    title: `${drops.direction === 'ingress' ? 'Everything to' : 'Everything from'} pod ${drops.pod} is denied: no rule of ${listSome(names, 'policies')} has matched a packet yet, and ${spellPackets(drops.packets)} ${drops.packets === 1n ? 'was' : 'were'} dropped.`,
    evidence: [drops.evidence, ...programEvidence(node, drops)],
    fix: advise(
      'Compare the selectors, namespaces and ports of the rules with who should be let in. A named port must be one of the container’s.',
    ),
  };
}

/** Some are let through and others not: what a policy is for. */
function intended(node: KnownNode, drops: PolicyDrops, program: PolicyProgram | undefined): Draft {
  const names = program === undefined ? [] : denyingPolicies(program);
  const by = names.length === 0 ? 'policy' : listSome(names, 'policies');
  return {
    severity: 'information',
    subject: podSubject(drops.pod, node.name),
    cause: `${drops.pod} ${drops.direction} allowed`,
    title: `${spellPackets(drops.packets)} ${drops.direction === 'ingress' ? 'to' : 'from'} pod ${drops.pod} ${drops.packets === 1n ? 'was' : 'were'} denied by ${by}, which lets others through.`,
    evidence: [drops.evidence, ...programEvidence(node, drops)],
    fix: advise('Nothing, if this is as meant. Who was denied, a trace with a filter for the pod shows.'),
  };
}

/** The policies whose deny rules have matched, or all of a tier that denies at its end. */
function denyingPolicies({ tiers }: PolicyProgram): readonly string[] {
  const denies = ({ action, hits }: PolicyRule) => action === 'deny' && (hits ?? 0n) > 0n;
  const all = tiers.flatMap(({ policies }) => policies);
  const explicit = all.filter(({ rules }) => rules.some(denies));
  const found =
    explicit.length > 0
      ? explicit
      : tiers.flatMap((tier) => (tier.endAction === 'pass' ? [] : tier.policies));
  return [...new Set(found.map(({ name }) => plainName(name)))];
}

/** `KubernetesNetworkPolicy shop/cart 0` → `KubernetesNetworkPolicy shop/cart` */
function plainName(name: string): string {
  return name.replace(/ \d+$/, '');
}

function programEvidence(node: KnownNode, drops: PolicyDrops): readonly Evidence[] {
  const program = programOf(node, drops);
  const probe = policyProbe(drops.interface);
  return (program === undefined ? [] : policiesOf(program)).slice(0, 3).flatMap(({ name, rules, span }) => {
    const hits = rules.map((rule) => `${rule.action ?? ''} ${rule.hits ?? '?'}`).join(', ');
    return lineEvidence(node, probe, { span, shows: `Hit counts of ${plainName(name)}: ${hits}.` });
  });
}

const families = [
  { flags: ['ready', 'v4Ready'], programs: /^(?:In|E)gressPolicy(?:V4)?$/ },
  { flags: ['v6Ready'], programs: /^(?:In|E)gressPolicyV6$/ },
];

/** Whether an interface counts as ready for a family without a program of it. */
function isBare({ flags, programs }: IfState): boolean {
  return families.some((family) => {
    const own = Object.entries(programs).filter(([program]) => family.programs.test(program));
    const isReady = family.flags.some((flag) => flags.includes(flag));
    return isReady && own.length > 0 && own.every(([, index]) => index < 0);
  });
}

/** Running pods whose interface is ready and has no policy program: nothing is enforced, or everything dropped. */
function withoutProgram(node: KnownNode): readonly Draft[] {
  const dump = node.ifstate();
  return (dump?.entries ?? []).flatMap((state, row): readonly Draft[] => {
    const { name, flags } = state;
    const span = dump?.spans[row];
    if (!flags.includes('workload') || !isBare(state) || span === undefined) return [];
    const pod = node
      .names()
      .interfaceName(name)
      .find(({ kind }) => kind === 'pod');
    return [
      {
        severity: 'warning',
        subject: pod === undefined ? interfaceSubject(name, node.name) : podSubject(pod.label, node.name),
        cause: name,
        title: `${pod?.label ?? name} on {nodes} has no policy program though its interface ${name} counts as ready: its policies are not enforced.`,
        evidence: [lineEvidence(node, 'ifstate.dump', { span, shows: 'No index of a policy program.' })],
        fix: advise('Look at Felix’s log for this interface; recreating the pod programs it anew.'),
      },
    ];
  });
}
