import { field, textField } from '../../objects/object.ts';
import { calicoPage, clusterRule, ebpfRule, felixReference, type Check } from '../check.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft } from '../finding.ts';
import { hostCards } from '../rules/hostInterfaces.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { activePools, isOfIpv6 } from '../rules/pools.ts';
import { isOn, settingOn } from '../settings.ts';
import { otherPlugins } from '../rules/strangers.ts';
import { readSysctls } from '../system.ts';
import { interfaceSubject, keySubject, nodeSubject } from '../subjects.ts';
import { missingKeys } from '../rules/wireguardKeys.ts';

/** Whether the host lets Calico’s programs do their work. */
export const host: Check = {
  id: 'host',
  title: 'The host’s own settings let Calico work',
  documentation: {
    why: 'The kernel’s reverse-path filter drops packets that Calico’s programs have redirected; without forwarding nothing leaves the node; what the kernel may compile is limited; policies of host endpoints hold only on interfaces that have programs.',
    how: 'Settings below /proc/sys, the WireGuard device, HostEndpoints beside the interfaces of ifstate, the room for compiled programs, and the lockdown of the kernel.',
    links: [felixReference, calicoPage('Host endpoints', 'reference/host-endpoints/')],
  },
  rules: [
    ebpfRule('rp-filter', { probes: ['sysctl', 'ifstate.dump'] }, reversePath),
    ebpfRule('forwarding', { probes: ['sysctl'], uses: ['sysctl.bpf'] }, forwarding),
    ebpfRule('wireguard', { probes: ['ip.link'], uses: ['felix.log'] }, wireguard),
    clusterRule('keys', { objects: ['nodes', 'pods'], isAside: true }, missingKeys),
    ebpfRule('host-endpoints', { probes: ['ifstate.dump'], objects: ['hostendpoints'] }, hostEndpoints),
    ebpfRule('plugins', { probes: ['iptables.save'] }, otherPlugins),
    ebpfRule('jit', { probes: ['bpftool.prog', 'sysctl.bpf'] }, jitLimit),
    ebpfRule('lockdown', { probes: ['sysctl.bpf'], objects: ['felixconfigurations'] }, lockdown),
  ],
};

/** Felix’s own devices: what comes by them is meant to be answered by another way, or by none that the filter sees. */
const ownDevices: readonly { readonly name: string; readonly value: number; readonly drops: string }[] = [
  ...['vxlan.calico', 'tunl0'].map((name) => ({
    name,
    value: 2,
    drops: 'packets that come through the tunnel from where the kernel has another way to',
  })),
  {
    name: 'wireguard.cali',
    value: 2,
    drops: 'what other nodes encrypt, since the routes to their pods are in a table of their own',
  },
  ...['bpfin.cali', 'bpfout.cali'].map((name) => ({
    name,
    value: 0,
    drops: 'what processes of the host send to Services, and the answers',
  })),
];

function reversePath(node: KnownNode): readonly Draft[] {
  const values = node.sysctls();
  const read = (name: string) => Number(values.get(`net/ipv4/conf/${name}/rp_filter`) ?? Number.NaN);
  const all = read('all');
  // The larger of the two holds; 2 is loose.
  const cards = hostCards(node).filter(({ name }) => Math.max(all, read(name)) === 1);
  const own = ownDevices.filter(({ name }) => read(name) === 1 && all < 2);
  const pair = own.filter(({ name }) => name.startsWith('bpf'));
  return [
    ...cards.map(({ name }) => ({
      name,
      value: 2,
      drops:
        'packets whose answer would leave by another interface, such as NodePort traffic that was forwarded',
    })),
    // The two ends of a pair are one matter.
    ...own.filter((each) => !pair.slice(1).includes(each)),
  ].map(({ name, value, drops }): Draft => ({
    severity: 'warning',
    subject: interfaceSubject(name, node.name),
    cause: name,
    title: `The kernel’s reverse-path filter is strict on ${name} of {nodes} (rp_filter 1): it drops ${drops}.`,
    evidence: [
      valueEvidence(node, 'sysctl', {
        value: `conf/all/rp_filter ${all}, conf/${name}/rp_filter ${read(name)}`,
        shows: 'The larger of the two holds.',
      }),
    ],
    fix: advise(
      `Something sets it back after Felix (sysctl.d, a tuning agent). Set it to ${value}, there too.`,
      `sysctl -w net.ipv4.conf.${name.replaceAll('.', '/')}.rp_filter=${value}`,
    ),
  }));
}

function forwarding(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const families = [
    { name: 'IP', probe: 'sysctl', path: 'net/ipv4/ip_forward', isUsed: true },
    {
      name: 'IPv6',
      probe: 'sysctl.bpf',
      path: 'net/ipv6/conf/all/forwarding',
      isUsed: activePools(cluster).some(isOfIpv6),
    },
  ];
  return families
    .filter(({ isUsed, probe, path }) => isUsed && readSysctls(node.text(probe) ?? '').get(path) === '0')
    .map(({ name, probe, path }) => ({
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: path,
      title: `${name} forwarding is off on {nodes}: pods there reach nothing outside their node, and nobody reaches them.`,
      evidence: [valueEvidence(node, probe, { value: `${path} 0`, shows: 'The setting of the kernel.' })],
      fix: advise(
        'Felix turns it on unless ipForwarding is Disabled; something sets it back.',
        `sysctl -w ${path.replaceAll('/', '.')}=1`,
      ),
    }));
}

function wireguard(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return [
    ...wireguardOf(node, cluster, { suffix: '', device: 'wireguard.cali' }),
    ...wireguardOf(node, cluster, { suffix: 'V6', device: 'wg-v6.cali' }),
  ];
}

function wireguardOf(
  node: KnownNode,
  cluster: KnownCluster,
  { suffix, device }: { readonly suffix: '' | 'V6'; readonly device: string },
): readonly Draft[] {
  const links = node.links();
  const wanted = settingOn(node, cluster, `wireguardEnabled${suffix}`);
  const name = settingOn(node, cluster, `wireguardInterfaceName${suffix}`).value ?? device;
  if (links.length === 0 || !isOn(wanted) || links.some((link) => link.name === name && link.isUp)) return [];
  return [
    {
      severity: 'error',
      subject: interfaceSubject(name, node.name),
      cause: name,
      title: `WireGuard is asked for (${wanted.source}), and ${name} is not there or down on {nodes}: its traffic to other nodes is not encrypted, or lost.`,
      evidence: [
        valueEvidence(node, 'ip.link', {
          value: `no ${name} that is up`,
          shows: 'The interfaces of the node.',
        }),
      ],
      fix: advise('The kernel may lack the module wireguard; Felix’s log says so.', 'modprobe wireguard'),
    },
  ];
}

function hostEndpoints(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return cluster.objects('hostendpoints').flatMap((object): readonly Draft[] => {
    const name = textField(object, 'spec', 'interfaceName');
    if (textField(object, 'spec', 'node') !== node.name || name === undefined || name === '*') return [];
    const state = node.ifstate()?.entries.find((each) => each.name === name.slice(0, 15));
    if (state !== undefined && !state.flags.includes('notmanaged')) return [];
    return [
      {
        severity: 'warning',
        subject: interfaceSubject(name, node.name),
        cause: object.metadata.name,
        title: `HostEndpoint ${object.metadata.name} is for ${name} of {nodes}, where Calico has no programs: its policies are not enforced.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'hostendpoints',
            object,
            shows: 'The host endpoint.',
            value: `interfaceName: ${name}`,
          }),
          valueEvidence(node, 'ifstate.dump', {
            value: state === undefined ? `no entry for ${name}` : 'notmanaged',
            shows: `What Calico knows of ${name}.`,
          }),
        ],
        fix: configure(
          `Make bpfDataIfacePattern (or bpfL3IfacePattern) match ${name}.`,
          patchFelix('bpfL3IfacePattern', `^${name}$`),
        ),
      },
    ];
  });
}

const nearlyFull = 0.8;

/** Compiled programs share one budget; what does not fit is not loaded. */
function jitLimit(node: KnownNode): readonly Draft[] {
  const limit = Number(readSysctls(node.text('sysctl.bpf') ?? '').get('net/core/bpf_jit_limit') ?? 0);
  const programs = node.programs();
  const used = programs?.compiledBytes ?? 0;
  if (limit === 0 || programs === undefined || used < limit * nearlyFull) return [];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: 'jit',
      title: `Compiled BPF programs on {nodes} take ${Math.round(used / 1e6)} MB of the ${Math.round(limit / 1e6)} MB that the kernel allows, ${programs.calico.length.toLocaleString('en')} programs of Calico among them: new ones will not load.`,
      evidence: [
        valueEvidence(node, 'sysctl.bpf', {
          value: `net/core/bpf_jit_limit ${limit}; bytes_jited ${used}`,
          shows: 'The limit, and what is used of it.',
        }),
      ],
      fix: advise(
        'Raise the limit. Where programs pile up, an old version leaks them: update Calico, and reboot the node.',
        `sysctl -w net.core.bpf_jit_limit=${limit * 2}`,
      ),
    },
  ];
}

function lockdown(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const text = node.text('sysctl.bpf') ?? '';
  const at = text.search(/^\/sys\/kernel\/security\/lockdown[ :].*\[confidentiality\]/m);
  const wantsLog = field(cluster.objects('felixconfigurations')[0], 'spec', 'bpfLogLevel') === 'Debug';
  if (at === -1 || !wantsLog) return [];
  return [
    {
      severity: 'warning',
      subject: keySubject('bpfLogLevel'),
      cause: 'lockdown',
      title:
        'The kernel of {nodes} is locked down (confidentiality), so that BPF programs cannot log: a trace stays empty whatever happens.',
      evidence: [
        lineEvidence(node, 'sysctl.bpf', { span: { start: at }, shows: 'The lockdown of the kernel.' }),
      ],
      fix: advise('Use counters and policy dumps instead, or boot without lockdown=confidentiality.'),
    },
  ];
}
