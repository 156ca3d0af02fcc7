/** IP pools that leave pods without an address. */
import { textField } from '../../objects/object.ts';
import { advise, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { activePools } from './pools.ts';
import { keySubject } from '../subjects.ts';

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
