/**
 * What a live node is not asked where what else is known tells that nothing would be found: each probe takes a process
 * there.
 */
import { isPodReady } from './rules/emptyService.ts';
import { field, listField } from '../objects/object.ts';
import { agentVersion } from '../nodes/nodeFacts.ts';
import { unneeded, type Heard } from './heard.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';
import { isCalicoProgram, readSysctls } from './system.ts';

/** Of the probes those that are worth asking a live node at first. */
export function withoutSpared(
  probes: readonly string[],
  node: string,
  cluster: KnownCluster,
): readonly string[] {
  return probes.filter(
    (probe) => !afterOthers.has(probe) && beforehand.get(probe)?.(node, cluster) !== 'spared',
  );
}

/**
 * Of the probes those that it is to be asked all the same after what it has said. The others are noted as unneeded, or
 * as unknown where what they hang on is: a node that does not answer is not asked again.
 */
export function sparedInVain(
  probes: readonly string[],
  node: KnownNode,
  heard: Map<string, Heard>,
): readonly string[] {
  const left = probes.filter((probe) => !heard.has(probe));
  return left.filter((probe) => {
    const cause = afterOthers.get(probe);
    const basis = cause?.basis.map((each) => node.heard(each)) ?? [];
    const isUnknown = basis.length > 0 && basis.every(({ kind }) => kind === 'unknown');
    if (!isUnknown && cause?.isGiven(node) === true) return true;
    heard.set(probe, (isUnknown ? basis[0] : undefined) ?? unneeded);
    return false;
  });
}

/** What the objects make unneeded. */
const beforehand: ReadonlyMap<string, (node: string, cluster: KnownCluster) => 'asked' | 'spared'> = new Map([
  ['version', (node, cluster) => (hasTag(node, cluster) ? 'spared' : 'asked')],
  ['readiness', (node, cluster) => (isFoundReady(node, cluster) ? 'spared' : 'asked')],
]);

interface Cause {
  /** The probes that tell whether there is one. */
  readonly basis: readonly string[];
  readonly isGiven: (node: KnownNode) => boolean;
}

/** What is asked after the others, and what gives cause to. */
const afterOthers: ReadonlyMap<string, Cause> = new Map([
  // The dump has what it counts.
  ['conntrack.stats', { basis: ['conntrack.dump'], isGiven: isDumpCut }],
  // The image has no `ss`.
  ['ss', { basis: [], isGiven: () => false }],
  ['sockets', { basis: ['iptables.save', 'nft.ruleset', 'ip.link'], isGiven: mayHaveProxy }],
  ['bpffs', { basis: ['bpftool.map'], isGiven: mayResize }],
  ['bpftool.prog', { basis: ['bpftool.net'], isGiven: programsMatter }],
]);

function hasTag(node: string, cluster: KnownCluster): boolean {
  const agent = cluster.agentOn(node);
  return agent !== undefined && agentVersion(agent) !== undefined;
}

/** Whether the kubelet asks the same every few seconds, and was told yes. */
function isFoundReady(node: string, cluster: KnownCluster): boolean {
  const agent = cluster.agentOn(node);
  const isAsked = listField(agent, 'spec', 'containers').some(
    (each) => field(each, 'readinessProbe') !== undefined,
  );
  return agent !== undefined && isAsked && isPodReady(agent);
}

function isDumpCut(node: KnownNode): boolean {
  const dump = node.heard('conntrack.dump');
  return dump.kind === 'answered' && dump.truncated;
}

/** What kube-proxy makes as long as it runs: the canaries of its chains, a table, or an interface. */
const madeByProxy = /KUBE-PROXY|KUBE-SERVICES|KUBE-SVC|\bkube-proxy\b|kube-ipvs0/;

function mayHaveProxy(node: KnownNode): boolean {
  return ['iptables.save', 'nft.ruleset', 'ip.link'].some((probe) => {
    const said = node.text(probe);
    return said === undefined || madeByProxy.test(said);
  });
}

/** A map that is given another size is there twice for a while, once in each. */
function mayResize(node: KnownNode): boolean {
  if (node.heard('bpftool.map').kind !== 'answered') return true;
  const sizes = new Map<string, number>();
  return node.bpfMaps().some(({ name, maxEntries }) => {
    const known = sizes.get(name) ?? maxEntries;
    sizes.set(name, known);
    return known !== maxEntries;
  });
}

/** Programs of Calico take less than this on average when they are compiled. */
const compiledBytes = 32 * 1024;

/** Where Calico has none attached, or as many were loaded since the node started as could fill the kernel's budget. */
function programsMatter(node: KnownNode): boolean {
  if (node.attached()?.some(isCalicoProgram) !== true) return true;
  const limit = Number(readSysctls(node.text('sysctl.bpf') ?? '').get('net/core/bpf_jit_limit') ?? 0);
  const ids = [...(node.text('bpftool.net') ?? '').matchAll(/"(?:prog_)?id":\s*(\d+)/g)];
  const latest = Math.max(...ids.map(([, id]) => Number(id)));
  return !(latest * compiledBytes < limit / 2);
}
