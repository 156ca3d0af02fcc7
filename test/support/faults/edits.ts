/** What is changed in what a probe printed, or in a list of objects, to put a fault into a recording. */
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import type { Edits } from '../edited.ts';

type TextEdit = (text: string) => string;
type ObjectsEdit = (objects: readonly KubernetesObject[]) => readonly KubernetesObject[];

export function withoutLines(pattern: RegExp): TextEdit {
  return (text) =>
    text
      .split('\n')
      .filter((line) => !pattern.test(line))
      .join('\n');
}

export function mapLines(pattern: RegExp, edit: TextEdit): TextEdit {
  return (text) =>
    text
      .split('\n')
      .map((line) => (pattern.test(line) ? edit(line) : line))
      .join('\n');
}

/** A NAT dump without the frontends whose line matches, nor their backends. */
export function dropFrontends(pattern: RegExp): TextEdit {
  return (text) =>
    blocksOf(text)
      .filter((block) => !pattern.test(block))
      .join('');
}

/** A NAT dump in which the service at an address, and whoever shares its id, has other backends: `<address>:<port>`, or `is missing`. */
export function backendsOf(
  address: string,
  edit: (backends: readonly string[]) => readonly string[],
): TextEdit {
  return (text) => {
    const blocks = blocksOf(text);
    const id = idOf(blocks.find((block) => block.startsWith(`${address} `)) ?? '');
    return blocks
      .map((block) => {
        const [line = '', ...rest] = block.trimEnd().split('\n');
        if (idOf(line) !== id || line.includes(' count -1 ')) return block;
        const backends = edit(rest.map((each) => each.split('\t ')[1] ?? ''));
        const spelled = backends.map((backend, ordinal) => `\t${id}:${ordinal}\t ${backend}\n`);
        return `${line.replace(/count \d+ local \d+/, `count ${backends.length} local 0`)}\n${spelled.join('')}`;
      })
      .join('');
  };
}

function idOf(block: string): string {
  return / id (\d+) /.exec(block)?.[1] ?? '';
}

/** Each frontend with the lines of its backends. */
function blocksOf(text: string): readonly string[] {
  return text.split(/(?<=\n)(?!\t)/);
}

/** `ip -j link` with another interface. */
export function addLink(link: object): TextEdit {
  return (text) =>
    JSON.stringify([...linksOf(text), { ifindex: 900, flags: ['UP', 'LOWER_UP'], mtu: 1500, ...link }]);
}

/** `ip -j link` with other fields of an interface. */
export function editLink(name: string, fields: object): TextEdit {
  return editLinks(new RegExp(`^${name.replaceAll('.', String.raw`\.`)}$`), fields);
}

export function editLinks(pattern: RegExp, fields: object): TextEdit {
  return (text) =>
    JSON.stringify(linksOf(text).map((link) => (pattern.test(link.ifname) ? { ...link, ...fields } : link)));
}

interface RecordedLink {
  readonly ifname: string;
}

function linksOf(text: string): readonly RecordedLink[] {
  return JSON.parse(text) as readonly RecordedLink[]; // As `ip` prints it.
}

interface RecordedPrograms {
  readonly tc: readonly { readonly devname: string; readonly kind: string; readonly name: string }[];
}

/** `bpftool net` with another program of Calico. */
export function withProgram(devname: string, kind: string): TextEdit {
  return editPrograms((tc) => [...tc, { devname, kind, name: 'cali_tc_preamble' }]);
}

export function withoutPrograms(name: string): TextEdit {
  return editPrograms((tc) => tc.filter(({ devname }) => devname !== name));
}

function editPrograms(edit: (tc: RecordedPrograms['tc']) => RecordedPrograms['tc']): TextEdit {
  return (text) => {
    const lists = JSON.parse(text) as readonly RecordedPrograms[]; // As bpftool prints it.
    return JSON.stringify(lists.map((list) => ({ ...list, tc: edit(list.tc) })));
  };
}

/** `bpftool map` in which the maps of a name hold so many entries. */
export function sizeMaps(name: string, size: number): TextEdit {
  return (text) => {
    const maps = JSON.parse(text) as readonly { readonly name?: string }[]; // As bpftool prints it.
    return JSON.stringify(
      maps.map((map) => (map.name?.startsWith(name) === true ? { ...map, max_entries: size } : map)),
    );
  };
}

/** `counters dump` in which the programs of an interface have dropped so many packets, of those that came in. */
export function countDrops(name: string, reason: string, packets: number): TextEdit {
  return countIn(name, new RegExp(`(\\| ${reason} +\\|) +(?:\\d+|N/A) \\|`), packets);
}

/** The same of those on their way to a pod, or from it, which are dropped by its policy. */
export function countDenials(
  name: string,
  packets: number,
  direction: 'ingress' | 'egress' = 'ingress',
): TextEdit {
  const row =
    direction === 'ingress'
      ? /(Dropped[\s\S]*?\| by policy +\| +(?:\d+|N\/A) \|) +(?:\d+|N\/A) \|/
      : /(Dropped[\s\S]*?\| by policy +\|) +(?:\d+|N\/A) \|/;
  return countIn(name, row, packets);
}

function countIn(name: string, row: RegExp, packets: number): TextEdit {
  return (text) => {
    const end = text.indexOf(`dumped ${name} counters.`);
    const start = text.lastIndexOf('dumped ', end - 1) + 1;
    const table = text.slice(start, end);
    return text.slice(0, start) + table.replace(row, `$1 ${packets} |`) + text.slice(end);
  };
}

/** The ConfigMap that tells calico-node where the API server is. */
export function withConfigMap(host: string, port: string): ObjectsEdit {
  return (objects) => [
    ...objects,
    {
      metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
      data: { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port },
    },
  ];
}

/** The changes of two faults, one after the other where they concern the same. */
export function mergeEdits(first: Edits, second: Edits): Edits {
  return {
    probes: merge(first.probes, second.probes, (a, b) => (text) => {
      const edited = a(text);
      return edited === undefined ? undefined : b(edited);
    }),
    failures: { ...first.failures, ...second.failures },
    cutOff: [...(first.cutOff ?? []), ...(second.cutOff ?? [])],
    objects: merge(first.objects, second.objects, (a, b) => (objects) => b(a(objects))),
    answeredBy: { ...first.answeredBy, ...second.answeredBy },
    everywhere: (text) =>
      [first, second].reduce((known, { everywhere }) => everywhere?.(known) ?? known, text),
  };
}

function merge<T>(
  a: Readonly<Record<string, T>> = {},
  b: Readonly<Record<string, T>> = {},
  join: (a: T, b: T) => T,
): Readonly<Record<string, T>> {
  const joined = Object.entries(b).map(([key, edit]) => {
    const known = a[key];
    return [key, known === undefined ? edit : join(known, edit)] as const;
  });
  return { ...a, ...Object.fromEntries(joined) };
}

/** A log of Felix in which it started with other settings, by parameter. */
export function withSettings(settings: Readonly<Record<string, string>>): TextEdit {
  const spelled = Object.entries(settings).map(([name, value]) => `, "${name}":"${value}"`);
  return (text) => text.replaceAll('"BPFLogLevel":"Debug"', `"BPFLogLevel":"Debug"${spelled.join('')}`);
}

/** A log of Felix that goes on with these lines: level, place and words. */
export function logging(...lines: readonly string[]): TextEdit {
  return (text) => lines.reduce((log, line, at) => `${log}2026-11-21 06:00:0${at}.000 ${line}\n`, text);
}

/** A node whose log of Felix is another. */
export function logOf(node: string, edit: TextEdit): Edits {
  return { probes: { [`${node}/felix.log`]: edit } };
}

/** A node whose conntrack has so many more entries. */
export function withEntries(node: string, count: number, line: (at: number) => string): Edits {
  const added = Array.from({ length: count }, (_, at) => `${line(at)}\n`).join('');
  return { probes: { [`${node}/conntrack.dump`]: (text) => text + added } };
}

/** What a node answers whose calico-node is not there: nothing. */
export function silent(...nodes: readonly string[]): NonNullable<Edits['probes']> {
  const probes = [
    'bpftool.map',
    'bpftool.net',
    'bpftool.prog',
    'bpftool.cgroup',
    'bpffs',
    'conntrack.dump',
    'conntrack.stats',
    'counters.dump',
    'felix.log',
    'ifstate.dump',
    'ip.link',
    'ip.route',
    'ipsets.dump',
    'iptables.save',
    'mounts',
    'nat.aff',
    'nat.dump',
    'nft.ruleset',
    'readiness',
    'routes.dump',
    'sysctl',
    'version',
    'ss',
    'tc.qdisc',
    'policy.files',
    'arp.dump',
    'uname',
  ];
  return Object.fromEntries(
    nodes.flatMap((node) => probes.map((probe) => [`${node}/${probe}`, () => undefined])),
  );
}
