import type { Steps } from '../steps.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode, NodeDigest } from './knownNode.ts';
import { rawSettings } from './settings.ts';
import { silencesOf } from './rules/silence.ts';
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
    settings: settingsOf(node),
    uplinkMtu: links.find(({ name }) => name === uplink)?.mtu,
    silences: yield* silencesOf(node, cluster),
    workloadMtu: mtus.length === 0 ? undefined : Math.max(...mtus),
  };
}

function settingsOf(node: KnownNode): NodeDigest['settings'] {
  const config = node.config();
  const raw = config === undefined ? [] : [...rawSettings(config)];
  return new Map(raw.map(([name, { value }]) => [name, value]));
}
