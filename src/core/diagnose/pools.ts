import { field, textField, type KubernetesObject } from '../objects/object.ts';
import { matchesSelector, parseSelector } from '../names/selector.ts';
import type { KnownCluster } from './knownCluster.ts';

export interface Overhead {
  readonly bytes: number;
  readonly what: string;
  /** The key of the MTU in FelixConfiguration. */
  readonly key: string;
}

/** IP pools that pods may have addresses of. */
export function activePools(cluster: KnownCluster): readonly KubernetesObject[] {
  return cluster.objects('ippools').filter((pool) => field(pool, 'spec', 'disabled') !== true);
}

/** Whether a pool is encapsulated that way, for some of its traffic at least. */
export function isEncapsulated(pool: KubernetesObject, mode: 'vxlanMode' | 'ipipMode'): boolean {
  const value = textField(pool, 'spec', mode);
  return value !== undefined && value !== 'Never';
}

/** Whether a pool is for a node. */
export function isForNode(pool: KubernetesObject, node: KubernetesObject): boolean {
  const text = textField(pool, 'spec', 'nodeSelector');
  const selector = text === undefined ? undefined : parseSelector(text);
  return selector === undefined || matchesSelector(selector, node.metadata.labels ?? {});
}

/** What encapsulation of IPv4 adds to a packet, the most of all pools. */
export function overheadOf(cluster: KnownCluster): Overhead {
  const pools = activePools(cluster).filter((pool) => textField(pool, 'spec', 'cidr')?.includes('.'));
  if (pools.some((pool) => isEncapsulated(pool, 'vxlanMode')))
    return { bytes: 50, what: 'VXLAN', key: 'vxlanMTU' };
  if (pools.some((pool) => isEncapsulated(pool, 'ipipMode')))
    return { bytes: 20, what: 'IPIP', key: 'ipipMTU' };
  return { bytes: 0, what: 'nothing', key: 'vxlanMTU' };
}
