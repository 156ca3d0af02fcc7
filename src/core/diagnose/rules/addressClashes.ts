/** Addresses that two have: pods, tunnels of nodes, and IP pools with services. */
import { cidrContains } from '../../net/prefix.ts';
import { parseCidr, parseIp, withoutLength } from '../../net/address.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { addressesOf } from './nodeAddresses.ts';
import { activePools } from './pools.ts';
import { keySubject, nodeSubject, podSubject } from '../subjects.ts';
import { textField } from '../../objects/object.ts';
import type { PodFacts } from '../../names/objects.ts';
import { inSteps, type Steps } from '../../steps.ts';

/** Running pods of one address: each takes packets of the other. */
export function* twinPods(cluster: KnownCluster): Steps<readonly Draft[]> {
  const firsts = new Map<string, PodFacts>();
  const twins = new Map<string, PodFacts[]>();
  yield* inSteps(cluster.surroundings.book.podsOn(undefined), (pod) => {
    if (pod.phase !== 'Running' || pod.isHostNetworked) return;
    for (const address of pod.addresses) {
      const [first, others] = [firsts.get(address), twins.get(address)];
      if (first === undefined) firsts.set(address, pod);
      else if (others === undefined) twins.set(address, [first, pod]);
      else others.push(pod);
    }
  });
  return [...twins].map(([address, owners]): Draft => {
    const names = owners.map(({ namespace, name }) => `${namespace}/${name}`).toSorted();
    return {
      severity: 'warning',
      subject: podSubject(names[0] ?? '', owners[0]?.node ?? ''),
      cause: address,
      title: `${listSome(names, 'pods')} run with one address, ${address}: what is meant for one may come to another.`,
      evidence: owners.slice(0, 2).flatMap((pod) => {
        const object = findObject(cluster, 'pods', pod.name, pod.namespace);
        const value = `podIP: ${address}, node: ${pod.node ?? ''}`;
        return object === undefined
          ? []
          : [objectEvidence(cluster, { resource: 'pods', object, shows: 'One of them.', value })];
      }),
      fix: advise(
        'Delete the one whose node is gone or has been away; then let IPAM be checked.',
        'calicoctl ipam check',
      ),
    };
  });
}

const tunnelAddresses = ['IPv4VXLANTunnelAddr', 'IPv4IPIPTunnelAddr', 'IPv6VXLANTunnelAddr'];

/** Nodes of one tunnel address: answers to one of them go to the other. */
export function twinTunnels(cluster: KnownCluster): readonly Draft[] {
  return twins(cluster, tunnelAddresses, {
    what: 'tunnel address',
    effect: 'what pods elsewhere answer to processes of one host comes to another',
    fix: 'A node was copied with its annotations, or IPAM lost track: remove the annotation of one of them and restart calico-node there.',
  });
}

/** Nodes that Calico found at one address, that of a bridge which each of them has (docker0) most of all. */
export function twinNodes(cluster: KnownCluster): readonly Draft[] {
  return twins(cluster, ['IPv4Address', 'IPv6Address'], {
    what: 'address for Calico',
    effect: 'what is encapsulated for one of them comes to another, or back to its sender',
    fix: 'calico-node took the address of a card that is the same everywhere: name the right one with IP_AUTODETECTION_METHOD (or nodeAddressAutodetection of the Installation), then remove the annotations and restart calico-node there.',
  });
}

interface Twins {
  readonly what: string;
  readonly effect: string;
  readonly fix: string;
}

function twins(
  cluster: KnownCluster,
  names: readonly string[],
  { what, effect, fix }: Twins,
): readonly Draft[] {
  return names.flatMap((key) => {
    const annotation = `projectcalico.org/${key}`;
    const byAddress = Map.groupBy(
      cluster.objects('nodes').filter(({ metadata }) => metadata.annotations?.[annotation] !== undefined),
      ({ metadata }) => withoutLength(metadata.annotations?.[annotation] ?? ''),
    );
    return [...byAddress].flatMap(([address, nodes]): readonly Draft[] => {
      if (nodes.length < 2) return [];
      const owners = nodes.map(({ metadata }) => metadata.name).toSorted();
      return owners.map((name) => ({
        severity: 'error',
        subject: nodeSubject(name),
        cause: address,
        title: `${listSome(owners, 'nodes')} have one ${what}, ${address}: ${effect}.`,
        evidence: nodes.slice(0, 3).map((object) =>
          objectEvidence(cluster, {
            resource: 'nodes',
            object,
            shows: `The ${what} of a node.`,
            value: `${annotation}: ${address}`,
          }),
        ),
        fix: advise(fix, `kubectl annotate node ${owners.at(-1)} ${annotation}-`),
      }));
    });
  });
}

/** Pools whose addresses services have, too: NAT takes what is meant for pods. */
export function poolsOfServices(cluster: KnownCluster): readonly Draft[] {
  const addresses = cluster.surroundings.services.flatMap(({ namespace, name, addresses: own }) =>
    own.flatMap(({ address, how }) =>
      how === 'cluster IP' ? { address, owner: `${namespace}/${name}` } : [],
    ),
  );
  return overlapping(cluster, addresses, {
    what: 'Services',
    effect:
      'a pod that gets such an address is not reached, and routes for the pool take what is meant for Services',
    fix: 'Disable the pool, make another outside of the service CIDR, and recreate the pods that have addresses of it.',
  });
}

/** Pools whose addresses nodes have, too: what pods send to these is taken for pods’ own. */
export function poolsOfNodes(cluster: KnownCluster): readonly Draft[] {
  const addresses = cluster
    .objects('nodes')
    .flatMap((node) => addressesOf(node).map((address) => ({ address, owner: node.metadata.name })));
  return overlapping(cluster, addresses, {
    what: 'nodes',
    effect:
      'pods are not translated when they send to nodes, and a pod that gets such an address takes what is meant for a node',
    fix: 'Disable the pool, make another outside of the network of the nodes, and recreate the pods that have addresses of it.',
  });
}

interface Owned {
  readonly address: string;
  readonly owner: string;
}

function overlapping(
  cluster: KnownCluster,
  addresses: readonly Owned[],
  { what, effect, fix }: Twins,
): readonly Draft[] {
  return activePools(cluster).flatMap((object): readonly Draft[] => {
    const cidr = parseCidr(textField(object, 'spec', 'cidr') ?? '');
    const first = addresses.find(({ address }) => {
      const ip = parseIp(address);
      return cidr !== undefined && ip !== undefined && cidrContains(cidr, ip);
    });
    if (first === undefined) return [];
    const { name } = object.metadata;
    return [
      {
        severity: 'warning',
        subject: keySubject(name),
        cause: name,
        title: `The IP pool ${name} (${cidr}) holds addresses of ${what}, ${first.address} of ${first.owner} for one: ${effect}.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'ippools',
            object,
            shows: 'The pool.',
            value: `cidr: ${cidr}`,
          }),
        ],
        fix: advise(fix, `calicoctl patch ippool ${name} --patch '{"spec":{"disabled":true}}'`),
      },
    ];
  });
}
