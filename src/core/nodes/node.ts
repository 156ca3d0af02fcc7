import type { AgentState } from './agent.ts';

/** What is known of a node, from its Kubernetes objects and from what its probes said. */
export interface NodeFacts {
  readonly name: string;
  /** The Ready condition of the Node object; `unknown` without one. */
  readonly ready: 'ready' | 'not-ready' | 'unknown';
  /** Why it is not ready, as the condition says. */
  readonly readyMessage: string | undefined;
  readonly ebpf: EbpfState;
  /** What Felix programs in place of eBPF where that is off; `undefined` where it is not, or there is no Felix. */
  readonly instead: string | undefined;
  /** Its calico-node pod, through which it is asked. */
  readonly agent: AgentState;
  /** The availability zone and the pool (node group) that its labels name. */
  readonly zone: string | undefined;
  readonly pool: string | undefined;
  /** As `v3.32.1`; from the image of the node's calico-node pod, else the version probe. */
  readonly calicoVersion: string | undefined;
  readonly kernel: string | undefined;
  readonly osImage: string | undefined;
  readonly addresses: readonly string[];
}

/**
 * What decides: that Felix's log says it started eBPF, started without it, or went back to iptables; its BPF maps; that
 * the calico-node pod is as it is; or that the node was not asked.
 */
export type EbpfReason = 'started' | 'started-without' | 'fell-back' | 'maps' | 'agent' | 'not-asked';

/** Whether the eBPF dataplane runs on a node, and how we know. */
export interface EbpfState {
  readonly state: 'on' | 'off' | 'unknown';
  readonly reason: EbpfReason;
  /** One sentence: the evidence. */
  readonly why: string;
  /** What was asked for by configuration, when it is known and differs: `env FELIX_BPFENABLED=true`. */
  readonly configured: string | undefined;
  /** What was looked at to decide, in order: probe ids and object names. */
  readonly asked: readonly string[];
}
