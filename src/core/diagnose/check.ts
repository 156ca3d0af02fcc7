import type { Steps } from '../steps.ts';
import type { Draft } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode, NodeDigest } from './knownNode.ts';

/** A question to a cluster whose answer names causes. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly documentation: CheckDocumentation;
  readonly rules: readonly Rule[];
  /** The probes that are worth asking after what a node has said. */
  readonly followUp?: (node: KnownNode, cluster: KnownCluster) => readonly string[];
}

export interface CheckDocumentation {
  /** What goes wrong, and what the user sees of it. */
  readonly why: string;
  /** What is compared with what. */
  readonly how: string;
  readonly links: readonly Link[];
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

export type Rule = NodeRule | ClusterRule;

/** What a rule finds; in steps where it looks at much. */
export type Found = readonly Draft[] | Steps<readonly Draft[]>;

/** What is asked of each node by itself. */
export interface NodeRule extends RuleNeeds {
  readonly scope: 'node';
  readonly id: string;
  /** `ebpf`: of no interest on a node that does not run eBPF. */
  readonly dataplane: 'ebpf' | 'any';
  readonly find: (node: KnownNode, cluster: KnownCluster) => Found;
}

/** What is asked of the cluster as a whole, after all nodes. */
export interface ClusterRule extends RuleNeeds {
  readonly scope: 'cluster';
  readonly id: string;
  readonly find: (cluster: KnownCluster, nodes: readonly NodeDigest[]) => Found;
}

/** Without what it needs a rule is skipped; what it uses besides may be missing. */
export interface RuleNeeds {
  /** Resources as `list` names them; those of Calico without their group. */
  readonly objects: readonly string[];
  readonly probes: readonly string[];
  readonly uses?: readonly string[];
  /** Resources without which it says less: what of them may not be listed is told beside what it finds. */
  readonly wants?: readonly string[];
  /** Whether it sees but a side of what the check is about: a check of which nothing else could run has not passed. */
  readonly isAside?: boolean;
}

/** A rule about each node that runs eBPF, the usual one. */
export function ebpfRule(id: string, needs: Partial<RuleNeeds>, find: NodeRule['find']): NodeRule {
  return { scope: 'node', dataplane: 'ebpf', id, probes: [], objects: [], ...needs, find };
}

/** A rule about each node, whichever dataplane it runs. */
export function nodeRule(id: string, needs: Partial<RuleNeeds>, find: NodeRule['find']): NodeRule {
  return { ...ebpfRule(id, needs, find), dataplane: 'any' };
}

/** A rule about the cluster as a whole. */
export function clusterRule(id: string, needs: Partial<RuleNeeds>, find: ClusterRule['find']): ClusterRule {
  return { scope: 'cluster', id, probes: [], objects: [], ...needs, find };
}

const documentation = 'https://docs.tigera.io/calico/latest';

/** A page of Calico's documentation. */
export function calicoPage(title: string, path: string): Link {
  return { title, url: `${documentation}/${path}` };
}

export const troubleshooting = calicoPage('Troubleshoot eBPF mode', 'operations/ebpf/troubleshoot-ebpf');
export const enabling = calicoPage('Enable the eBPF dataplane', 'operations/ebpf/enabling-ebpf');
export const felixReference = calicoPage('FelixConfiguration', 'reference/resources/felixconfig');
