/** What is said of a cluster that is not as expected: another network, another dataplane, too few permissions. */
import { isClusterError, type Notice } from '../cluster.ts';
import type { Agent } from './agents.ts';
import { StatusError } from './failure.ts';
import type { Resources } from './resources.ts';
import type { KubernetesObject } from '../../core/objects/object.ts';

/** The networks that are told by the name of their DaemonSet. */
const networks: readonly { readonly name: string; readonly daemonSets: RegExp }[] = [
  { name: 'Cilium', daemonSets: /^cilium$/ },
  { name: 'Flannel', daemonSets: /^kube-flannel/ },
  { name: 'Amazon VPC CNI', daemonSets: /^aws-node$/ },
  { name: 'Azure CNI', daemonSets: /^azure-cni/ },
  { name: 'Antrea', daemonSets: /^antrea-agent$/ },
  { name: 'Weave Net', daemonSets: /^weave-net$/ },
  { name: 'kube-router', daemonSets: /^kube-router$/ },
  { name: 'OVN-Kubernetes', daemonSets: /^ovnkube-node/ },
  { name: 'kindnet', daemonSets: /^kindnet$/ },
];

/** Looks closer only where there is a reason to. */
export async function survey(
  resources: Resources,
  agents: ReadonlyMap<string, Agent> | undefined,
  signal: AbortSignal,
): Promise<readonly Notice[]> {
  if (agents === undefined) {
    return [{ what: 'calico-node', why: 'you may not list pods, so it is not known where Calico runs' }];
  }
  const daemonSets = await listOrNothing(resources, 'daemonsets.apps', signal);
  const vpp = daemonSets.find(({ metadata }) => metadata.name === 'calico-vpp-node');
  if (vpp !== undefined) return [{ what: 'eBPF', why: 'the dataplane of this cluster is VPP, not eBPF' }];
  if (agents.size > 0) return [];
  const others = networks.filter(({ daemonSets: names }) =>
    daemonSets.some(({ metadata }) => names.test(metadata.name)),
  );
  const instead =
    others.length === 0 ? '' : `; its network is ${others.map(({ name }) => name).join(' and ')}`;
  return [{ what: 'Calico', why: `there is no calico-node pod in this cluster${instead}` }];
}

async function listOrNothing(
  resources: Resources,
  resource: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  try {
    return await resources.list(resource, {}, signal);
  } catch (error) {
    if (error instanceof StatusError || isClusterError(error)) return [];
    throw error;
  }
}
