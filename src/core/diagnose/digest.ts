import type { Steps } from '../steps.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode, NodeDigest } from './knownNode.ts';
import { silencesOf } from './silence.ts';
import { defaultRoute } from './system.ts';

/** What is kept of a node for the rules that compare nodes; its texts may then go. */
export function* digestOf(node: KnownNode, cluster: KnownCluster): Steps<NodeDigest> {
  const uplink = defaultRoute(node.kernelRoutes())?.device;
  const links = node.links();
  const workloads = new Set(
    node.ifstate()?.entries.flatMap(({ name, flags }) => (flags.includes('workload') ? name : [])),
  );
  const mtus = links.filter(({ name }) => workloads.has(name)).map(({ mtu }) => mtu);
  return {
    ...node.facts(),
    settings: winningSettings(node),
    uplinkMtu: links.find(({ name }) => name === uplink)?.mtu,
    silences: yield* silencesOf(node, cluster),
    workloadMtu: mtus.length === 0 ? undefined : Math.max(...mtus),
  };
}

function winningSettings(node: KnownNode): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const values of node.config()?.sources.values() ?? [])
    for (const [name, value] of values) settings.set(name.toLowerCase(), value);
  return settings;
}
