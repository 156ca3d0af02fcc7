import { blockOwners } from './blocks.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { nodeAt } from './nodeAddresses.ts';
import { nodeSubject } from '../subjects.ts';

/** Routes to the block of one node that lead to another: its pods are looked for where they are not. */
export function misledRoutes(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const dumps = [
    { probe: 'routes.dump', dump: node.routes() },
    { probe: 'routes.dump.v6', dump: node.routesV6() },
  ];
  const owners = blockOwners(cluster);
  return dumps.flatMap(({ probe, dump }) =>
    (dump?.entries ?? []).flatMap(({ dest, nextHop }, row): readonly Draft[] => {
      const owner = owners.get(dest);
      const span = dump?.spans[row];
      if (owner === undefined || nextHop === undefined || owner === node.name || span === undefined)
        return [];
      const other = nodeAt(cluster, nextHop);
      const object = findObject(cluster, 'nodes', other ?? '');
      if (object === undefined || other === owner) return [];
      return [
        {
          severity: 'error',
          subject: nodeSubject(node.name),
          cause: `${dest} ${nextHop}`,
          title: `The route of {nodes} to ${dest}, which is a block of ${owner}, leads to ${other}: packets to these pods are lost.`,
          evidence: [
            lineEvidence(node, probe, { span, shows: 'The route of Calico’s programs.' }),
            objectEvidence(cluster, {
              resource: 'nodes',
              object,
              shows: `The node to which it leads; IPAM gave the block to ${owner}.`,
              value: `${nextHop} is an address of ${other}`,
            }),
          ],
          fix: advise(
            'Felix on the node does not follow Kubernetes, or two nodes claim the block: see its log, and what IPAM says.',
            'calicoctl ipam check',
          ),
        },
      ];
    }),
  );
}
