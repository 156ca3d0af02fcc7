/** Pods of the recorded shop that are made anew, and who has heard of it. */
import { all, each, links } from '../../healthy/healthy.ts';
import { mapLines, withoutLines, withoutPrograms } from '../edits.ts';
import type { Edits } from '../../edited.ts';

type TextEdit = (text: string) => string;

/** A pod of the recorded shop that was deleted and made anew. */
export interface Remade {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly interface: string;
  /** What it is called afterwards, where a Deployment made it. */
  readonly newName: string;
  readonly newAddress: string;
  /** The CNI plugin derives it from the name. */
  readonly newInterface: string;
}

/** One of the two pods behind shop/catalog, under another name. */
export const catalog: Remade = {
  name: 'catalog-5c8d6f9b7b-p4r6s',
  node: 'node-b',
  address: '10.244.218.66',
  interface: 'cali741c71dc294',
  newName: 'catalog-5c8d6f9b7b-w9k3d',
  newAddress: '10.244.218.75',
  newInterface: 'cali5e0f1a2b3c4',
};

/** The only pod behind shop/db, which keeps its name. */
export const db: Remade = {
  name: 'db-0',
  node: 'node-c',
  address: '10.244.99.194',
  interface: 'cali43878a68a0a',
  newName: 'db-0',
  newAddress: '10.244.99.205',
  newInterface: 'cali43878a68a0a',
};

const nodes = ['node-a', 'node-b', 'node-c'];
const newIndex = 31;

function escaped(text: string): string {
  return text.replaceAll('.', String.raw`\.`);
}

/** What Kubernetes says afterwards. */
function inKubernetes(pod: Remade, at: string): Edits {
  const address = new RegExp(`${escaped(pod.address)}\\b`, 'g');
  const spell: TextEdit = (text) =>
    text.replaceAll(address, pod.newAddress).replaceAll(pod.name, pod.newName);
  const times = /"(creationTimestamp|lastTransitionTime|startedAt|startTime)":"[^"]*"/g;
  return {
    objects: {
      pods: each((known) => {
        if (known.metadata.name !== pod.name) return;
        const text = spell(JSON.stringify(known)).replaceAll(times, (_, key: string) => `"${key}":"${at}"`);
        Object.assign(known, JSON.parse(text));
      }),
      'endpointslices.discovery.k8s.io': each((slice) => {
        Object.assign(slice, JSON.parse(spell(JSON.stringify(slice))));
      }),
    },
  };
}

/** What its node’s kernel has: the interface and the route that the CNI plugin made, the programs gone with the old one. */
function inKernel(pod: Remade): Edits {
  const { node } = pod;
  const named: TextEdit = (text) => text.replaceAll(pod.interface, pod.newInterface);
  return {
    probes: {
      [`${node}/ip.link`]: links((known) =>
        known.map((link) =>
          link.ifname === pod.interface ? { ...link, ifname: pod.newInterface, ifindex: newIndex } : link,
        ),
      ),
      [`${node}/ip.route`]: (text) => named(text).replaceAll(`${pod.address} `, `${pod.newAddress} `),
      [`${node}/tc.qdisc`]: named,
      [`${node}/sysctl`]: named,
      [`${node}/bpftool.net`]: withoutPrograms(pod.interface),
      [`${node}/counters.dump`]: uncounted(pod),
    },
  };
}

/** What Felix has done where it has heard of the new pod. */
function heardOf(pod: Remade, followers: readonly string[]): Edits {
  const address: TextEdit = (text) =>
    text.replaceAll(new RegExp(`${escaped(pod.address)}(?=[:/]\\d)`, 'g'), pod.newAddress);
  const named: TextEdit = (text) => text.replaceAll(pod.interface, pod.newInterface);
  const probes = followers.flatMap((node) => [
    [`${node}/nat.dump`, address] as const,
    [`${node}/ipsets.dump`, address] as const,
  ]);
  const index: TextEdit = (line) => named(line).replace(/^ *\d+ :/, `   ${newIndex} :`);
  const own = {
    [`${pod.node}/routes.dump`]: mapLines(new RegExp(`${escaped(pod.address)}/32`), (line) =>
      address(line).replace(/idx \d+/, `idx ${newIndex}`),
    ),
    [`${pod.node}/ifstate.dump`]: mapLines(new RegExp(`name: ${pod.interface}`), index),
    [`${pod.node}/bpftool.net`]: attachedAgain(pod),
    [`${pod.node}/policy.files`]: named,
    [`${pod.node}/bpffs`]: named,
  };
  return { probes: { ...Object.fromEntries(probes), ...(followers.includes(pod.node) ? own : {}) } };
}

interface Net {
  readonly tc: readonly { readonly devname: string; readonly ifindex: number }[];
}

/** `bpftool net` with programs on the new interface, attached as those of other pods are. */
function attachedAgain({ newInterface: devname }: Remade): TextEdit {
  return (text) => {
    const lists = JSON.parse(text) as readonly Net[]; // As bpftool prints it.
    return JSON.stringify(
      lists.map((net) => {
        const [pod = ''] = net.tc.flatMap((each) => (each.devname.startsWith('cali') ? each.devname : []));
        const own = net.tc.filter((each) => each.devname === pod);
        return { ...net, tc: [...net.tc, ...own.map((each) => ({ ...each, devname, ifindex: newIndex }))] };
      }),
    );
  };
}

/** `counters dump` of an interface through which nothing has gone yet, or that has no programs. */
function uncounted(pod: Remade): TextEdit {
  return (text) => {
    const end = text.indexOf(`dumped ${pod.interface} counters.`);
    const start = text.lastIndexOf('dumped ', end - 1);
    const table = text.slice(start, end).replaceAll(/ \d+ \|/g, ' N/A |');
    return `${text.slice(0, start)}${table}${text.slice(end).replaceAll(pod.interface, pod.newInterface)}`;
  };
}

/** A pod is made anew on its node, and Felix of some nodes has not heard of it. */
export function remade(
  pod: Remade,
  {
    deaf = [],
    at = '2026-11-21T03:59:55Z',
  }: { readonly deaf?: readonly string[]; readonly at?: string } = {},
): Edits {
  return all(
    inKubernetes(pod, at),
    inKernel(pod),
    // Nobody has used what went to the old address since.
    { probes: { '*/conntrack.dump': withoutLines(new RegExp(`${escaped(pod.address)}:`)) } },
    heardOf(
      pod,
      nodes.filter((node) => !deaf.includes(node)),
    ),
  );
}
