/** What a probe id stands for on a node: read-only commands only, each argument a word of its own. */
import type { Files } from './files.ts';

/** `tool`: arguments of Calico's BPF tool; `health`: its readiness check; `log`: the log of the container. */
export type Command =
  | { readonly kind: 'tool'; readonly args: readonly string[] }
  | { readonly kind: 'health' }
  | { readonly kind: 'program'; readonly argv: readonly string[] }
  | Files
  | { readonly kind: 'log'; readonly sinceSeconds?: number };

/** The command of a probe id; `undefined` if nobody knows it, or if it changes anything. */
export function findCommand(probe: string): Command | undefined {
  if (probe === 'felix.log') return { kind: 'log' };
  if (probe === 'felix.log.recent') return { kind: 'log', sinceSeconds: recentSeconds };
  if (probe === 'readiness') return { kind: 'health' };
  const read = files[probe];
  if (read !== undefined) return { kind: 'files', ...read };
  const argv = programs[probe] ?? filterArgv(probe);
  if (argv !== undefined) return { kind: 'program', argv };
  const args = toolArgs(probe);
  return args === undefined ? undefined : { kind: 'tool', args };
}

/** Long enough for a restart of Felix, with what it says of its configuration. */
const recentSeconds = 120;

const programs: Readonly<Record<string, readonly string[]>> = {
  'bpftool.net': ['bpftool', 'net', '-j'],
  'bpftool.map': ['bpftool', 'map', 'list', '-j'],
  'bpftool.prog': ['bpftool', 'prog', 'list', '-j'],
  'bpftool.cgroup': ['bpftool', 'cgroup', 'tree', '/run/calico/cgroup'],
  bpffs: ['find', '/sys/fs/bpf', '-printf', '%y %m %p\\n'],
  'ip.link': ['ip', '-d', '-j', 'link'],
  'ip.addr': ['ip', '-j', 'addr'],
  'ip.addr.brief': ['ip', '-br', 'addr'],
  'ip.neigh': ['ip', 'neigh'],
  'ip.rule': ['ip', 'rule'],
  'ip.route': ['ip', 'route', 'show', 'table', 'all'],
  'ip.route.v6': ['ip', '-6', 'route', 'show', 'table', 'all'],
  'tc.qdisc': ['tc', '-s', 'qdisc', 'show'],
  'conntrack.linux': ['conntrack', '-L'],
  'ipset.list': ['ipset', 'list'],
  'iptables.save': ['iptables-save', '-c'],
  'iptables.save.v6': ['ip6tables-save', '-c'],
  'nft.ruleset': ['nft', 'list', 'ruleset'],
  // The image has no `ss`. Those that listen are few beside the others.
  sockets: ['sh', '-c', "grep -hs -e ' local_address ' -e ' 0A ' /proc/net/tcp /proc/net/tcp6; exit 0"],
  'policy.files': [
    'sh',
    '-c',
    'for f in /var/run/calico/bpf/policy/*; do echo "== $f"; cat "$f"; echo; done',
  ],
};

/** The settings of an interface, of each. */
const perInterface = ['rp_filter', 'accept_local', 'route_localnet', 'proxy_arp', 'forwarding'];

const files: Readonly<Record<string, Omit<Files, 'kind'>>> = {
  // The image has no `mount`, and no `uname`.
  mounts: { paths: ['/proc/self/mounts'], isNamed: false },
  uname: { paths: ['/proc/version'], isNamed: false },
  drivers: { paths: ['/sys/class/net/*/device/uevent'], isNamed: true },
  sysctl: {
    paths: [
      ...perInterface.map((name) => `/proc/sys/net/ipv4/conf/*/${name}`),
      '/proc/sys/net/ipv4/ip_forward',
      '/proc/sys/net/core/bpf_jit_harden',
      '/proc/sys/kernel/unprivileged_bpf_disabled',
    ],
    isNamed: true,
  },
  'sysctl.rp_filter': { paths: ['/proc/sys/net/ipv4/conf/*/rp_filter'], isNamed: true },
  'sysctl.bpf': {
    paths: [
      '/proc/sys/net/core/bpf_jit_limit',
      '/sys/kernel/security/lockdown',
      '/proc/sys/net/ipv6/conf/all/forwarding',
    ],
    // What the kernel says of its own types is megabytes: whether it is there is enough.
    needed: ['/sys/kernel/btf/vmlinux'],
    isNamed: true,
  },
};

/** Dumps of Calico's tool without an argument: the words of the subcommand, joined by dots. */
const plainTools: ReadonlySet<string> = new Set([
  'arp.dump',
  'conntrack.dump',
  'conntrack.stats',
  'counters.dump',
  'ifstate.dump',
  'ipsets.dump',
  'nat.aff',
  'nat.dump',
  'nat.maglev',
  'routes.dump',
  'version',
]);

/** At the end of an id: `.raw` and `.asm` are flags, too; `.v6` is the IPv6 form and `.json` the JSON form. */
const toolProbe = /^(?<id>.*?)(?<flag>\.(?:raw|asm|grouped))?(?<v6>\.v6)?(?<json>\.json)?$/s;

const flagNames: Readonly<Record<string, string>> = {
  '.raw': '--raw',
  '.asm': '--asm',
  '.grouped': '--group-by-service',
};

function toolArgs(probe: string): readonly string[] | undefined {
  const { id = '', flag, v6, json } = toolProbe.exec(probe)?.groups ?? {};
  const words = plainTools.has(id) ? id.split('.') : (policyArgs(id) ?? counterArgs(id) ?? frontendArgs(id));
  if (words === undefined || (flag !== undefined && !allowsFlag(id, flag))) return undefined;
  const flags = [
    ...(v6 === undefined ? [] : ['-6']),
    ...(flag === undefined ? [] : [flagNames[flag] ?? '']),
    ...(json === undefined ? [] : ['--json']),
  ];
  return [...words, ...flags];
}

function allowsFlag(id: string, flag: string): boolean {
  if (flag === '.raw') return id === 'conntrack.dump';
  if (flag === '.grouped') return id === 'nat.dump';
  return id.startsWith('policy.dump.');
}

function policyArgs(id: string): readonly string[] | undefined {
  const [, name, hook] = /^policy\.dump\.(.+)\.(all|ingress|egress|xdp)$/.exec(id) ?? [];
  if (name === undefined || hook === undefined || !isInterfaceName(name)) return undefined;
  return ['policy', 'dump', name, hook];
}

function counterArgs(id: string): readonly string[] | undefined {
  const [, name] = /^counters\.dump\.(.+)$/.exec(id) ?? [];
  if (name === undefined || !isInterfaceName(name)) return undefined;
  return ['counters', 'dump', `--iface=${name}`];
}

/** `nat.dump.<ip>.<port>.<protocol>`: one frontend. */
function frontendArgs(id: string): readonly string[] | undefined {
  const [, address, port, protocol] = /^nat\.dump\.([0-9a-f.:]+)\.(\d+)\.(tcp|udp|\d+)$/.exec(id) ?? [];
  if (address === undefined || port === undefined || protocol === undefined) return undefined;
  return ['nat', 'dump', address, port, protocol];
}

function filterArgv(probe: string): readonly string[] | undefined {
  const [, name, hook] = /^tc\.filter\.(.+)\.(ingress|egress)$/.exec(probe) ?? [];
  if (name === undefined || hook === undefined || !isInterfaceName(name)) return undefined;
  return ['tc', 'filter', 'show', 'dev', name, hook];
}

/** As Linux allows them, and never an option: what is no name must not reach a command line. */
function isInterfaceName(name: string): boolean {
  return /^[^\s/:-][^\s/:]{0,14}$/.test(name) && name !== '.' && name !== '..';
}
