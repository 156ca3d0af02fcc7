import { routeFacts } from '../../facts/others.ts';
import type { KubernetesObject } from '../../objects/object.ts';
import { calicoPage, clusterRule, ebpfRule, troubleshooting, type Check } from '../check.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, listSome, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { poolsOfNodes, poolsOfServices, twinNodes, twinPods, twinTunnels } from '../rules/addressClashes.ts';
import { misledRoutes } from '../rules/blockRoutes.ts';
import { blocksOf, type Block } from '../rules/blocks.ts';
import { closedFirewalls } from '../rules/firewalls.ts';
import { outgoing } from '../rules/masquerade.ts';
import { lostAddress } from '../rules/nodeAddresses.ts';
import { lostByKernel, unaddressed, unknownHosts } from '../rules/nodePaths.ts';
import { activePools, isEncapsulated, isForNode, isOfIpv6 } from '../rules/pools.ts';
import { withoutPool } from '../rules/poolFaults.ts';
import { silence } from '../rules/silence.ts';
import { isStarting } from '../rules/starting.ts';
import { differentPorts, ipipInAzure } from '../rules/tunnels.ts';
import { nodeSubject } from '../subjects.ts';

/** Whether nodes reach each other’s pods. */
export const overlay: Check = {
  id: 'overlay',
  title: 'Nodes have routes and tunnels to each other',
  documentation: {
    why: 'A node without a tunnel address or a route to another node’s block loses everything between their pods. Where a firewall drops UDP 4789, packets leave and nothing comes back.',
    how: 'The annotations of nodes, the addresses of pods, the pools and blocks of IPAM, `routes dump`, the kernel’s routes, the tunnel devices, and connections to other nodes that nobody answers.',
    links: [calicoPage('Overlay networking', 'networking/configuring/vxlan-ipip'), troubleshooting],
  },
  rules: [
    clusterRule('tunnel-address', { objects: ['nodes', 'ippools', 'pods'] }, tunnelAddresses),
    clusterRule('twin-pods', { objects: ['pods'] }, twinPods),
    clusterRule('twin-tunnels', { objects: ['nodes'] }, twinTunnels),
    clusterRule('twin-nodes', { objects: ['nodes'] }, twinNodes),
    clusterRule('unaddressed', { objects: ['nodes', 'pods'] }, unaddressed),
    clusterRule('pool-of-services', { objects: ['ippools', 'services'] }, poolsOfServices),
    clusterRule('pool-of-nodes', { objects: ['ippools', 'nodes'] }, poolsOfNodes),
    clusterRule('no-pool', { objects: ['ippools', 'blockaffinities'], isAside: true }, withoutPool),
    clusterRule('ports', { objects: [] }, differentPorts),
    clusterRule('azure', { objects: ['ippools', 'nodes'] }, ipipInAzure),
    ebpfRule('own-address', { probes: ['ip.route'], objects: ['nodes'] }, lostAddress),
    ebpfRule(
      'misled',
      { probes: ['routes.dump'], uses: ['routes.dump.v6'], objects: ['nodes', 'blockaffinities'] },
      misledRoutes,
    ),
    ebpfRule(
      'gone',
      { probes: ['routes.dump'], uses: ['routes.dump.v6'], objects: ['nodes'] },
      routesToNobody,
    ),
    ebpfRule(
      'missing',
      { probes: ['routes.dump'], uses: ['routes.dump.v6'], objects: ['nodes', 'blockaffinities'] },
      missingRoutes,
    ),
    ebpfRule(
      'kernel',
      {
        probes: ['ip.route', 'routes.dump'],
        uses: ['routes.dump.v6'],
        objects: ['nodes', 'blockaffinities'],
      },
      lostByKernel,
    ),
    ebpfRule(
      'hosts',
      { probes: ['routes.dump'], uses: ['routes.dump.v6'], objects: ['nodes', 'pods'] },
      unknownHosts,
    ),
    ebpfRule('blackhole', { probes: ['ip.route'], objects: ['blockaffinities'] }, blackholes),
    ebpfRule('device', { probes: ['ip.link'], objects: ['ippools'] }, devices),
    ebpfRule(
      'firewall',
      { probes: ['iptables.save'], objects: ['ippools'], uses: ['nft.ruleset', 'felix.log'] },
      closedFirewalls,
    ),
    ebpfRule('outgoing', { probes: ['conntrack.dump'], objects: ['ippools', 'pods'] }, outgoing),
    clusterRule('silence', { objects: ['pods', 'nodes'] }, silence),
  ],
};

interface Tunnel {
  readonly mode: 'vxlanMode' | 'ipipMode';
  readonly family: 4 | 6;
  readonly annotation: string;
  readonly what: string;
  /** Its device by the names that it may have. */
  readonly devices: readonly [string, ...string[]];
}

const tunnels: readonly Tunnel[] = [
  {
    mode: 'vxlanMode',
    family: 4,
    annotation: 'projectcalico.org/IPv4VXLANTunnelAddr',
    what: 'VXLAN',
    devices: ['vxlan.calico'],
  },
  {
    mode: 'ipipMode',
    family: 4,
    annotation: 'projectcalico.org/IPv4IPIPTunnelAddr',
    what: 'IPIP',
    devices: ['tunl0'],
  },
  {
    mode: 'vxlanMode',
    family: 6,
    annotation: 'projectcalico.org/IPv6VXLANTunnelAddr',
    what: 'VXLAN',
    // One flow-based device serves both families where the kernel has BTF.
    devices: ['vxlan.calico', 'vxlan-v6.calico'],
  },
];

function tunnelAddresses(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const meant = nodes.flatMap(({ name }) => {
    const agent = cluster.agentOn(name);
    return agent === undefined || isStarting(agent, cluster)
      ? []
      : (findObject(cluster, 'nodes', name) ?? []);
  });
  return tunnels.flatMap((tunnel) => {
    const { annotation, what } = tunnel;
    return meant
      .filter(
        (node) =>
          node.metadata.annotations?.[annotation] === undefined && poolsOf(cluster, node, tunnel).length > 0,
      )
      .map((object): Draft => ({
        severity: 'error',
        subject: nodeSubject(object.metadata.name),
        cause: annotation,
        title: `There is no ${what} tunnel address on {nodes} though the pool ${poolsOf(cluster, object, tunnel)[0]?.metadata.name ?? ''} is encapsulated: other nodes cannot send to its pods.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'nodes',
            object,
            shows: 'The annotations of the node.',
            value: `no ${annotation}`,
          }),
        ],
        fix: advise(
          'calico-node asks IPAM for it when it starts: look at the log of its monitor-addresses and allocate-tunnel-addrs, and whether the pool has addresses left.',
          'calicoctl ipam show',
        ),
      }));
  });
}

function poolsOf(cluster: KnownCluster, node: KubernetesObject, { mode, family }: Tunnel) {
  return activePools(cluster).filter(
    (pool) => isEncapsulated(pool, mode) && isForNode(pool, node) && isOfIpv6(pool) === (family === 6),
  );
}

function routesToNobody(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return [
    ...nobodyIn(node, cluster, { probe: 'routes.dump', dump: node.routes() }),
    ...nobodyIn(node, cluster, { probe: 'routes.dump.v6', dump: node.routesV6() }),
  ];
}

function nobodyIn(node: KnownNode, cluster: KnownCluster, { probe, dump }: Routes): readonly Draft[] {
  if (dump === undefined || cluster.objects('nodes').length === 0) return [];
  const facts = routeFacts(dump.entries, cluster.surroundings);
  return facts.map(({ subject, text, rows }) => ({
    severity: 'warning',
    subject: nodeSubject(node.name),
    cause: subject,
    title: `${text.replace(/\.$/, '')}: packets to these pods from {nodes} are lost.`,
    evidence: rows.flatMap((row): readonly Evidence[] => {
      const span = dump.spans[row];
      return span === undefined ? [] : [lineEvidence(node, probe, { span, shows: text })];
    }),
    fix: advise(
      'The node is gone and its block is still there: release it. Or Felix does not follow its API server.',
      'calicoctl ipam check',
      'calicoctl ipam release --ip=<address>',
    ),
  }));
}

function missingRoutes(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const isBlockOfIpv6 = ({ cidr }: Block) => cidr.includes(':');
  // Where Calico knows no address of a node, nobody can have a route to its pods; that is told of it.
  const others = blocksOf(cluster).filter(
    (block) => block.node !== node.name && isAddressed(cluster, block.node, isBlockOfIpv6(block)),
  );
  return [
    ...missingIn(
      node,
      { probe: 'routes.dump', dump: node.routes() },
      others.filter((block) => !isBlockOfIpv6(block)),
    ),
    ...missingIn(node, { probe: 'routes.dump.v6', dump: node.routesV6() }, others.filter(isBlockOfIpv6)),
  ];
}

function isAddressed(cluster: KnownCluster, node: string, isIpv6: boolean): boolean {
  const annotation = `projectcalico.org/IPv${isIpv6 ? 6 : 4}Address`;
  const nodes = cluster.objects('nodes');
  const has = (object: KubernetesObject | undefined) =>
    object?.metadata.annotations?.[annotation] !== undefined;
  return has(findObject(cluster, 'nodes', node)) || !nodes.some(has);
}

interface Routes {
  readonly probe: string;
  readonly dump: ReturnType<KnownNode['routes']>;
}

function missingIn(node: KnownNode, { probe, dump }: Routes, wanted: readonly Block[]): readonly Draft[] {
  if (dump === undefined || dump.entries.length === 0) return [];
  const known = new Set<string>(dump.entries.map(({ dest }) => dest));
  const missing = wanted.filter(({ cidr }) => !known.has(cidr));
  if (missing.length === 0) return [];
  const others = [...new Set(missing.map((block) => block.node))];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: missing.map(({ cidr }) => cidr).join(' '),
      title: `There is no route on {nodes} to the pods of ${listSome(others, 'nodes')} (${listSome(
        missing.map(({ cidr }) => cidr),
        'blocks',
      )}): packets to them are lost.`,
      evidence: missing.slice(0, 3).map(({ cidr, node: owner }) =>
        valueEvidence(node, probe, {
          value: `no route to ${cidr}`,
          shows: `IPAM gave the block ${cidr} to ${owner}.`,
        }),
      ),
      fix: advise(
        'Felix on the node does not know the block: see whether it follows its API server, and with BGP whether BIRD has the route.',
      ),
    },
  ];
}

/** A blackhole for a block of another node takes what is meant for its pods. */
function blackholes(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const owners = new Map(blocksOf(cluster).map(({ cidr, node: owner }) => [cidr, owner]));
  return node.kernelRoutes().flatMap(({ type, destination, line, table }): readonly Draft[] => {
    const owner = owners.get(destination);
    if (type !== 'blackhole' || table !== 'main' || owner === undefined || owner === node.name) return [];
    return [
      {
        severity: 'error',
        subject: nodeSubject(node.name),
        cause: destination,
        title: `There is a blackhole route on {nodes} for ${destination}, which is a block of ${owner}: packets of the node to these pods are lost.`,
        evidence: [
          valueEvidence(node, 'ip.route', {
            value: `blackhole ${destination}`,
            shows: 'The route of the kernel.',
            line,
          }),
        ],
        fix: advise(
          'The block moved and the old route stayed. Remove it.',
          `ip route del blackhole ${destination}`,
        ),
      },
    ];
  });
}

function devices(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const links = node.links();
  const object = findObject(cluster, 'nodes', node.name);
  if (links.length === 0 || object === undefined) return [];
  return tunnels.flatMap((tunnel): readonly Draft[] => {
    const { what, devices: names } = tunnel;
    const own = links.filter(({ name }) => names.includes(name));
    if (poolsOf(cluster, object, tunnel).length === 0 || own.some(({ isUp }) => isUp)) return [];
    const [link] = own;
    const device = link?.name ?? names[0];
    return [
      {
        severity: 'error',
        subject: { kind: 'interface', name: device, node: node.name },
        cause: `${device} ${link === undefined}`,
        title: `The ${what} device ${device} of {nodes} is ${link === undefined ? 'not there' : 'down'}: pods there reach no pods of other nodes.`,
        evidence: [
          valueEvidence(node, 'ip.link', {
            value: link === undefined ? `no ${device}` : `${device} is down`,
            shows: 'The interfaces of the node.',
          }),
        ],
        fix: advise(
          'Felix makes it: see its log, and whether something else manages the interfaces of the node (NetworkManager must leave cali* and vxlan.calico alone).',
          `ip link set ${device} up`,
        ),
      },
    ];
  });
}
