import { textField } from '../../objects/object.ts';
import { findFirst, type Sought } from '../../text/sought.ts';
import {
  calicoPage,
  clusterRule,
  ebpfRule,
  enabling,
  nodeRule,
  troubleshooting,
  type Check,
} from '../check.ts';
import { compareVersions } from '../../felix/versions.ts';
import { lineEvidence, matchEvidence, valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { isCalicoProgram } from '../system.ts';
import { isTooOld, minimumKernel } from '../rules/kernel.ts';
import { fromObjects, isOn, settingOn } from '../settings.ts';
import { connectTimePrograms } from '../rules/connectTime.ts';
import { kubeProxyOn } from '../rules/kubeProxyPods.ts';
import { loadFailures } from '../rules/loadFailures.ts';
import { interfaceSubject, nodeSubject, podSubject } from '../subjects.ts';
import { unserved } from '../rules/unserved.ts';
import { contradictions } from '../rules/witnesses.ts';

/** Whether eBPF runs where it is asked for, and nowhere else. */
export const ebpfState: Check = {
  id: 'ebpf-state',
  title: 'eBPF runs on every node that is asked to run it',
  documentation: {
    why: 'A node that falls back to iptables serves no Services once kube-proxy is gone, and cannot exchange pod traffic over VXLAN with nodes that run eBPF. Felix may report ready all the same.',
    how: 'What the configuration asks for is compared with Felix’s log of its current start, its BPF maps, the programs on the interfaces, the kernel and the mounts.',
    links: [enabling, troubleshooting, calicoPage('Requirements', 'getting-started/kubernetes/requirements')],
  },
  rules: [
    nodeRule('fell-back', { probes: ['felix.log'] }, fellBack),
    nodeRule('old-kernel', { objects: ['nodes'] }, oldKernel),
    nodeRule('no-btf', { objects: ['nodes'], uses: ['sysctl.bpf'] }, withoutBtf),
    nodeRule('not-on', { probes: ['felix.log'], uses: ['ifstate.dump'] }, notAsAsked),
    clusterRule('mixed', { objects: ['nodes'], isAside: true }, mixed),
    nodeRule(
      'unserved',
      { probes: ['iptables.save', 'ip.link'], objects: ['pods'], uses: ['nft.ruleset', 'ifstate.dump'] },
      unserved,
    ),
    nodeRule('left-on', { probes: ['bpftool.net'], uses: ['felix.log'] }, leftOn),
    ebpfRule('mounts', { probes: ['mounts'] }, mounts),
    ebpfRule('connect-time', { probes: ['bpftool.cgroup'], uses: ['felix.log'] }, connectTimePrograms),
    ebpfRule('refused', { probes: ['felix.log'] }, refused),
    ebpfRule(
      'contradicts',
      { probes: ['felix.log'], uses: ['ifstate.dump', 'bpftool.prog'] },
      contradictions,
    ),
  ],
};

const asIptables = 'Until then run kube-proxy on the node, or drain it: its Services are served by nobody.';

const wentBackBecause: Sought = {
  words: ['not supported by the kernel'],
  pattern: /not supported by the kernel\.\s+Disabling BPF mode\.(?:.*error=(.*))?/,
};

function fellBack(node: KnownNode): readonly Draft[] {
  const current = node.currentLog();
  const fallback = findFirst(current?.text ?? '', wentBackBecause);
  if (fallback === null) return [];
  const evidence = matchEvidence(node, 'felix.log', {
    pattern: /BPF dataplane mode enabled but not supported by the kernel/g,
    shows: 'Felix was asked for eBPF and went back to iptables.',
  });
  if (evidence === undefined) return [];
  const why = fallback[1] ?? `kernel ${node.facts().kernel ?? 'of the node'}`;
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: why,
      title: `Felix on {nodes} went back to iptables though eBPF is asked for: ${why}.`,
      evidence: [evidence],
      fix: advise(
        `Give the node a kernel that Calico’s eBPF dataplane supports (${minimumKernel}). ${asIptables}`,
      ),
    },
  ];
}

/** What is asked of a node, and by whom. */
function askedOn(node: string, cluster: KnownCluster) {
  const asked = fromObjects(node, cluster, 'bpfEnabled');
  return asked && { isOn: isOn(asked), source: asked.source };
}

function oldKernel(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const { kernel, osImage, ebpf } = node.facts();
  const asked = askedOn(node.name, cluster);
  if (object === undefined || kernel === undefined || asked?.isOn !== true || ebpf.state === 'on') return [];
  if (!isTooOld(kernel, osImage ?? '')) return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: kernel,
      title: `The kernel ${kernel} of {nodes} is too old for eBPF, which ${asked.source} asks for: Felix uses iptables there.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: 'The kernel of the node.',
          value: `kernelVersion: ${kernel}`,
        }),
      ],
      fix: advise(`Calico’s eBPF dataplane needs ${minimumKernel}. ${asIptables}`),
    },
  ];
}

/** The first release whose programs all need the kernel’s own types (BTF). */
const needsBtf = { major: 3, minor: 33, patch: 0 };

function withoutBtf(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const absent = matchEvidence(node, 'sysctl.bpf', {
    pattern: /^\/sys\/kernel\/btf\/vmlinux:absent$/m,
    shows: 'The kernel’s description of its types (BTF) is not there.',
  });
  const { kernel, ebpf } = node.facts();
  const asked = askedOn(node.name, cluster);
  if (absent === undefined || asked?.isOn !== true || ebpf.reason === 'fell-back') return [];
  if (compareVersions(cluster.version, needsBtf) < 0) return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: `btf ${kernel ?? ''}`,
      title: `The kernel ${kernel ?? ''} of {nodes} was built without BTF, which eBPF needs from v3.33 on: its programs cannot be loaded there.`,
      evidence: [absent],
      fix: advise(`Give the node a kernel that is built with CONFIG_DEBUG_INFO_BTF. ${asIptables}`),
    },
  ];
}

/** Asked for and off, or on without having been asked; a fallback has its own finding. */
function notAsAsked(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const { ebpf, kernel, osImage } = node.facts();
  const asked = askedOn(node.name, cluster);
  if (asked === undefined || ebpf.state === 'unknown' || asked.isOn === (ebpf.state === 'on')) return [];
  const isExplained = ebpf.reason === 'fell-back' || isTooOld(kernel ?? '', osImage ?? '');
  if (asked.isOn && isExplained) return [];
  const restart = `kubectl -n calico-system delete pod -l k8s-app=calico-node --field-selector spec.nodeName=${node.name}`;
  return [
    {
      severity: asked.isOn ? 'error' : 'warning',
      subject: nodeSubject(node.name),
      cause: asked.isOn ? 'off' : 'on',
      title: asked.isOn
        ? `eBPF is off on {nodes} though ${asked.source} asks for it: ${ebpf.why}`
        : `eBPF is still on on {nodes} though ${asked.source} asks for it to be off: Felix has not taken the change up.`,
      evidence: stateEvidence(node),
      fix: {
        text: 'Look at Felix’s log on the node: it does not follow the API server, or an older setting wins. A restart of calico-node makes it read its configuration anew.',
        commands: [restart],
        restarts: 'calico-node on the node; its policies and Services keep working meanwhile.',
      },
    },
  ];
}

function stateEvidence(node: KnownNode): readonly Evidence[] {
  const ifstate = node.heard('ifstate.dump');
  const log = matchEvidence(node, 'felix.log', {
    pattern: /BPF enabled, starting BPF endpoint manager|BPFEnabled:(?:true|false)/g,
    shows: 'What Felix says of its start.',
  });
  const said = ifstate.kind === 'failed' ? ifstate.said : undefined;
  return [
    ...(log === undefined ? [] : [log]),
    ...(said === undefined
      ? []
      : [valueEvidence(node, 'ifstate.dump', { value: said, shows: 'Its BPF maps are not there.' })]),
  ];
}

/** Nodes without eBPF among nodes with it. */
function mixed(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const on = nodes.filter(({ ebpf }) => ebpf.state === 'on');
  // Windows has no eBPF dataplane, and its nodes live beside those that have one.
  const off = nodes.filter(
    (node) => node.ebpf.state === 'off' && node.agent.kind !== 'windows' && !isToldByItself(node, cluster),
  );
  if (on.length === 0) return [];
  const hasOverlay = cluster.objects('ippools').some(usesOverlay);
  return off.map((node): Draft => {
    const asked = askedOn(node.name, cluster);
    const because = asked?.isOn === false ? ` because ${asked.source} sets bpfEnabled: false` : '';
    const hasProxy = kubeProxyOn(node.name, cluster) !== undefined;
    const consequences = [
      ...(hasOverlay ? ['pod traffic between it and the eBPF nodes is lost over the overlay'] : []),
      ...(hasProxy ? [] : ['no kube-proxy runs there, so that nobody serves its Services and NodePorts']),
    ];
    const isLossy = consequences.length > 0;
    return {
      severity: isLossy ? 'error' : 'warning',
      subject: nodeSubject(node.name),
      cause: because === '' ? 'off' : `off by ${asked?.source.replace(node.name, 'node') ?? ''} ${hasProxy}`,
      title: `eBPF is off on {nodes} while it is on elsewhere${because}${isLossy ? `: ${consequences.join(', and ')}` : ''}.`,
      evidence: mixedEvidence(cluster, node),
      fix: configure(
        'Run one dataplane on all nodes: take the exception away, or turn eBPF off everywhere and run kube-proxy.',
        asked?.source.startsWith('FelixConfiguration node.') === true
          ? `kubectl patch felixconfiguration node.${node.name} --type merge -p '{"spec":{"bpfEnabled":null}}'`
          : patchFelix('bpfEnabled', true),
      ),
    };
  });
}

/** Why a node that is asked to run eBPF does not has a finding of its own. */
function isToldByItself({ name, ebpf, kernel, osImage }: NodeDigest, cluster: KnownCluster): boolean {
  if (ebpf.reason === 'fell-back') return true;
  if (askedOn(name, cluster)?.isOn !== true) return false;
  return isTooOld(kernel ?? '', osImage ?? '') || ebpf.asked.includes('felix.log');
}

function mixedEvidence(cluster: KnownCluster, node: NodeDigest): readonly Evidence[] {
  const resource = 'felixconfigurations';
  const object =
    findObject(cluster, resource, `node.${node.name}`) ?? findObject(cluster, resource, 'default');
  const value = { spec: { bpfEnabled: fromObjects(node.name, cluster, 'bpfEnabled')?.value } };
  const configured =
    object === undefined
      ? []
      : [
          objectEvidence(cluster, {
            resource,
            object,
            shows: 'What the configuration asks of the node.',
            value: JSON.stringify(value),
          }),
        ];
  return [
    ...configured,
    {
      shows: 'How it is known that eBPF is off.',
      value: node.ebpf.why,
      at: {
        kind: 'probe',
        node: node.name,
        probe: node.ebpf.asked.includes('felix.log') ? 'felix.log' : 'ifstate.dump',
        line: undefined,
      },
      time: undefined,
    },
  ];
}

function usesOverlay(pool: unknown): boolean {
  const modes = [textField(pool, 'spec', 'vxlanMode'), textField(pool, 'spec', 'ipipMode')];
  return modes.some((mode) => mode !== undefined && mode !== 'Never');
}

/** Programs that stay where Felix runs without eBPF: they go on by maps that nobody keeps. */
function leftOn(node: KnownNode): readonly Draft[] {
  if (node.facts().ebpf.state !== 'off') return [];
  const left = (node.attached() ?? []).filter(isCalicoProgram);
  const names = [...new Set(left.map((each) => each.interface))];
  if (names.length === 0) return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: 'programs',
      title: `eBPF is off on {nodes}, but Calico’s programs are still on its interfaces and go by maps that nobody updates.`,
      evidence: [
        valueEvidence(node, 'bpftool.net', {
          value: names.join(', '),
          shows: 'The interfaces with programs of Calico.',
        }),
      ],
      fix: advise('Restart calico-node on the node; where they stay, reboot it.'),
    },
  ];
}

function mounts(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const all = node.mounts();
  if (all.length === 0) return [];
  const hasBpffs = all.some(({ path, type }) => path === '/sys/fs/bpf' && type === 'bpf');
  const hasCgroup = all.some(({ path, type }) => path === '/run/calico/cgroup' && type === 'cgroup2');
  const balancing = settingOn(node, cluster, 'bpfConnectTimeLoadBalancing');
  const wantsCgroup = balancing.value !== undefined && balancing.value.toLowerCase() !== 'disabled';
  const isCgroupSet = cluster.environmentOn(node.name, 'CALICO_CGROUP_PATH') !== undefined;
  return [
    ...(hasBpffs
      ? []
      : [
          unmounted(
            node,
            '/sys/fs/bpf',
            'bpf',
            'the pinned maps do not outlive calico-node, and after its restart the programs may drop everything',
          ),
        ]),
    ...(hasCgroup || !wantsCgroup || isCgroupSet
      ? []
      : [
          unmounted(
            node,
            '/run/calico/cgroup',
            'cgroup2',
            'connect-time load balancing cannot be attached, so that processes of the host do not reach Services',
          ),
        ]),
  ];
}

function unmounted(node: KnownNode, path: string, type: string, consequence: string): Draft {
  return {
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: path,
    title: `${path} is no ${type} mount on {nodes}: ${consequence}.`,
    evidence: [
      valueEvidence(node, 'mounts', { value: `no ${type} on ${path}`, shows: 'The mounts of calico-node.' }),
    ],
    fix: advise(
      'The init container mount-bpffs (or ebpf-bootstrap) mounts it; look at its log, and at the hostPath volumes of the calico-node DaemonSet.',
      `mount -t ${type} none ${path}`,
    ),
  };
}

/** Programs that the kernel refuses to load, though Felix may report ready. */
function refused(node: KnownNode): readonly Draft[] {
  return loadFailures(node).map((failure) => {
    const { program, object, error, offset, isIpv6, interface: name, pod, isLoaded } = failure;
    const what = object === undefined ? program : `${program} of ${object}`;
    const family = isIpv6 ? 'IPv6 traffic' : 'Traffic';
    const where =
      pod !== undefined
        ? podSubject(pod, node.name)
        : name === undefined
          ? nodeSubject(node.name)
          : interfaceSubject(name, node.name);
    const whose = pod === undefined ? name : `pod ${pod}`;
    return {
      severity: isLoaded ? 'warning' : 'error',
      subject: where,
      cause: `${program} ${object ?? ''} ${whose ?? ''}`,
      title: `The kernel refuses ${what} on {nodes} (${error})${whose === undefined ? '' : ` for ${whose}`}: ${family} through it is lost${isLoaded ? ' or unfiltered until a later attempt succeeded' : ', though Felix may report ready'}.`,
      evidence: [
        lineEvidence(node, 'felix.log', {
          span: { start: offset },
          shows: 'The kernel’s verifier refused the program.',
        }),
      ],
      fix: advise(
        'Compare the kernel with those that this Calico release supports, and update one of them. With bpfLogLevel Debug the programs are larger: Off may be enough.',
        patchFelix('bpfLogLevel', 'Off'),
      ),
    };
  });
}
