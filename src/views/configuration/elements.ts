import type { ClusterErrorReason, ObjectRef } from '../../cluster/cluster.ts';
import type { EffectiveSetting } from '../../configuration/effective.ts';

/** What the Configuration view shows, as plain data. */
export type Element =
  | ConfigurationElement
  | KeyElement
  | NodesElement
  | NodeElement
  | SettingElement
  | RemarkElement;

/** A FelixConfiguration of the cluster. */
export interface ConfigurationElement {
  readonly kind: 'configuration';
  readonly ref: ObjectRef;
  /** How many nodes it is for; `undefined` when the nodes are not known. */
  readonly nodes: number | undefined;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A key that a FelixConfiguration sets. */
export interface KeyElement {
  readonly kind: 'key';
  readonly ref: ObjectRef;
  readonly key: string;
  readonly value: unknown;
}

/** What is in effect, node by node. */
export interface NodesElement {
  readonly kind: 'nodes';
  readonly names: readonly string[];
}

export interface NodeElement {
  readonly kind: 'configuredNode';
  readonly node: string;
}

export interface SettingElement {
  readonly kind: 'setting';
  readonly node: string;
  readonly setting: EffectiveSetting;
}

/** Says why there is nothing to show. */
export interface RemarkElement {
  readonly kind: 'remark';
  readonly under: string;
  readonly message: string;
  /** `undefined` when nothing is wrong. */
  readonly reason: ClusterErrorReason | undefined;
}

/** The stable id of an element: the same thing has the same id after a refresh, so that expansion survives. */
export function idOf(element: Element): string {
  switch (element.kind) {
    case 'configuration':
      return `configuration/${element.ref.name}`;
    case 'key':
      return `configuration/${element.ref.name}/${element.key}`;
    case 'nodes':
      return 'nodes';
    case 'configuredNode':
      return `nodes/${element.node}`;
    case 'setting':
      return `nodes/${element.node}/${element.setting.key}`;
    case 'remark':
      return `${element.under}/remark`;
  }
}

/** A value on one line, as one writes it in YAML's flow style. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
