import { ifAnswered, type Cluster } from '../cluster/cluster.ts';
import { listConfigurations } from '../configuration/cluster.ts';
import { agentEnvironment, agentVersion, findAgent } from '../core/nodes/nodeFacts.ts';
import type { LoggingNode, LoggingState } from './scope.ts';

/** The variables that decide about logging. */
const variables = ['FELIX_BPFLOGLEVEL', 'FELIX_BPFLOGFILTERS'] as const;

/** What decides about logging on the nodes of a cluster. @throws ClusterError */
export async function readLoggingState(cluster: Cluster, signal: AbortSignal): Promise<LoggingState> {
  const [probed, pods = [], nodes = [], { resource, objects }] = await Promise.all([
    cluster.probedNodes(signal),
    ifAnswered(cluster.list('pods', signal)),
    ifAnswered(cluster.list('nodes', signal)),
    listConfigurations(cluster, signal),
  ]);
  // Who may not list nodes still knows those that have a calico-node pod.
  const allNodes = nodes.length > 0 ? nodes : probed.map((name) => ({ metadata: { name } }));
  const toNode = (name: string): LoggingNode => {
    const agent = findAgent(pods, name);
    const given = variables.flatMap((variable) => {
      const value = agentEnvironment(agent, variable);
      return value === undefined ? [] : [[variable, value] as const];
    });
    return {
      name,
      calicoVersion: (agent && agentVersion(agent)) ?? cluster.info.calicoVersion,
      environment: new Map(given),
    };
  };
  return { nodes: probed.map(toNode), allNodes, configurations: objects, resource };
}
