import type { IfState } from '../../dump/ifstate.ts';
import { isReady } from '../../dump/summary.ts';
import { toJsRegexp } from '../../felix/syntax/goRegexp.ts';
import { compareVersions } from '../../felix/versions.ts';
import { ebpfRule, felixReference, troubleshooting, type Check } from '../check.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, configure, listSome, patchFelix, type Draft, type Evidence } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { settingEvidence, settingOn } from '../settings.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';
import { defaultRoute, isCalicoProgram, readClsacts } from '../system.ts';
import { withoutHostPair } from '../rules/hostNat.ts';
import { bareAddress } from '../rules/nodeAddresses.ts';
import { carryingVlans, withoutEthernet } from '../rules/linkLayers.ts';
import { withoutDefault } from '../rules/nodePaths.ts';
import { brokenPaths } from '../rules/podPaths.ts';
import { bridgesTaken, programsBefore } from '../rules/strangers.ts';
import { filterProbes, strangeFilters } from '../rules/tcFilters.ts';
import { workloads } from '../rules/workloads.ts';

const patternKey = 'bpfDataIfacePattern';

/** Whether Calico's programs are on the interfaces that carry traffic, and on no others. */
export const interfaces: Check = {
  id: 'interfaces',
  title: 'Programs are on the interfaces that carry traffic, and only there',
  documentation: {
    why: 'A network card without programs loses what other nodes forward to it; one that keeps old programs drops everything. A pod whose interface has none is not reached, or not protected.',
    how: 'The route to the outside, the pattern bpfDataIfacePattern, what `ip link`, `bpftool net` and `tc` list, and Calico’s own `ifstate dump` are compared.',
    links: [felixReference, troubleshooting],
  },
  rules: [
    ebpfRule(
      'uplink',
      { probes: ['ip.route', 'ifstate.dump'], uses: ['bpftool.net', 'felix.log', 'ip.link'] },
      uplink,
    ),
    ebpfRule('default', { probes: ['ip.route'], objects: ['nodes'] }, withoutDefault),
    ebpfRule(
      'left',
      { probes: ['bpftool.net', 'ifstate.dump'], uses: ['felix.log', 'ip.route'] },
      leftPrograms,
    ),
    ebpfRule('missing', { probes: ['bpftool.net', 'ifstate.dump'], uses: ['ip.link'] }, missingPrograms),
    ebpfRule('workload', { probes: ['ifstate.dump'], objects: ['pods'], uses: ['routes.dump'] }, workloads),
    ebpfRule(
      'path',
      {
        probes: ['ifstate.dump', 'routes.dump', 'ip.route', 'ip.link'],
        objects: ['pods'],
        uses: ['routes.dump.v6'],
      },
      brokenPaths,
    ),
    ebpfRule('host-pair', { probes: ['ip.link'], uses: ['felix.log', 'ip.route'] }, withoutHostPair),
    ebpfRule('before', { probes: ['bpftool.net'] }, programsBefore),
    ebpfRule('bare', { probes: ['ip.route', 'ifstate.dump', 'ip.link'], objects: ['nodes'] }, bareAddress),
    ebpfRule('bridge', { probes: ['ifstate.dump'], uses: ['ip.route'] }, bridgesTaken),
    ebpfRule('part', { probes: ['ip.link', 'ifstate.dump'] }, partsOfOthers),
    ebpfRule('layer3', { probes: ['ip.link', 'ifstate.dump'], uses: ['felix.log'] }, withoutEthernet),
    ebpfRule('vlan', { probes: ['ip.link', 'ifstate.dump'] }, carryingVlans),
    ebpfRule('mixed', { probes: ['bpftool.net'] }, mixedAttachment),
    ebpfRule('qdisc', { probes: ['tc.qdisc', 'bpftool.net', 'ifstate.dump'] }, emptyQdiscs),
    ebpfRule('filters', { probes: ['tc.qdisc', 'ifstate.dump'] }, strangeFilters),
    ebpfRule(
      'unattached',
      { probes: ['bpftool.net', 'ifstate.dump', 'bpftool.prog'], uses: ['felix.log'] },
      unattached,
    ),
  ],
  followUp: filterProbes,
};

function stateOf(node: KnownNode, name: string): IfState | undefined {
  return node.ifstate()?.entries.find((each) => each.name === name.slice(0, 15));
}

/** Whether Calico takes an interface for one of its data interfaces. */
function isManaged(state: IfState | undefined): boolean {
  return state !== undefined && !state.flags.includes('notmanaged') && isReady(state);
}

function stateEvidence(node: KnownNode, name: string): Evidence {
  const dump = node.ifstate();
  const row = dump?.entries.findIndex((each) => each.name === name.slice(0, 15)) ?? -1;
  const span = dump?.spans[row];
  const shows = `What Calico’s programs know of ${name}.`;
  return span === undefined
    ? valueEvidence(node, 'ifstate.dump', { value: `no entry for ${name}`, shows })
    : lineEvidence(node, 'ifstate.dump', { span, shows });
}

function hasPrograms(node: KnownNode, name: string): boolean | undefined {
  const attached = node.attached();
  // An old bpftool lists nothing that is attached by TCX.
  if (attached === undefined || !attached.some(isCalicoProgram)) return undefined;
  return attached.some((each) => each.interface === name && isCalicoProgram(each));
}

function uplink(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const route = defaultRoute(node.kernelRoutes());
  const name = route?.device;
  if (route === undefined || name === undefined || isManaged(stateOf(node, name))) return [];
  if (hasPrograms(node, name) === true) return [];
  const pattern = settingOn(node, cluster, patternKey);
  const isMatched = pattern.value !== undefined && (toJsRegexp(pattern.value)?.test(name) ?? true);
  const routeEvidence = valueEvidence(node, 'ip.route', {
    value: `default via ${route.gateway ?? ''} dev ${name}`,
    shows: `${name} has the default route.`,
    line: route.line,
  });
  const said = isMatched
    ? 'though its pattern matches it'
    : `because ${patternKey} ${pattern.value ?? ''} (${pattern.source}) does not match it`;
  return [
    {
      severity: 'error',
      subject: interfaceSubject(name, node.name),
      cause: `${name} ${isMatched} ${pattern.value ?? ''}`,
      title: `Calico’s programs are not on ${name} of {nodes}, which has the default route, ${said}: NodePorts, load-balancer and external addresses do not work through it.`,
      evidence: [routeEvidence, stateEvidence(node, name), ...settingEvidence(cluster, patternKey, pattern)],
      fix: isMatched
        ? advise(
            'Look at Felix’s log for what hinders it: refused programs, or an interface that came after its start.',
          )
        : configure(
            `Make the pattern match ${name}. On a node whose ${name} still has programs of an earlier pattern, do it before they drop everything: Felix itself may be cut off.`,
            patchFelix(patternKey, widened(pattern.value ?? '', name), nameOf(pattern.source, node.name)),
          ),
    },
  ];
}

function widened(pattern: string, name: string): string {
  const family = name.replace(/\d+$/, '').replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return `${pattern === '' ? '' : `${pattern}|`}^${family}.*`;
}

function nameOf(source: string, node: string): string {
  return source === `FelixConfiguration node.${node}` ? `node.${node}` : 'default';
}

/** Programs on an interface that Felix has let go: they drop whatever comes, since nobody keeps their maps. */
function leftPrograms(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const programs = (node.attached() ?? []).filter(isCalicoProgram);
  if ((node.ifstate()?.entries.length ?? 0) === 0) return [];
  const names = [...new Set(programs.map((each) => each.interface))].filter((name) => {
    const state = stateOf(node, name);
    return state === undefined || state.flags.includes('notmanaged');
  });
  const uplinkName = defaultRoute(node.kernelRoutes())?.device;
  return names.map((name): Draft => {
    const isUplink = name === uplinkName;
    const pattern = settingOn(node, cluster, patternKey);
    return {
      severity: 'error',
      subject: interfaceSubject(name, node.name),
      cause: name,
      title: `Old programs of Calico are still on ${name} of {nodes}, which Felix no longer manages: they drop everything there${isUplink ? ', the way to the API server included' : ''}.`,
      evidence: [
        valueEvidence(node, 'bpftool.net', {
          value: programs
            .filter((each) => each.interface === name)
            .map(({ kind, name: program }) => `${kind} ${program}`)
            .join(', '),
          shows: `The programs on ${name}.`,
        }),
        stateEvidence(node, name),
        valueEvidence(node, 'felix.log', {
          value: `${patternKey}: ${pattern.value ?? ''} (${pattern.source})`,
          shows: 'The pattern of data interfaces.',
        }),
        ...settingEvidence(cluster, patternKey, pattern),
      ],
      fix: advise(
        'Detach them on the node, by its console where it cannot be reached; then correct the pattern.',
        `rm -f /sys/fs/bpf/tcx/${name.replaceAll('.', '')}_ingress /sys/fs/bpf/tcx/${name.replaceAll('.', '')}_egress`,
        `tc qdisc del dev ${name} clsact`,
      ),
    };
  });
}

function missingPrograms(node: KnownNode): readonly Draft[] {
  return (node.ifstate()?.entries ?? []).flatMap((state): readonly Draft[] => {
    const { name, flags } = state;
    if (!isReady(state) || flags.includes('notmanaged') || flags.includes('bondslave')) return [];
    if (hasPrograms(node, name) !== false || isGone(node, state)) return [];
    return [
      {
        severity: 'error',
        subject: interfaceSubject(name, node.name),
        cause: flags.includes('workload') ? `workload ${name}` : name,
        title: `Calico takes ${name} of {nodes} for ready, but none of its programs is attached there: something removed them.`,
        evidence: [
          stateEvidence(node, name),
          valueEvidence(node, 'bpftool.net', {
            value: `no program of Calico on ${name}`,
            shows: 'What is attached.',
          }),
        ],
        fix: advise(
          'Find out what else manages tc or BPF on the node (another CNI, systemd-networkd, a monitoring agent); restarting calico-node attaches them again.',
        ),
      },
    ];
  });
}

/** Whether the kernel no longer has an interface, or has made it anew: its programs went with it. */
function isGone(node: KnownNode, { name, index }: IfState): boolean {
  const links = node.links();
  return links.length > 0 && !links.some((link) => link.name.slice(0, 15) === name && link.index === index);
}

/** Members of bonds and bridges: the packets are the bond's, and RPF fails on the member. */
function partsOfOthers(node: KnownNode): readonly Draft[] {
  return node.links().flatMap(({ name, master, partOf }): readonly Draft[] => {
    const state = stateOf(node, name);
    if (master === undefined || partOf === 'vrf' || state === undefined) return [];
    const isTaken =
      isReady(state) && !state.flags.includes('notmanaged') && !state.flags.includes('bondslave');
    if (!isTaken || state.flags.includes('workload')) return [];
    return [
      {
        severity: 'warning',
        subject: interfaceSubject(name, node.name),
        cause: `${name} ${master}`,
        title: `${patternKey} matches ${name} of {nodes}, which is only a part of ${master}: its packets fail the reverse-path check or are handled twice.`,
        evidence: [
          valueEvidence(node, 'ip.link', {
            value: `${name} master ${master}${partOf === undefined ? '' : ` (${partOf})`}`,
            shows: `${name} is part of ${master}.`,
          }),
          stateEvidence(node, name),
        ],
        fix: configure(
          `Make the pattern match ${master} and not its parts.`,
          patchFelix(patternKey, `^${master}$`),
        ),
      },
    ];
  });
}

/** Two ways of attaching on one interface: a packet is handled twice. */
function mixedAttachment(node: KnownNode): readonly Draft[] {
  const programs = (node.attached() ?? []).filter((each) => isCalicoProgram(each) && each.kind !== 'xdp');
  const kinds = Map.groupBy(programs, (each) => each.interface);
  const mixed = [...kinds].filter(([, each]) => new Set(each.map(({ kind }) => kind.split('/')[0])).size > 1);
  if (mixed.length === 0) return [];
  const names = mixed.map(([name]) => name);
  return names.slice(0, 1).map((name) => ({
    severity: 'warning',
    subject: interfaceSubject(name, node.name),
    cause: 'mixed',
    title: `${listSome(names, 'interfaces')} of {nodes} ${names.length === 1 ? 'has' : 'have'} programs of Calico by tc and by TCX at once: those of an earlier version were not removed.`,
    evidence: mixed.slice(0, 3).map(([each, list]) =>
      valueEvidence(node, 'bpftool.net', {
        value: `${each}: ${list.map(({ kind }) => kind).join(', ')}`,
        shows: 'What is attached.',
      }),
    ),
    fix: advise(
      'Remove the older ones.',
      ...names.slice(0, 3).map((each) => `tc qdisc del dev ${each} clsact`),
    ),
  }));
}

/** What tc programs of an earlier version or of somebody else were attached to, where Calico attaches by TCX. */
function emptyQdiscs(node: KnownNode): readonly Draft[] {
  const attached = node.attached() ?? [];
  const left = readClsacts(node.text('tc.qdisc') ?? '').filter(({ device }) => {
    const own = attached.filter((each) => each.interface === device && each.kind !== 'xdp');
    return own.some(isCalicoProgram) && own.every(({ kind }) => kind.startsWith('tcx/'));
  });
  const [first] = left;
  if (first === undefined) return [];
  const names = left.map(({ device }) => device);
  return [
    {
      severity: 'warning',
      subject: interfaceSubject(first.device, node.name),
      cause: 'qdisc',
      title: `A clsact qdisc without any program is left on ${listSome(names, 'interfaces')} of {nodes}, where Calico attaches by TCX: an earlier version or another tool has left it, and what is attached there sees packets beside Calico’s programs.`,
      evidence: [
        lineEvidence(node, 'tc.qdisc', { span: first, shows: 'The qdisc.' }),
        valueEvidence(node, 'bpftool.net', {
          value: attached
            .filter((each) => each.interface === first.device)
            .map(({ kind, name }) => `${kind} ${name}`)
            .join(', '),
          shows: `The programs on ${first.device}.`,
        }),
      ],
      fix: advise('Remove it.', ...names.slice(0, 3).map((name) => `tc qdisc del dev ${name} clsact`)),
    },
  ];
}

/** Interfaces that count as ready, programs that are loaded, and none of them anywhere: one of the three is wrong. */
function unattached(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const attached = node.attached();
  if (attached === undefined || attached.some(isCalicoProgram)) return [];
  const loaded = (node.programs()?.calico ?? []).filter((name) => name.startsWith('cali_tc'));
  const ready = (node.ifstate()?.entries ?? []).filter((state) => isManaged(state));
  const [first] = ready;
  if (first === undefined || loaded.length === 0) return [];
  const isByTcx = attachesByTcx(node, cluster);
  return [
    {
      severity: isByTcx ? 'information' : 'error',
      subject: nodeSubject(node.name),
      cause: String(isByTcx),
      title: `Calico takes ${ready.length} interfaces of {nodes} for ready, but bpftool lists none of its programs on any${isByTcx ? ': they are attached by TCX, which this bpftool may be too old to list (before 7.3)' : ', though the kernel has them loaded: something detached them'}.`,
      evidence: [
        stateEvidence(node, first.name),
        valueEvidence(node, 'bpftool.net', { value: 'no program of Calico', shows: 'What is attached.' }),
        valueEvidence(node, 'bpftool.prog', {
          value: `${loaded.length} programs named cali_tc…`,
          shows: 'What is loaded.',
        }),
      ],
      fix: isByTcx
        ? advise(
            'Ask with a newer bpftool, or look at the counters: those of an interface with programs grow.',
          )
        : advise(
            'Find out what else manages tc on the node; restarting calico-node attaches the programs again.',
          ),
    },
  ];
}

/** Felix says which it does; from v3.31 on it prefers TCX. */
function attachesByTcx(node: KnownNode, { version }: KnownCluster): boolean {
  const said = /Program attached to (tcx?)\./.exec(node.currentLog()?.text ?? '')?.[1];
  return said === undefined ? compareVersions(version, firstWithTcx) >= 0 : said === 'tcx';
}

const firstWithTcx = { major: 3, minor: 31, patch: 0 };
