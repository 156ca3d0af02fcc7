import type { ClusterErrorReason, ClusterInfo, Notice } from '../../cluster/cluster.ts';
import type { InterfaceFacts } from '../../core/nodes/interfaces.ts';
import type { NodeFacts } from '../../core/nodes/node.ts';
import type { IpFamily, MapKind } from '../../core/probes.ts';
import type { MapSummary } from '../../core/dump/summary.ts';

/** What the Cluster view shows, as plain data. */
export type Element =
  | ClusterElement
  | NoticesElement
  | NoticeElement
  | NodeElement
  | DataplaneElement
  | GroupElement
  | InterfaceElement
  | MapElement
  | PolicyElement
  | FailureElement
  | EmptyElement;

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
}

export interface NodeElement {
  readonly kind: 'node';
  readonly node: string;
  readonly facts: NodeFacts;
}

/** Why a node has nothing to browse, or not all: eBPF is off, or not known to be on. */
export interface DataplaneElement {
  readonly kind: 'dataplane';
  readonly node: string;
  readonly facts: NodeFacts;
}

export type GroupId = 'interfaces' | 'maps' | 'policies';

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
      readonly capacity: number | undefined;
      readonly problems: number;
    }
  | { readonly kind: 'failed'; readonly reason: ClusterErrorReason; readonly message: string };

export interface PolicyElement {
  readonly kind: 'policy';
  readonly node: string;
  readonly facts: InterfaceFacts;
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

/** Says that there is nothing, rather than showing nothing. */
export interface EmptyElement {
  readonly kind: 'empty';
  readonly under: string;
  readonly message: string;
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
    case 'node':
      return `node/${element.node}`;
    case 'dataplane':
      return `node/${element.node}/dataplane`;
    case 'group':
      return `node/${element.node}/${element.group}`;
    case 'interface':
      return `node/${element.node}/interfaces/${element.facts.name}`;
    case 'map':
      return `node/${element.node}/maps/${element.map.id}/${element.family}`;
    case 'policy':
      return `node/${element.node}/policies/${element.facts.name}`;
    case 'failure':
      return `${element.under}/failure/${element.what}`;
    case 'empty':
      return `${element.under}/empty`;
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
    case 'map':
      return element.map.title;
    case 'group':
      return groupTitles[element.group];
    case 'notices':
      return element.notices.map(({ what, why }) => `${what}: ${why}`).join('\n');
    case 'notice':
      return `${element.notice.what}: ${element.notice.why}`;
    case 'failure':
    case 'empty':
      return element.message;
  }
}

export const groupTitles: { readonly [group in GroupId]: string } = {
  interfaces: 'Interfaces',
  maps: 'BPF maps',
  policies: 'Policies',
};

/** `namespace/pod` of a workload interface, if the pod is known. */
export function podName({ pod }: InterfaceFacts): string | undefined {
  return pod === undefined ? undefined : `${pod.namespace}/${pod.name}`;
}
