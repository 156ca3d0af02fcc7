import { parseCidr } from '../net/address.ts';
import { textField } from '../objects/object.ts';
import { findObject, type KnownCluster } from './knownCluster.ts';

/** Addresses that IPAM gave to a node for its pods. */
export interface Block {
  readonly cidr: string;
  readonly node: string;
}

const blocks = new WeakMap<KnownCluster, readonly Block[]>();

/** The blocks of the nodes that exist. */
export function blocksOf(cluster: KnownCluster): readonly Block[] {
  const known = blocks.get(cluster) ?? findBlocks(cluster);
  blocks.set(cluster, known);
  return known;
}

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
