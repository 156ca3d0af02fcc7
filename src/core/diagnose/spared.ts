/** What a live node is not asked because something else tells it: each probe takes a process there. */
import { agentVersion } from '../nodes/nodeFacts.ts';
import type { Heard } from './heard.ts';
import type { KnownCluster } from './knownCluster.ts';

/** Of the probes those that are worth asking a live node. */
export function withoutSpared(
  probes: readonly string[],
  node: string,
  cluster: KnownCluster,
): readonly string[] {
  const agent = cluster.agentOn(node);
  const isTagged = agent !== undefined && agentVersion(agent) !== undefined;
  return probes.filter((probe) => !spared.has(probe) && (probe !== 'version' || !isTagged));
}

/** The dump has what `conntrack stats` counts; the image has no `ss`. */
const spared = new Set(['conntrack.stats', 'ss']);

/** What it is asked all the same after what it has said. */
export function sparedInVain(heard: ReadonlyMap<string, Heard>): readonly string[] {
  const dump = heard.get('conntrack.dump');
  return dump?.kind === 'answered' && dump.truncated ? ['conntrack.stats'] : [];
}
