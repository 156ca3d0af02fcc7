import type {
  ClusterErrorReason,
  ClusterInfo,
  FeatureAccess,
  Notice,
  Permission,
} from '../../cluster/cluster.ts';
import type { InterfaceFacts } from '../../core/nodes/interfaces.ts';
import type { NodeGroup } from '../../core/nodes/groups.ts';
import type { NodeFacts } from '../../core/nodes/node.ts';
import type { IpFamily, MapKind } from '../../core/probes.ts';
import type { Fact } from '../../core/facts/fact.ts';
import type { MapSummary } from '../../core/dump/summary.ts';

/** What the Cluster view shows, as plain data. */
export type Element =
  | ClusterElement
  | NoticesElement
  | NoticeElement
  | AccessElement
  | LackElement
  | NodeGroupElement
  | NodeElement
  | DataplaneElement
  | FactElement
  | GroupElement
  | InterfaceElement
  | MapElement
  | PolicyElement
  | TraceElement
  | FailureElement
  | StaleElement
  | EmptyElement
  | MoreElement;

/** The open cluster: the root. */
export interface ClusterElement {
  readonly kind: 'cluster';
  readonly info: ClusterInfo;
}

/** What the recording says is missing, together. */
export interface NoticesElement {
  readonly kind: 'notices';
  readonly notices: readonly Notice[];
}

export interface NoticeElement {
  readonly kind: 'notice';
  readonly notice: Notice;
  /** Whether it stands in the way of everything, as without Calico. */
  readonly isWarning: boolean;
}

/** What the user may not do here. */
export interface AccessElement {
  readonly kind: 'access';
  readonly lacking: readonly FeatureAccess[];
}

/** What one use of the cluster lacks. */
export interface LackElement {
  readonly kind: 'lack';
  readonly access: FeatureAccess;
}

/** Some of very many nodes. */
export interface NodeGroupElement {
  readonly kind: 'nodeGroup';
  /** The titles of the groups that it is in, and its own. */
  readonly path: readonly string[];
  readonly group: NodeGroup;
}

export interface NodeElement {
  readonly kind: 'node';
  readonly node: string;
  readonly facts: NodeFacts;
  /** Whether its own answer is waited for. */
  readonly isAsked: boolean;
}

/** Why a node has nothing to browse, or not all: eBPF is off, or not known to be on. */
export interface DataplaneElement {
  readonly kind: 'dataplane';
  readonly node: string;
  readonly facts: NodeFacts;
}

/** One thing that is known, as label and value. */
export interface FactElement {
  readonly kind: 'fact';
  readonly under: string;
  readonly label: string;
  readonly value: string;
}

export type GroupId = 'interfaces' | 'maps' | 'policies' | 'traces';

export interface GroupElement {
  readonly kind: 'group';
  readonly node: string;
  readonly group: GroupId;
  /** How many it holds; `undefined` where that is known only once it is opened. */
  readonly count: number | undefined;
}

export interface InterfaceElement {
  readonly kind: 'interface';
  readonly node: string;
  readonly facts: InterfaceFacts;
}

export interface MapElement {
  readonly kind: 'map';
  readonly node: string;
  readonly map: MapKind;
  readonly family: IpFamily;
  readonly state: MapState;
}

export type MapState =
  | {
      readonly kind: 'read';
      readonly summary: MapSummary;
      readonly facts: readonly Fact[];
      readonly capacity: number | undefined;
      readonly problems: number;
      /** Since when it could not be read again, and why; `undefined` when it was. */
      readonly stale?: Staleness | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: ClusterErrorReason; readonly message: string };

export interface PolicyElement {
  readonly kind: 'policy';
  readonly node: string;
  readonly facts: InterfaceFacts;
}

/** A captured trace of the node. */
export interface TraceElement {
  readonly kind: 'trace';
  readonly node: string;
  readonly name: string;
}

/** Something that could not be read, in the place where it would stand. */
export interface FailureElement {
  readonly kind: 'failure';
  /** The id of the element that it stands under. */
  readonly under: string;
  readonly what: string;
  readonly reason: ClusterErrorReason;
  readonly message: string;
}

/** What is shown is what was known before: the last good answer. */
export interface Staleness {
  /** When it was read. */
  readonly since: Date;
  /** Why it could not be read again. */
  readonly message: string;
}

/** Stands above elements that could not be read again. */
export interface StaleElement extends Staleness {
  readonly kind: 'stale';
  readonly under: string;
}

/** Says that there is nothing, rather than showing nothing. */
export interface EmptyElement {
  readonly kind: 'empty';
  readonly under: string;
  readonly message: string;
}

/** Stands for what a very long list does not show. */
export interface MoreElement {
  readonly kind: 'more';
  readonly under: string;
  readonly count: number;
}

/** The stable id of an element: the same thing has the same id after a refresh, so that expansion survives. */
export function idOf(element: Element): string {
  switch (element.kind) {
    case 'cluster':
      return `cluster/${element.info.origin}`;
    case 'notices':
      return 'notices';
    case 'notice':
      return `notices/${element.notice.what}`;
    case 'access':
      return 'access';
    case 'lack':
      return `access/${element.access.feature}`;
    case 'nodeGroup':
      return `nodes/${element.path.join('/')}`;
    case 'node':
      return `node/${element.node}`;
    case 'stale':
      return `${element.under}/stale`;
    case 'dataplane':
      return `node/${element.node}/dataplane`;
    case 'fact':
      return `${element.under}/${element.label}`;
    case 'group':
      return `node/${element.node}/${element.group}`;
    case 'interface':
      return `node/${element.node}/interfaces/${element.facts.name}`;
    case 'map':
      return `node/${element.node}/maps/${element.map.id}/${element.family}`;
    case 'policy':
      return `node/${element.node}/policies/${element.facts.name}`;
    case 'trace':
      return `node/${element.node}/traces/${element.name}`;
    case 'failure':
      return `${element.under}/failure/${element.what}`;
    case 'empty':
      return `${element.under}/empty`;
    case 'more':
      return `${element.under}/more`;
  }
}

/** What an element is called, to copy. */
export function nameOf(element: Element): string {
  switch (element.kind) {
    case 'cluster':
      return element.info.name;
    case 'node':
    case 'dataplane':
      return element.node;
    case 'interface':
      return element.facts.name;
    case 'policy':
      return podName(element.facts) ?? element.facts.name;
    case 'trace':
      return element.name;
    case 'map':
      return mapLabel(element);
    case 'group':
      return groupTitles[element.group];
    case 'notices':
      return 'What is missing';
    case 'notice':
      return element.notice.what;
    case 'access':
      return 'Permissions';
    case 'lack':
      return element.access.feature;
    case 'nodeGroup':
      return element.group.title;
    case 'stale':
      return 'Not refreshed';
    case 'fact':
      return element.label;
    case 'failure':
      return element.what;
    case 'empty':
    case 'more':
      return valueOf(element);
  }
}

/** The raw value that stands beside the name, to copy. */
export function valueOf(element: Element): string {
  switch (element.kind) {
    case 'cluster':
      return element.info.origin;
    case 'node':
      return element.facts.addresses.join('\n');
    case 'dataplane':
      return element.facts.ebpf.why;
    case 'interface':
      return String(element.facts.index);
    case 'policy':
      return element.facts.name;
    case 'trace':
      return element.name;
    case 'map':
      return element.state.kind === 'read' ? String(element.state.summary.count) : element.state.message;
    case 'group':
      return String(element.count ?? '');
    case 'notices':
      return element.notices.map(({ what, why }) => `${what}: ${why}`).join('\n');
    case 'notice':
      return element.notice.why;
    case 'access':
      return element.lacking.flatMap(({ missing }) => missing.map(permissionText)).join('\n');
    case 'lack':
      return element.access.missing.map(permissionText).join('\n');
    case 'nodeGroup':
      return element.group.nodes.map(({ name }) => name).join('\n');
    case 'fact':
      return element.value;
    case 'failure':
    case 'stale':
    case 'empty':
      return element.message;
    case 'more':
      return String(element.count);
  }
}

/** A map as the tree calls it; the IPv6 one says so. */
export function mapLabel({ map, family }: Pick<MapElement, 'map' | 'family'>): string {
  return family === 'IPv6' ? `${map.title} IPv6` : map.title;
}

export const groupTitles: { readonly [group in GroupId]: string } = {
  interfaces: 'Interfaces',
  maps: 'BPF maps',
  policies: 'Policies',
  traces: 'Traces',
};

/** `namespace/pod` of a workload interface, if the pod is known. */
export function podName({ pod }: InterfaceFacts): string | undefined {
  return pod === undefined ? undefined : `${pod.namespace}/${pod.name}`;
}

/** `get, create pods/exec in namespace calico-system`. */
export function permissionText({ verbs, group, resource, namespace }: Permission): string {
  const full = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  return `${verbs.join(', ')} ${full} ${where}`;
}
