import { findFirst, type Sought } from '../../text/sought.ts';
import { calicoPage, ebpfRule, enabling, type Check } from '../check.ts';
import { lineEvidence, matchEvidence, valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft, type Evidence, type Fix } from '../finding.ts';
import { writtenSince } from '../rules/freshRules.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { kubeProxyOn } from '../rules/kubeProxyPods.ts';
import { isOn, settingOn } from '../settings.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';

const cleanup = 'bpfKubeProxyIptablesCleanupEnabled';

/** Whether kube-proxy is out of the way of eBPF. */
export const kubeProxy: Check = {
  id: 'kube-proxy',
  title: 'kube-proxy is gone, with what it left',
  documentation: {
    why: 'In eBPF mode Felix serves Services itself. A kube-proxy beside it fights with Felix over the same rules and the same port; what an earlier one left may send packets to pods that are long gone.',
    how: 'The kube-proxy pods of each node, the KUBE- chains of iptables and nftables, the interface kube-ipvs0, and whether Felix may clean up.',
    links: [enabling, calicoPage('Disable kube-proxy', 'operations/ebpf/enabling-ebpf#configure-kube-proxy')],
  },
  rules: [
    ebpfRule('runs', { objects: ['pods'], uses: ['felix.log'] }, runs),
    ebpfRule(
      'rules-left',
      {
        probes: ['iptables.save'],
        objects: ['pods'],
        uses: ['iptables.save.v6', 'nft.ruleset', 'felix.log', 'sockets', 'ss'],
      },
      rulesLeft,
    ),
    ebpfRule('ipvs', { probes: ['ip.link'], objects: ['pods'] }, ipvs),
    ebpfRule('port', { probes: ['felix.log'] }, portTaken),
    ebpfRule('hidden', { objects: ['pods'], uses: ['sockets', 'ss'] }, hidden),
  ],
};

const switchOff: Fix = advise(
  'Keep kube-proxy off the nodes that run eBPF.',
  `kubectl patch daemonset -n kube-system kube-proxy -p '{"spec":{"template":{"spec":{"nodeSelector":{"non-calico":"true"}}}}}'`,
);

/** Where kube-proxy, and Felix in its place, say whether they are well. */
const healthPort = '10256';

function runs(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const pod = kubeProxyOn(node.name, cluster);
  if (pod === undefined) return [];
  const isCleaning = isOn(settingOn(node, cluster, cleanup));
  const port = settingOn(node, cluster, 'bpfKubeProxyHealthzPort').value ?? healthPort;
  // Where a distribution keeps it, this is what the documentation asks for.
  const isMeant = !isCleaning && port !== healthPort;
  return [
    {
      severity: isCleaning ? 'error' : isMeant ? 'information' : 'warning',
      subject: nodeSubject(node.name),
      cause: `${isCleaning} ${isMeant}`,
      title: isCleaning
        ? `kube-proxy runs beside eBPF on {nodes}, and Felix deletes its rules (${cleanup} is on) as fast as it writes them.`
        : `kube-proxy runs beside eBPF on {nodes}: it costs${isMeant ? '' : `, and wants port ${healthPort} as Felix does`}.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'pods',
          object: pod,
          shows: 'A running kube-proxy pod on the node.',
          value: pod.metadata.name,
        }),
      ],
      fix: isCleaning
        ? {
            ...switchOff,
            commands: [...switchOff.commands, patchFelix(cleanup, false)],
            text: `${switchOff.text} If it must stay, switch the clean-up off, which restarts Felix.`,
          }
        : switchOff,
    },
  ];
}

/** Chains that only kube-proxy makes, with iptables and with nftables; kubelet makes KUBE-FIREWALL, KUBE-MARK-… and its canaries. */
const serviceChains =
  /\bKUBE-(?:SVC|SEP|EXT|XLB|FW)-[A-Z0-9]+|\bKUBE-(?:SERVICES|NODEPORTS|EXTERNAL-SERVICES)\b|(?<=chain )(?:service|endpoint)-[A-Z2-7]+-\S+/g;

function rulesLeft(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (kubeProxyOn(node.name, cluster) !== undefined || socketOf(node) !== undefined) return [];
  for (const probe of ['iptables.save', 'iptables.save.v6', 'nft.ruleset']) {
    const chains = new Set([...(node.text(probe) ?? '').matchAll(serviceChains)].map(([chain]) => chain));
    const services = [...chains].filter((chain) => /-(?:SVC|SEP)-|^(?:service|endpoint)-/.test(chain));
    const [first] = services;
    if (first === undefined) continue;
    const setting = settingOn(node, cluster, cleanup);
    const isCleaning = isOn(setting);
    const since = writtenSince(node, probe, cluster);
    if (since.length > 0) return [writtenByNobody(node, isCleaning, since)];
    const evidence = matchEvidence(node, probe, {
      pattern: new RegExp(`^.*-A \\S+ .*${first}.*$|^.*${first}.*$`, 'm'),
      shows: `One of ${services.length} chains of kube-proxy.`,
    });
    return [
      {
        severity: 'warning',
        subject: nodeSubject(node.name),
        cause: `${isCleaning} ${setting.source.replace(node.name, 'node')}`,
        title: isCleaning
          ? `kube-proxy’s rules are left on {nodes} though it runs no more, and Felix does not remove them: they are in a table that it does not look at (iptables legacy or nft).`
          : `kube-proxy’s rules are left on {nodes} though it runs no more, and Felix may not remove them: ${setting.source} sets ${cleanup} to ${setting.value ?? 'false'}. They may send packets to pods that are gone.`,
        evidence: evidence === undefined ? [] : [evidence],
        fix: isCleaning
          ? advise('Remove them by hand, or reboot the node.', 'kube-proxy --cleanup')
          : configure(
              'Let Felix clean up.',
              patchFelix(
                cleanup,
                true,
                setting.source.startsWith('FelixConfiguration node.') ? `node.${node.name}` : 'default',
              ),
            ),
      },
    ];
  }
  return [];
}

/** Rules that are kept up though no pod does so. */
function writtenByNobody(node: KnownNode, isCleaning: boolean, evidence: readonly Evidence[]): Draft {
  return {
    severity: isCleaning ? 'error' : 'warning',
    subject: nodeSubject(node.name),
    cause: `written ${isCleaning}`,
    title: `No pod on {nodes} is kube-proxy, and its rules lead to a pod that was started long after eBPF: somebody still writes them${isCleaning ? `, and Felix deletes them (${cleanup} is on) as fast` : ''}.`,
    evidence,
    fix: advise(
      'Switch off the kube-proxy that the distribution starts by itself.',
      'k3s server --disable-kube-proxy',
      'systemctl disable --now kube-proxy',
    ),
  };
}

function ipvs(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (!node.links().some(({ name }) => name === 'kube-ipvs0')) return [];
  const isRunning = kubeProxyOn(node.name, cluster) !== undefined;
  const offset = node.text('ip.link')?.indexOf('kube-ipvs0') ?? 0;
  return [
    {
      severity: isRunning ? 'error' : 'warning',
      subject: interfaceSubject('kube-ipvs0', node.name),
      cause: String(isRunning),
      title: isRunning
        ? 'kube-proxy runs in IPVS mode beside eBPF on {nodes}: kube-ipvs0 holds every service address, and Felix restarts each time it comes or goes.'
        : 'kube-ipvs0 of an earlier kube-proxy in IPVS mode is left on {nodes}: the host takes service addresses for its own.',
      evidence: [
        valueEvidence(node, 'ip.link', {
          value: 'kube-ipvs0',
          shows: 'The interface of IPVS is there.',
          line: node.lineAt('ip.link', offset),
        }),
      ],
      fix: isRunning
        ? switchOff
        : advise('Remove the interface, or reboot the node.', 'ip link delete kube-ipvs0'),
    },
  ];
}

/** The line that an offset is in. */
function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(text.lastIndexOf('\n', offset) + 1, end === -1 ? undefined : end);
}

function portTaken(node: KnownNode): readonly Draft[] {
  const current = node.currentLog();
  const found = [...(current?.text ?? '').matchAll(/address already in use/g)].find(({ index }) =>
    /10256|healthz/.test(lineAt(current?.text ?? '', index)),
  );
  if (found === undefined || current === undefined) return [];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: 'port',
      title:
        'Port 10256 on {nodes} belongs to somebody else, so that Felix cannot answer the health checks of load balancers there.',
      evidence: [
        lineEvidence(node, 'felix.log', {
          span: { start: current.offset + found.index },
          shows: 'Felix could not have the port.',
        }),
      ],
      fix: advise(
        'Stop kube-proxy, or give Felix another port with bpfKubeProxyHealthzPort (v3.31 and later).',
        patchFelix('bpfKubeProxyHealthzPort', 10266),
      ),
    },
  ];
}

/** Where kube-proxy serves its metrics; nobody else does by default. Once as `ss` prints it, once as /proc/net/tcp. */
const metricsPort: Sought = {
  words: ['"kube-proxy"', ':10249 ', ':2809 '],
  pattern: /^tcp +LISTEN .*(?:"kube-proxy"| \S+:10249 )|^ *\d+: [\dA-F]+:2809 \S+ 0A /m,
};

/** The list of sockets that has kube-proxy’s. */
function socketOf(node: KnownNode): string | undefined {
  return ['sockets', 'ss'].find((each) => findFirst(node.text(each) ?? '', metricsPort) !== null);
}

/** A kube-proxy that no pod tells of: the service of a host (k3s, RKE2, systemd) or a static process. */
function hidden(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (kubeProxyOn(node.name, cluster) !== undefined) return [];
  const probe = socketOf(node);
  if (probe === undefined) return [];
  const shows = 'Somebody listens where kube-proxy does.';
  const evidence = matchEvidence(node, probe, { pattern: metricsPort.pattern, shows });
  if (evidence === undefined) return [];
  const isCleaning = isOn(settingOn(node, cluster, cleanup));
  return [
    {
      severity: isCleaning ? 'error' : 'warning',
      subject: nodeSubject(node.name),
      cause: String(isCleaning),
      title: `No pod on {nodes} is kube-proxy, but one seems to run there: its metrics port 10249 is served${isCleaning ? `, and Felix deletes its rules (${cleanup} is on) as fast as it writes them` : ''}.`,
      evidence: [
        evidence,
        {
          shows: 'What Kubernetes says of kube-proxy on the node.',
          value: 'no running pod of kube-proxy',
          at: { kind: 'object', resource: 'nodes', namespace: undefined, name: node.name },
          time: cluster.time,
        },
      ],
      fix: advise(
        'Switch off the kube-proxy that the distribution starts by itself.',
        'k3s server --disable-kube-proxy',
        'systemctl disable --now kube-proxy',
      ),
    },
  ];
}
