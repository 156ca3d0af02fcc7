import { parseCidr, type IpAddress } from '../net/address.ts';
import { PrefixMap } from '../net/prefix.ts';
import { listField, textField } from '../objects/object.ts';
import type { Identity } from './names.ts';
import type { NamingObjects } from './objects.ts';

/** Whose an address is by the range it lies in. */
export interface Ranges {
  readonly exact: ReadonlyMap<string, readonly Identity[]>;
  /** The narrowest range that holds an address. */
  find(ip: IpAddress): Identity | undefined;
}

/** The blocks of nodes, their pod CIDRs and the IP pools. */
export function indexRanges(objects: NamingObjects): Ranges {
  const prefixes = new PrefixMap<Identity>();
  const exact = new Map<string, Identity[]>();
  for (const { cidr: text, identity } of rangesOf(objects)) {
    const cidr = parseCidr(text);
    if (cidr === undefined) continue;
    const whole: Identity = { ...identity, namespace: undefined, details: [cidr] };
    prefixes.set(cidr, whole);
    exact.set(cidr, [...(exact.get(cidr) ?? []), whole]);
  }
  return { exact, find: (ip) => prefixes.find(ip) };
}

interface Range {
  readonly cidr: string;
  readonly identity: Omit<Identity, 'namespace' | 'details'>;
}

/** In the order of their authority: of two equal ranges the later one names an address. */
function rangesOf({ nodes, ipPools, blockAffinities }: NamingObjects): readonly Range[] {
  const pools = ipPools.flatMap((pool) => {
    const { name } = pool.metadata;
    const cidr = textField(pool, 'spec', 'cidr');
    const source = `IPPool ${name}`;
    return cidr === undefined
      ? []
      : {
          cidr,
          identity: { kind: 'pool' as const, label: `IP pool ${name}`, name, node: undefined, source },
        };
  });
  const podCidrs = nodes.flatMap((node) =>
    listField(node, 'spec', 'podCIDRs')
      .filter((cidr) => typeof cidr === 'string')
      .map((cidr) => blockOf(node.metadata.name, cidr, `Node ${node.metadata.name} spec.podCIDRs`)),
  );
  const blocks = blockAffinities.flatMap((affinity) => {
    const node = textField(affinity, 'spec', 'node');
    const cidr = textField(affinity, 'spec', 'cidr');
    return node === undefined || cidr === undefined
      ? []
      : blockOf(node, cidr, `BlockAffinity ${affinity.metadata.name}`);
  });
  return [...pools, ...podCidrs, ...blocks];
}

function blockOf(node: string, cidr: string, source: string): Range {
  return { cidr, identity: { kind: 'node-block', label: `pods of ${node}`, name: node, node, source } };
}
