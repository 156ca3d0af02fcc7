import type { Check } from './check.ts';
import { apiServer } from './checks/apiServer.ts';
import { configuration } from './checks/configuration.ts';
import { conntrack } from './checks/conntrack.ts';
import { drops } from './checks/drops.ts';
import { ebpfState } from './checks/ebpfState.ts';
import { external } from './checks/external.ts';
import { felixHealth } from './checks/felixHealth.ts';
import { host } from './checks/host.ts';
import { interfaces } from './checks/interfaces.ts';
import { kubeProxy } from './checks/kubeProxy.ts';
import { mapFullness } from './checks/mapFullness.ts';
import { mtu } from './checks/mtu.ts';
import { natIntegrity } from './checks/natIntegrity.ts';
import { overlay } from './checks/overlay.ts';
import { policy } from './checks/policy.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';

/** All checks, in the order in which they are told. */
export const checks: readonly Check[] = [
  ebpfState,
  kubeProxy,
  apiServer,
  natIntegrity,
  interfaces,
  policy,
  conntrack,
  mapFullness,
  mtu,
  overlay,
  external,
  configuration,
  felixHealth,
  host,
  drops,
];

/** Every resource that a check asks for. */
export function resourcesOf(all: readonly Check[]): readonly string[] {
  return [
    ...new Set([
      ...always.resources,
      ...all.flatMap(({ rules }) => rules.flatMap(({ objects, wants = [] }) => [...objects, ...wants])),
    ]),
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
    'namespaces',
    'services',
    'endpointslices.discovery.k8s.io',
    'configmaps',
    'daemonsets.apps',
    'installations.operator.tigera.io',
    'felixconfigurations',
    'ippools',
    'blockaffinities',
    'networkpolicies',
    'globalnetworkpolicies',
    'networksets',
    'globalnetworksets',
    'hostendpoints',
  ],
  probes: ['felix.log', 'ifstate.dump', 'routes.dump', 'nat.dump', 'version'],
};

/** The probes that follow from what a node has said: the policies of an interface that drops. */
export function followUps(all: readonly Check[], node: KnownNode, cluster: KnownCluster): readonly string[] {
  return all.flatMap(({ followUp }) => followUp?.(node, cluster) ?? []);
}
