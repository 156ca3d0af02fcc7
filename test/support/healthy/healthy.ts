/** Clusters that are made otherwise than the recorded ones, and are as healthy. */
import { fields } from '../../../src/core/felix/fields.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { change, type Edits, type Mutable } from '../edited.ts';
import { mergeEdits, withSettings } from '../faults/edits.ts';

/** A change of a recorded cluster that leaves it as healthy as it was. */
export interface Healthy {
  readonly name: string;
  readonly edits: Edits;
  /** The recordings that it can be made of; those of healthy clusters by default. */
  readonly recordings?: RegExp;
  /** A node that is there besides. */
  readonly joined?: string;
}

export type ObjectsEdit = (objects: readonly KubernetesObject[]) => readonly KubernetesObject[];
type TextEdit = (text: string) => string;

export const nodeNames = ['node-a', 'node-b', 'node-c'] as const;

/** Some time before everything was recorded. */
export const longAgo = '2026-11-01T00:00:00Z';

/** Changes one after another. */
export function all(...edits: readonly Edits[]): Edits {
  return edits.reduce((known, each) => mergeEdits(known, each), {});
}

/** The same change of what a probe prints on every node. */
export function printed(probes: Readonly<Record<string, TextEdit>>): Edits {
  return { probes: Object.fromEntries(Object.entries(probes).map(([id, edit]) => [`*/${id}`, edit])) };
}

export function add(...added: readonly KubernetesObject[]): ObjectsEdit {
  return (objects) => [...objects, ...added];
}

export function each(edit: (object: Mutable) => void): ObjectsEdit {
  return (objects) =>
    objects.map((object) => {
      const copy = structuredClone(object) as Mutable; // The copy is the test's own.
      edit(copy);
      return copy;
    });
}

export const none: ObjectsEdit = () => [];

export function pod(name: string, spec: object, status: object, labels: Record<string, string> = {}) {
  return {
    metadata: { name, namespace: 'shop', labels, creationTimestamp: longAgo },
    spec: { containers: [], ...spec },
    status,
  };
}

export function service(name: string, spec: object, status: object = {}): KubernetesObject {
  return { metadata: { name, namespace: 'shop' }, spec, status };
}

/** A pod of a DaemonSet on the network of each node. */
export function hostPods(name: string, namespace = 'kube-system'): ObjectsEdit {
  return add(
    ...nodeNames.map((nodeName, at) => ({
      metadata: { name: `${name}-${at}`, namespace, labels: { 'k8s-app': name }, creationTimestamp: longAgo },
      spec: { nodeName, hostNetwork: true, containers: [{ name }] },
      status: { phase: 'Running', podIP: `172.18.0.${at + 2}`, podIPs: [{ ip: `172.18.0.${at + 2}` }] },
    })),
  );
}

/** FelixConfiguration asks for something, and Felix has taken it up when it started. */
export function configured(
  spec: object,
  settings: Readonly<Record<string, string | number | boolean>>,
): Edits {
  return {
    objects: {
      'felixconfigurations.crd.projectcalico.org': change('default', (felix) => {
        felix.spec = { ...felix.spec, ...spec };
      }),
    },
    probes: { '*/felix.log': (text) => raised(rawValues(spec))(started(settings)(text)) },
  };
}

/** Felix heard of values, and of no others before. */
function raised(values: Readonly<Record<string, string>>): TextEdit {
  return (text) =>
    withSettings(values)(
      Object.keys(values).reduce(
        (known, name) => known.replaceAll(new RegExp(`"${name}":"[^"]*", `, 'g'), ''),
        text,
      ),
    );
}

/** The values of a resource as Felix hears of them, by parameter. */
function rawValues(spec: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [fields.get(key)?.parameter ?? key, String(value)]),
  );
}

/** The log of a Felix that started with other settings. */
export function started(settings: Readonly<Record<string, string | number | boolean>>): TextEdit {
  return (text) =>
    text
      .split('\n')
      .map((line) => (line.includes('Successfully loaded configuration') ? withValues(line, settings) : line))
      .join('\n');
}

function withValues(line: string, settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings).reduce((known, [name, value]) => {
    const spelled = `${name}:${JSON.stringify(value)}`;
    const old = new RegExp(`\\b${name}:(?:"[^"]*"|[^,}]*)`);
    return old.test(known)
      ? known.replace(old, spelled)
      : known.replace('config.Config{', `config.Config{${spelled}, `);
  }, line);
}

/** FelixConfiguration does not speak of a key any more. */
export function unset(...keys: readonly string[]): Edits {
  return {
    objects: {
      'felixconfigurations.crd.projectcalico.org': change('default', (felix) => {
        for (const key of keys) delete felix.spec[key];
      }),
    },
  };
}

interface Link {
  readonly ifname: string;
  readonly [key: string]: unknown;
}

/** `ip -j link` after an edit of the list. */
export function links(edit: (links: readonly Link[]) => readonly Link[]): TextEdit {
  return (text) => (text === '' ? '' : JSON.stringify(edit(JSON.parse(text) as readonly Link[]))); // As `ip` prints it.
}

export function link(ifname: string, ifindex: number, more: object = {}): Link {
  return {
    ifname,
    ifindex,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: 1500,
    operstate: 'UP',
    link_type: 'ether',
    address: `02:00:00:00:01:${ifindex}`,
    ...more,
  };
}

/** An interface that Felix manages, in every list that knows interfaces. */
export function managed(ifname: string, ifindex: number, { flags = 'v4Ready,host', more = {} } = {}): Edits {
  return printed({
    'ip.link': links((known) => [...known, link(ifname, ifindex, more)]),
    'ifstate.dump': (text) => text + state(ifname, ifindex, flags, ifindex),
    'bpftool.net': attached(ifname, ifindex),
  });
}

/** An interface that Felix knows and leaves alone. */
export function unmanaged(
  ifname: string,
  ifindex: number,
  { flags = 'host,notmanaged', more = {} } = {},
): Edits {
  return printed({
    'ip.link': links((known) => [...known, link(ifname, ifindex, more)]),
    'ifstate.dump': (text) => text + state(ifname, ifindex, flags, -1),
  });
}

function state(ifname: string, ifindex: number, flags: string, slot: number): string {
  const filter = slot < 0 ? -1 : slot + 1;
  return `${String(ifindex).padStart(5)} : {flags: ${flags}, XDPPolicyV4: ${slot}, IngressPolicyV4: ${slot}, EgressPolicyV4: ${slot}, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: ${filter}, EgressFilter: ${filter}, name: ${ifname}}\n`;
}

interface Net {
  readonly tc: readonly { readonly devname: string; readonly ifindex: number }[];
}

/** `bpftool net` with the programs of another interface, attached as those of eth0 are. */
export function attached(ifname: string, ifindex: number): TextEdit {
  return nets((tc) => [
    ...tc,
    ...tc.filter(({ devname }) => devname === 'eth0').map((own) => ({ ...own, devname: ifname, ifindex })),
  ]);
}

function nets(edit: (tc: Net['tc']) => Net['tc']): TextEdit {
  return (text) =>
    text === ''
      ? ''
      : JSON.stringify((JSON.parse(text) as Net[]).map((net) => ({ ...net, tc: edit(net.tc) }))); // As bpftool prints it.
}

/** Nothing is left of an interface, wherever it was printed. */
export function withoutInterface(ifname: string): Edits {
  const word = new RegExp(`\\b${ifname.replaceAll('.', '\\.')}\\b`);
  const lines: TextEdit = (text) =>
    text
      .split('\n')
      .filter((line) => !word.test(line))
      .join('\n');
  return printed({
    'ip.link': links((known) => known.filter((each) => each.ifname !== ifname)),
    'bpftool.net': nets((tc) => tc.filter(({ devname }) => devname !== ifname)),
    'ifstate.dump': lines,
    'ip.route': lines,
    'tc.qdisc': lines,
    sysctl: lines,
    bpffs: (text) => text.replaceAll(new RegExp(`.*/${ifname.replaceAll('.', '')}_.*\n`, 'g'), ''),
  });
}

/** The annotations of every node, some of them gone. */
export function annotated(
  edit: (annotations: Record<string, string>, node: string, index: number) => void,
): Edits {
  return {
    objects: {
      nodes: (objects) =>
        objects.map((object, index) => {
          const copy = structuredClone(object) as Mutable; // The copy is the test's own.
          edit(copy.metadata.annotations, copy.metadata.name, index);
          return copy;
        }),
    },
  };
}
