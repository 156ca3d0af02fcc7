/** What Linux's own tools print, as far as checks ask: `ip -j link`, `ip route`, `bpftool net -j`, mounts, sysctls. */
import { field, listField, numberField, textField } from '../objects/object.ts';
import { linesOf } from '../text/lines.ts';

/** A network interface as `ip -d -j link` lists it. */
export interface Link {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  readonly isUp: boolean;
  /** `veth`, `vxlan`, `bond`, `bridge`, `dummy`; `undefined` for hardware. */
  readonly kind: string | undefined;
  /** The bond or bridge that it is a part of. */
  readonly master: string | undefined;
  /** `bond`, `bridge`, `team`: of what it is a part. */
  readonly partOf: string | undefined;
  /** Whether its packets begin with an Ethernet header; those of WireGuard, IP in IP and the like do not. */
  readonly hasEthernet: boolean;
  /** Of a VLAN: the interface that its packets go through with their tags. */
  readonly parent: string | undefined;
  /** Of a VXLAN device: whether it takes its VNI from each packet, as Calico's eBPF programs want it. */
  readonly isFlowBased: boolean | undefined;
}

/** Reads `ip -d -j link`; empty when the text is none. */
export function readLinks(text: string): readonly Link[] {
  return listField({ list: parseJson(text) }, 'list').flatMap((link) => {
    const name = textField(link, 'ifname');
    const index = numberField(link, 'ifindex');
    if (name === undefined || index === undefined) return [];
    const kind = textField(link, 'linkinfo', 'info_kind');
    return {
      name,
      index,
      mtu: numberField(link, 'mtu') ?? 0,
      isUp: listField(link, 'flags').includes('UP'),
      kind,
      master: textField(link, 'master'),
      partOf: textField(link, 'linkinfo', 'info_slave_kind'),
      hasEthernet: (textField(link, 'link_type') ?? 'ether') === 'ether',
      parent: kind === 'vlan' ? textField(link, 'link') : undefined,
      isFlowBased: kind === 'vxlan' ? field(link, 'linkinfo', 'info_data', 'external') === true : undefined,
    };
  });
}

/** A program that is attached to an interface, as `bpftool net -j` lists it. */
export interface AttachedProgram {
  readonly interface: string;
  /** `tcx/ingress`, `clsact/egress`, `xdp`; the part before the slash tells how it is attached. */
  readonly kind: string;
  readonly name: string;
}

/** Reads `bpftool net -j`; `undefined` when the text is none. */
export function readAttached(text: string): readonly AttachedProgram[] | undefined {
  const lists = parseJson(text);
  if (!Array.isArray(lists)) return undefined;
  return lists.flatMap((each) => [
    ...listField(each, 'tc').map((entry) => toProgram(entry, textField(entry, 'kind') ?? 'tc')),
    ...listField(each, 'xdp').map((entry) => toProgram(entry, 'xdp')),
  ]);
}

function toProgram(entry: unknown, kind: string): AttachedProgram {
  return { interface: textField(entry, 'devname') ?? '', kind, name: textField(entry, 'name') ?? '' };
}

/** Whether a program is Calico's, by its name: `cali_tc_preamble`, `calico_…` before v3.27. */
export function isCalicoProgram({ name }: AttachedProgram): boolean {
  return name.startsWith('cali');
}

/** The programs that the kernel has. */
export interface Programs {
  readonly count: number;
  /** The names of Calico’s. */
  readonly calico: readonly string[];
  /** The bytes that the compiled programs take, all together. */
  readonly compiledBytes: number;
}

/**
 * Reads `bpftool prog list -j`; `undefined` when the text is none. A node has thousands of programs, of which three
 * members matter; `id`, `type` and these are never inside another.
 */
export function readPrograms(text: string): Programs | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  return {
    count: text.split('"id":').length - 1,
    calico: [...text.matchAll(/"name":\s*"(cali[^"]*)"/g)].map(([, name = '']) => name),
    compiledBytes: [...text.matchAll(/"bytes_jited":\s*(\d+)/g)].reduce(
      (sum, { 1: bytes }) => sum + Number(bytes),
      0,
    ),
  };
}

/** A clsact qdisc, to which programs are attached by tc, and where in the text it stands. */
export interface ClsactQdisc {
  readonly device: string;
  readonly start: number;
}

/** Reads `tc qdisc show`. */
export function readClsacts(text: string): readonly ClsactQdisc[] {
  return [...text.matchAll(/^qdisc clsact \S+ dev (\S+)/gm)].map(({ 1: device = '', index }) => ({
    device,
    start: index,
  }));
}

/** A route of the kernel, as `ip route show table all` prints it. */
export interface KernelRoute {
  /** `default` or a CIDR. */
  readonly destination: string;
  readonly type: string;
  readonly device: string | undefined;
  readonly gateway: string | undefined;
  readonly metric: number;
  readonly table: string;
  /** From one. */
  readonly line: number;
}

const routeTypes = new Set([
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
]);

/** Reads `ip route show table all`. */
export function readKernelRoutes(text: string): readonly KernelRoute[] {
  const routes: KernelRoute[] = [];
  let line = 0;
  for (const { start, end } of linesOf(text)) {
    line++;
    const words = text.slice(start, end).trim().split(/\s+/);
    const type = routeTypes.has(words[0] ?? '') ? words.shift() : undefined;
    const [destination] = words;
    if (destination === undefined || destination === '' || destination === 'nexthop') continue;
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
    routes.push({
      destination,
      type: type ?? 'unicast',
      device: after('dev'),
      gateway: after('via'),
      metric: Number(after('metric') ?? 0),
      table: after('table') ?? 'main',
      line,
    });
  }
  return routes;
}

/** The route by which a node reaches the outside. */
export function defaultRoute(routes: readonly KernelRoute[]): KernelRoute | undefined {
  const found = routes.filter(
    ({ destination, table, device }) => destination === 'default' && table === 'main' && device !== undefined,
  );
  return found.toSorted((a, b) => a.metric - b.metric)[0];
}

export interface Mount {
  readonly path: string;
  readonly type: string;
}

/** Reads `/proc/self/mounts`, or what `mount` prints. */
export function readMounts(text: string): readonly Mount[] {
  return [...linesOf(text)].flatMap(({ start, end }) => {
    const line = text.slice(start, end);
    const [, path, type] = /^\S+ on (\S+) type (\S+) /.exec(line) ?? /^\S+ (\/\S*) (\S+) /.exec(line) ?? [];
    return path === undefined || type === undefined ? [] : { path, type };
  });
}

/** Reads lines of a path below /proc/sys and its value. */
export function readSysctls(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^\/proc\/sys\/([^\s:]+)[ :](.*)$/gm)].map(([, path = '', value = '']) => [
      path,
      value.trim(),
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
