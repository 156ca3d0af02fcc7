/** Ways to other nodes: what the kernel and Calico’s programs must know of them. */
import { cidrContains } from '../../net/prefix.ts';
import { parseCidr, parseIp, withoutLength } from '../../net/address.ts';
import { listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { blocksOf, type Block } from './blocks.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { isSettled } from './starting.ts';
import { nodeSubject } from '../subjects.ts';
import type { KernelRoute } from '../system.ts';

/** Blocks of other nodes that Calico’s programs know and the kernel has lost, while it knows others. */
export function lostByKernel(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const routes = node.kernelRoutes().filter(({ type }) => type === 'unicast');
  const known = new Set(routes.map(({ destination }) => destination));
  const dest = [...(node.routes()?.entries ?? []), ...(node.routesV6()?.entries ?? [])];
  const programmed = new Set<string>(dest.map((each) => each.dest));
  const others = blocksOf(cluster).filter((block) => block.node !== node.name && programmed.has(block.cidr));
  // Where a cloud or a router has the routes, the kernel has none to any block.
  if (!others.some(({ cidr }) => known.has(cidr))) return [];
  const absent = others.filter(({ cidr }) => !known.has(cidr));
  const lost = absent.length === 0 ? [] : absent.filter(isUncovered(routes));
  if (lost.length === 0) return [];
  const owners = [...new Set(lost.map((block) => block.node))];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: `kernel ${lost.map(({ cidr }) => cidr).join(' ')}`,
      title: `The kernel of {nodes} has no route to the pods of ${listSome(owners, 'nodes')} (${listSome(
        lost.map(({ cidr }) => cidr),
        'blocks',
      )}), which Calico’s programs know: processes of the host do not reach them.`,
      evidence: lost.slice(0, 3).map(({ cidr }) =>
        valueEvidence(node, 'ip.route', {
          value: `no route to ${cidr}`,
          shows: 'The kernel has routes to other blocks.',
        }),
      ),
      fix: advise(
        'Something removed it: NetworkManager must leave the tunnel devices and routes of Calico alone. Felix writes it again within routeRefreshInterval; with BGP, BIRD must have it.',
        'ip route show proto 80; birdcl show protocols',
      ),
    },
  ];
}

/** Whether no wider route than the default one leads to a block. */
function isUncovered(routes: readonly KernelRoute[]): (block: Block) => boolean {
  const ranges = routes.flatMap(({ destination }) => parseCidr(destination) ?? []);
  return ({ cidr }) => {
    const base = parseIp(withoutLength(cidr));
    return base !== undefined && !ranges.some((range) => !range.endsWith('/0') && cidrContains(range, base));
  };
}

/** Addresses of other nodes that Calico’s programs do not take for nodes. */
export function unknownHosts(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return [
    ...unknownIn(node, cluster, { family: 4, probe: 'routes.dump', dump: node.routes() }),
    ...unknownIn(node, cluster, { family: 6, probe: 'routes.dump.v6', dump: node.routesV6() }),
  ];
}

interface Family {
  readonly family: 4 | 6;
  readonly probe: string;
  readonly dump: ReturnType<KnownNode['routes']>;
}

function unknownIn(
  node: KnownNode,
  cluster: KnownCluster,
  { family, probe, dump }: Family,
): readonly Draft[] {
  const annotation = `projectcalico.org/IPv${family}Address`;
  const addressOf = ({ metadata }: KubernetesObject) => {
    const cidr = metadata.annotations?.[annotation];
    return cidr === undefined ? undefined : withoutLength(cidr);
  };
  const hosts = new Set<string>(
    dump?.entries.flatMap(({ dest, flags }) => (flags.includes('host') ? dest : [])),
  );
  if (hosts.size === 0) return [];
  const missing = cluster.objects('nodes').filter((object) => {
    const address = addressOf(object);
    if (address === undefined || hosts.has(`${address}/${family === 4 ? 32 : 128}`)) return false;
    return object.metadata.name !== node.name && isSettled(object.metadata.name, cluster);
  });
  const [first] = missing;
  if (first === undefined) return [];
  const names = missing.map(({ metadata }) => metadata.name);
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: `host ${family} ${names.join(' ')}`,
      title: `Calico’s programs on {nodes} do not know the IPv${family} address of ${listSome(names, 'nodes')} for that of a node: what is forwarded there for NodePorts, and what comes from there, is dropped.`,
      evidence: [
        valueEvidence(node, probe, {
          value: `no route to ${addressOf(first) ?? ''}`,
          shows: 'The addresses of nodes among the routes.',
        }),
        objectEvidence(cluster, {
          resource: 'nodes',
          object: first,
          shows: 'A node that is not among them.',
          value: `${annotation}: ${first.metadata.annotations?.[annotation] ?? ''}`,
        }),
      ],
      fix: advise(
        'Felix on the node does not follow Kubernetes: see its log, and whether it reaches the API server.',
      ),
    },
  ];
}

/** A node that has lost its way to all that it has no route of its own to. */
export function withoutDefault(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const routes = node.kernelRoutes();
  const object = findObject(cluster, 'nodes', node.name);
  const families = [
    { family: 'IPv4', isOwn: (address: string) => !address.includes(':') },
    { family: 'IPv6', isOwn: (address: string) => address.includes(':') },
  ];
  return families.flatMap(({ family, isOwn }): readonly Draft[] => {
    const isUsed = object?.metadata.annotations?.[`projectcalico.org/${family}Address`] !== undefined;
    // Without an address of the family of its own its table was not printed.
    const isKnown = routes.some(
      ({ type, destination, device }) =>
        type === 'local' && device !== 'lo' && isOwn(destination) && !destination.startsWith('fe80:'),
    );
    const hasDefault = routes.some(
      ({ destination, type, gateway }) =>
        type === 'unicast' &&
        (/^(?:0\.0\.0\.0|::)\/0$/.test(destination) ? isOwn(destination) : destination === 'default') &&
        (gateway === undefined || isOwn(gateway)),
    );
    if (!isUsed || !isKnown || hasDefault) return [];
    return [
      {
        severity: 'error',
        subject: nodeSubject(node.name),
        cause: `default ${family}`,
        title: `There is no default route for ${family} on {nodes}: pods there reach nothing outside, and clients from other networks are dropped, since there is no way back to them.`,
        evidence: [
          valueEvidence(node, 'ip.route', {
            value: `no default route for ${family}`,
            shows: 'The routes of the kernel.',
          }),
        ],
        fix: advise(
          'Something removed it (DHCP that ran out, a network manager, a card that went down and up): set it again, and see what configures the card.',
          'ip route add default via <gateway> dev <card>',
        ),
      },
    ];
  });
}

/** Nodes whose address Calico has not found, where it has found that of others. */
export function unaddressed(cluster: KnownCluster): readonly Draft[] {
  const meant = cluster.objects('nodes').filter(({ metadata }) => isSettled(metadata.name, cluster));
  const families = [
    { family: 'IPv4', separator: '.' },
    { family: 'IPv6', separator: ':' },
  ];
  return families.flatMap(({ family, separator }) => {
    const key = `projectcalico.org/${family}Address`;
    const without = meant.filter(
      (object) =>
        object.metadata.annotations?.[key] === undefined &&
        internalAddresses(object).some((address) => address.includes(separator)),
    );
    if (meant.every(({ metadata }) => metadata.annotations?.[key] === undefined)) return [];
    return without.map((object): Draft => ({
      severity: 'error',
      subject: nodeSubject(object.metadata.name),
      cause: family,
      title: `Calico knows no ${family} address of {nodes}: it cannot encapsulate for other nodes there, and they do not know where to send.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: 'The annotations of the node.',
          value: `no ${key}; InternalIP ${internalAddresses(object)[0] ?? 'none'}`,
        }),
      ],
      fix: advise(
        'calico-node finds it when it starts: see its log, IP_AUTODETECTION_METHOD (or nodeAddressAutodetection of the Installation), and whether a card of the node fits.',
      ),
    }));
  });
}

/** The addresses that the kubelet gave to a node. */
function internalAddresses(node: KubernetesObject): readonly string[] {
  const internal = listField(node, 'status', 'addresses').filter(
    (each) => textField(each, 'type') === 'InternalIP',
  );
  return internal.flatMap((each) => textField(each, 'address') ?? []);
}
