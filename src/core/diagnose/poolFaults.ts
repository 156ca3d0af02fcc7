/** IP pools that leave pods without an address, or without a way back from outside. */
import { field, textField, type KubernetesObject } from '../objects/object.ts';
import { advise, type Draft } from './finding.ts';
import { objectEvidence, type KnownCluster } from './knownCluster.ts';
import { activePools, isForNode, isOfIpv6 } from './pools.ts';
import { keySubject } from './subjects.ts';

/** Calico gives out addresses, and there is no pool to take them of. */
export function withoutPool(cluster: KnownCluster): readonly Draft[] {
  const [block] = cluster.objects('blockaffinities');
  if (block === undefined || activePools(cluster).length > 0) return [];
  const [closed] = cluster.objects('ippools');
  return [
    {
      severity: 'error',
      subject: keySubject('ippools'),
      cause: String(closed === undefined),
      title: `${closed === undefined ? 'There is no IP pool' : 'Every IP pool is disabled'}, though nodes have blocks of addresses for pods: new pods get none, and do not start.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'blockaffinities',
          object: block,
          shows: 'A block of addresses that a node has.',
          value: `cidr: ${textField(block, 'spec', 'cidr') ?? ''}`,
        }),
        ...(closed === undefined
          ? []
          : [
              objectEvidence(cluster, {
                resource: 'ippools',
                object: closed,
                shows: 'A pool.',
                value: 'disabled: true',
              }),
            ]),
      ],
      fix: advise(
        closed === undefined ? 'Create the pool again.' : 'Enable it, or create another.',
        'calicoctl get ippools -o wide',
      ),
    },
  ];
}

/** Pools whose pods have addresses that nobody outside has a way to. */
export function withoutWayBack(cluster: KnownCluster): readonly Draft[] {
  const hasPeers = cluster.objects('bgppeers').length > 0;
  return activePools(cluster)
    .filter((pool) => textField(pool, 'spec', 'vxlanMode') === 'Always' && !leavesAsNode(pool) && !hasPeers)
    .filter((pool) => isForPods(pool) && cluster.objects('nodes').some((node) => isForNode(pool, node)))
    .map((pool): Draft => ({
      severity: 'warning',
      subject: keySubject('natOutgoing'),
      cause: pool.metadata.name,
      title: `Pods of pool ${pool.metadata.name} leave the cluster with their own addresses, as natOutgoing is off, and the pool is an overlay (vxlanMode: Always): unless somebody outside has a route to ${textField(pool, 'spec', 'cidr') ?? 'it'}, no answer comes back.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'ippools',
          object: pool,
          shows: 'The pool.',
          value: 'natOutgoing: false, vxlanMode: Always',
        }),
      ],
      fix: advise(
        'Let nodes put their own address in its place.',
        `calicoctl patch ippool ${pool.metadata.name} --patch '{"spec":{"natOutgoing":true}}'`,
      ),
    }));
}

function leavesAsNode(pool: KubernetesObject): boolean {
  // Addresses of IPv6 are as a rule known outside.
  return field(pool, 'spec', 'natOutgoing') === true || isOfIpv6(pool);
}

function isForPods(pool: KubernetesObject): boolean {
  const uses = field(pool, 'spec', 'allowedUses');
  return !Array.isArray(uses) || uses.includes('Workload');
}
