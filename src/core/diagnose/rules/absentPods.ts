import { podsBehind } from '../../facts/interfaceState.ts';
import type { PodFacts } from '../../names/objects.ts';
import { textField } from '../../objects/object.ts';
import { findObject, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';

/** A pod that is younger may be on its way; milliseconds. */
const young = 60_000;

/**
 * The running pods of a node that have no interface in ifstate, as `shop/cart-m8t2l`; none where it cannot be told
 * whose interfaces are there (another CNI).
 */
export function absentPods(node: KnownNode, cluster: KnownCluster): readonly string[] {
  const known = found.get(node) ?? findAbsent(node, cluster);
  found.set(node, known);
  return known;
}

const found = new WeakMap<KnownNode, readonly string[]>();

function findAbsent(node: KnownNode, cluster: KnownCluster): readonly string[] {
  const states = node.ifstate()?.entries;
  if (states === undefined) return [];
  const present = new Set(states.flatMap(({ name }) => podsBehind(name, node.names())));
  const pods = cluster.surroundings.book
    .podsOn(node.name)
    .filter(
      (pod) =>
        pod.node === node.name && pod.phase === 'Running' && !pod.isHostNetworked && pod.addresses.length > 0,
    );
  const isPresent = (pod: PodFacts) => present.has(`${pod.namespace}/${pod.name}`);
  if (!pods.some(isPresent) && states.some(({ flags }) => flags.includes('workload'))) return [];
  return pods
    .filter((pod) => !isPresent(pod) && !isYoung(cluster, pod.namespace, pod.name))
    .map((pod) => `${pod.namespace}/${pod.name}`);
}

/** Whether a pod was started so lately that Felix need not know it. */
export function isYoung(cluster: KnownCluster, namespace: string, name: string): boolean {
  const pod = findObject(cluster, 'pods', name, namespace);
  const started = textField(pod, 'status', 'startTime') ?? textField(pod, 'metadata', 'creationTimestamp');
  if (started === undefined || cluster.time === undefined) return false;
  return Date.parse(cluster.time) - Date.parse(started) < young;
}
