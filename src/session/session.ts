import type { Cluster, Selection } from '../cluster/cluster.ts';
import type { MapSummary } from '../core/dump/summary.ts';
import type { Fact } from '../core/facts/fact.ts';
import type { Names } from '../core/names/names.ts';
import type { NamingObjects } from '../core/names/objects.ts';
import type { InterfaceFacts } from '../core/nodes/interfaces.ts';
import type { NodeFacts } from '../core/nodes/node.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import type { IpFamily, MapId } from '../core/probes.ts';
import type { Printed } from '../core/text/printed.ts';

/**
 * An open cluster and what is known of it so far: everything is asked once, when first needed, and kept until
 * `forget`. All methods throw `ClusterError` when the cluster cannot answer; what failed is asked again next time.
 */
export interface Session {
  readonly cluster: Cluster;

  /** All nodes, by name, as Kubernetes tells of them, and those that only have recorded probes; nothing is asked of them. */
  nodeList(signal: AbortSignal): Promise<readonly NodeFacts[]>;

  /** One node, with what it says itself. */
  node(name: string, signal: AbortSignal): Promise<NodeFacts>;

  /** All nodes, each with what it says itself. */
  nodes(signal: AbortSignal): Promise<readonly NodeFacts[]>;

  /** The interfaces of a node as Calico's BPF programs know them, joined with the pods behind them. */
  interfaces(node: string, signal: AbortSignal): Promise<readonly InterfaceFacts[]>;

  /** The dump of a map, summed up. */
  map(target: MapTarget, signal: AbortSignal): Promise<MapDump>;

  /** What a probe printed, or a captured trace, as text; a failed probe throws, with what the tool said. */
  text(target: ProbeTarget, signal: AbortSignal): Promise<ProbeText>;

  /** The same for what may be too long for a text. */
  output(target: ProbeTarget, signal: AbortSignal): Promise<ProbeOutput>;

  /** Who is who, as seen from a node; without a node from Kubernetes objects alone. What is missing only makes it know less. */
  names(node: string | undefined, signal: AbortSignal): Promise<Names>;

  /** The objects that names and facts come from; what cannot be had is missing. */
  objects(signal: AbortSignal): Promise<NamingObjects>;

  /** Takes what a watch heard in place of what was listed. */
  learn(selection: Selection, objects: readonly KubernetesObject[]): void;

  /** Forgets what was learned, of one node or of everything, so that it is asked again. */
  forget(node?: string): void;
}

export interface MapTarget {
  readonly node: string;
  readonly map: MapId;
  readonly family: IpFamily;
}

export interface ProbeTarget {
  readonly node: string;
  readonly probe: string;
}

interface ProbeAnswer {
  readonly argv: readonly string[];
  /** What the tool said on stderr beside its answer; empty if nothing. */
  readonly stderr: string;
  readonly truncated: boolean;
  /** When it was asked, if that is known. */
  readonly startedAt: Date | undefined;
}

export interface ProbeText extends ProbeAnswer {
  readonly text: string;
}

export interface ProbeOutput extends ProbeAnswer {
  readonly output: Printed;
}

export interface MapDump {
  readonly summary: MapSummary;
  /** How many places of the dump could not be read. */
  readonly problemCount: number;
  /** What follows from it and the objects of the cluster, without the rows that it is about. */
  readonly facts: readonly Fact[];
  /** How many entries the map can hold, if `bpftool map` says. */
  readonly capacity: number | undefined;
}
