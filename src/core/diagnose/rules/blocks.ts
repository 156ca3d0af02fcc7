import { parseCidr } from '../../net/address.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { textField } from '../../objects/object.ts';
import { findObject, type KnownCluster } from '../knownCluster.ts';

/** Addresses that IPAM gave to a node for its pods. */
export interface Block {
  readonly cidr: string;
  readonly node: string;
}

/** The blocks of the nodes that exist. */
export const blocksOf = indexOnce(findBlocks);

/** The nodes that blocks belong to, by the CIDRs of these. */
export const blockOwners = indexOnce(
  (cluster: KnownCluster): ReadonlyMap<string, string> =>
    new Map(blocksOf(cluster).map(({ cidr, node }) => [cidr, node])),
);

function findBlocks(cluster: KnownCluster): readonly Block[] {
  return cluster.objects('blockaffinities').flatMap((object) => {
    const cidr = parseCidr(textField(object, 'spec', 'cidr') ?? '');
    const node = textField(object, 'spec', 'node');
    const isKept =
      textField(object, 'spec', 'state') === 'confirmed' &&
      // A string: what is deleted stays for a while with its state.
      textField(object, 'spec', 'deleted') !== 'true' &&
      (textField(object, 'spec', 'type') ?? 'host') === 'host';
    if (cidr === undefined || node === undefined || !isKept) return [];
    return findObject(cluster, 'nodes', node) === undefined ? [] : { cidr, node };
  });
}
