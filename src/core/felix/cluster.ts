import type { CalicoVersion } from './versions.ts';

/** What is known besides a document itself. */
export interface JudgeContext {
  readonly version: CalicoVersion;
  /** A patch or template names only what it changes: nothing is missing in it. */
  readonly partial?: boolean;
  /** What a cluster or snapshot knows, when there is one. */
  readonly cluster?: ClusterFacts;
}

/** What the rules may ask of a cluster or snapshot. */
export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  /** The FelixConfigurations there, by name. */
  readonly configurations: ReadonlyMap<string, ConfigurationFacts>;
  /** Whether kube-proxy runs; absent when that is not known. */
  readonly kubeProxyRuns?: boolean;
}

export interface ConfigurationFacts {
  readonly keys: ReadonlySet<string>;
  /** The nodes that use it. */
  readonly nodes: readonly string[];
}

export interface NodeFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly interfaces: readonly string[];
  /** The FELIX_ variables of its calico-node container. */
  readonly environment: ReadonlyMap<string, string>;
  /** What its felix.cfg sets, by Felix's names in lower case; absent when that is not known. */
  readonly file?: ReadonlyMap<string, string>;
  /** How many entries of a BPF map are in use, by the key of its size: `bpfMapSizeConntrack` → 1234. */
  readonly mapEntries: ReadonlyMap<string, number>;
}
