import type { Check } from './check.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';
import { configuration } from './checks/configuration.ts';
import { ebpfState } from './checks/ebpfState.ts';
import { interfaces } from './checks/interfaces.ts';
import { kubeProxy } from './checks/kubeProxy.ts';
import { natIntegrity } from './checks/natIntegrity.ts';
import { policy } from './checks/policy.ts';

/** All checks, in the order in which they are told. */
export const checks: readonly Check[] = [
  ebpfState,
  kubeProxy,
  natIntegrity,
  interfaces,
  policy,
  configuration,
];

/** Every resource that a check asks for. */
export function resourcesOf(all: readonly Check[]): readonly string[] {
  return [
    ...new Set([...always.resources, ...all.flatMap(({ rules }) => rules.flatMap(({ objects }) => objects))]),
  ];
}

/** Every probe that a check asks for. */
export function probesOf(all: readonly Check[]): readonly string[] {
  return [
    ...new Set([
      ...always.probes,
      ...all.flatMap(({ rules }) => rules.flatMap(({ probes, uses = [] }) => [...probes, ...uses])),
    ]),
  ];
}

/** What tells the state of a node and who is who, whichever checks run. */
const always = {
  resources: [
    'nodes',
    'pods',
    'felixconfigurations',
    'services',
    'endpointslices.discovery.k8s.io',
    'ippools',
    'blockaffinities',
    'namespaces',
    'networkpolicies',
    'globalnetworkpolicies',
    'globalnetworksets',
    'networksets',
    'hostendpoints',
  ],
  probes: ['felix.log', 'ifstate.dump', 'routes.dump', 'nat.dump', 'version'],
};

/** The probes that follow from what a node has said: the policies of an interface that drops. */
export function followUps(all: readonly Check[], node: KnownNode, cluster: KnownCluster): readonly string[] {
  return all.flatMap(({ followUp }) => followUp?.(node, cluster) ?? []);
}
