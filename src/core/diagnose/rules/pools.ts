import { field, textField, type KubernetesObject } from '../../objects/object.ts';
import { matchesSelector, parseSelector } from '../../names/selector.ts';
import { findObject, type KnownCluster } from '../knownCluster.ts';

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

/** Whether the addresses of a pool are of IPv6. */
export function isOfIpv6(pool: KubernetesObject): boolean {
  return textField(pool, 'spec', 'cidr')?.includes(':') === true;
}

/** What encapsulation adds to a packet, the most of all that is in use (felix/dataplane/linux/int_dataplane.go). */
export function overheadOf(cluster: KnownCluster): Overhead {
  const pools = activePools(cluster);
  const vxlan = pools.filter((pool) => isEncapsulated(pool, 'vxlanMode'));
  const isOnInFelix = (key: string) =>
    field(findObject(cluster, 'felixconfigurations', 'default'), 'spec', key) === true;
  if (isOnInFelix('wireguardEnabledV6')) return { bytes: 80, what: 'WireGuard', key: 'wireguardMTUV6' };
  if (vxlan.some(isOfIpv6)) return { bytes: 70, what: 'VXLAN', key: 'vxlanMTUV6' };
  if (isOnInFelix('wireguardEnabled')) return { bytes: 60, what: 'WireGuard', key: 'wireguardMTU' };
  if (vxlan.length > 0) return { bytes: 50, what: 'VXLAN', key: 'vxlanMTU' };
  if (pools.some((pool) => isEncapsulated(pool, 'ipipMode')))
    return { bytes: 20, what: 'IPIP', key: 'ipipMTU' };
  return { bytes: 0, what: 'nothing', key: 'vxlanMTU' };
}

/** Whether any pool is encapsulated in VXLAN. */
export function usesVxlan(cluster: KnownCluster): boolean {
  return activePools(cluster).some((pool) => isEncapsulated(pool, 'vxlanMode'));
}
