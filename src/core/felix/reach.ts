import { matchesSelector, parseSelector } from '../names/selector.ts';
import { scopeOf } from './names.ts';
import { field, textField, type KubernetesObject } from '../objects/object.ts';

/**
 * The nodes that a FelixConfiguration is for, by its name: `default` for all, `node.<name>` for one, any other for
 * those that its nodeSelector matches (from v3.32 on; felix/calc/config_batcher.go). Felix restarts on them when it
 * changes. Empty when it is for none, or its selector cannot be read.
 */
export function nodesReached(
  configuration: KubernetesObject,
  nodes: readonly KubernetesObject[],
): readonly string[] {
  const { name } = configuration.metadata;
  const names = nodes.map((node) => node.metadata.name);
  if (name === 'default') return names;
  if (name.startsWith('node.')) return names.filter((node) => `node.${node}` === name);
  const text = textField(field(configuration, 'spec'), 'nodeSelector');
  const selector = text === undefined ? undefined : parseSelector(text);
  if (selector === undefined) return [];
  return nodes
    .filter(({ metadata }) => matchesSelector(selector, metadata.labels ?? {}))
    .map(({ metadata }) => metadata.name);
}

/**
 * The nodes on which each FelixConfiguration is used, by its name: of several that select a node the oldest is, and
 * of equally old ones the first by name (felix/calc/config_batcher.go).
 */
export function nodesUsing(
  configurations: readonly KubernetesObject[],
  nodes: readonly KubernetesObject[],
): ReadonlyMap<string, readonly string[]> {
  const taken = new Set<string>();
  const reached = configurations.toSorted(byAge).map((configuration) => {
    const { name } = configuration.metadata;
    const all = nodesReached(configuration, nodes);
    if (scopeOf(name) !== 'selector') return [name, all] as const;
    const own = all.filter((node) => !taken.has(node));
    for (const node of own) taken.add(node);
    return [name, own] as const;
  });
  return new Map(reached);
}

function byAge(a: KubernetesObject, b: KubernetesObject): number {
  return createdAt(a).localeCompare(createdAt(b)) || a.metadata.name.localeCompare(b.metadata.name);
}

function createdAt(object: KubernetesObject): string {
  return textField(object, 'metadata', 'creationTimestamp') ?? '';
}

/** The keys that Felix takes over while it runs; for any other it restarts (felix/daemon/daemon.go, handledConfigChanges). */
const takenOverLive: ReadonlySet<string> = new Set(['healthTimeoutOverrides']);

/** Whether Felix restarts when the value of a key changes that is in effect on its node. */
export function restartsFelix(key: string): boolean {
  return !takenOverLive.has(key);
}
