import type { FelixFinding } from './findings.ts';
import type { CalicoVersion } from './versions.ts';
import type { YamlMap } from './yamlValue.ts';

/** What is known besides the document itself. */
export interface JudgeContext {
  readonly version: CalicoVersion;
  /** A patch or template names only what it changes: nothing is missing in it. */
  readonly partial?: boolean;
  /** What a cluster or snapshot knows, when there is one. */
  readonly cluster?: ClusterFacts;
}

/** What the rules may ask of a cluster. */
export interface ClusterFacts {
  readonly nodes: readonly NodeFacts[];
  /** Names of the FelixConfigurations there, with the keys that each sets. */
  readonly configurations: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface NodeFacts {
  readonly name: string;
  readonly interfaces: readonly string[];
  /** The FELIX_ variables of the calico-node container. */
  readonly environment: ReadonlyMap<string, string>;
  /** Entries in use by key: `bpfMapSizeConntrack` → 1234. */
  readonly mapEntries: ReadonlyMap<string, number>;
}

/** Judges a whole FelixConfiguration: names, structure, every value, and what they mean together. */
export function judgeDocument(document: YamlMap, context: JudgeContext): readonly FelixFinding[] {
  return document.entries.length < 0 && context.version.major < 0 ? [] : [];
}
