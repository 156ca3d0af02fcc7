/** What a snapshot holds of a cluster: everything that this project reads, by cheap and read-only commands. */
import { mapKinds, mapProbe, policyProbe } from '../../core/probes.ts';
import type { IfState } from '../../core/dump/ifstate.ts';

/** `lean`: each dump in one form; `whole`: its JSON and raw forms, too. */
export type SnapshotExtent = 'lean' | 'whole';

const kubernetesResources = [
  'nodes',
  'namespaces',
  'pods',
  'services',
  'configmaps',
  'endpointslices.discovery.k8s.io',
  'daemonsets.apps',
  'networkpolicies.networking.k8s.io',
  'clusternetworkpolicies.policy.networking.k8s.io',
  'installations.operator.tigera.io',
];

const calicoResources = [
  'bgpconfigurations',
  'bgpfilters',
  'bgppeers',
  'blockaffinities',
  'caliconodestatuses',
  'clusterinformations',
  'felixconfigurations',
  'globalnetworkpolicies',
  'globalnetworksets',
  'hostendpoints',
  'ipamblocks',
  'ipamconfigs',
  'ippools',
  'ipreservations',
  'kubecontrollersconfigurations',
  'networkpolicies',
  'networksets',
  'stagedglobalnetworkpolicies',
  'stagedkubernetesnetworkpolicies',
  'stagednetworkpolicies',
  'tiers',
];

/** Each resource with the names it may have; the first that the cluster has is recorded. No Secret is among them. */
export const recordedResources: readonly (readonly string[])[] = [
  ...kubernetesResources.map((name) => [name]),
  ...calicoResources.map((plural) => [`${plural}.projectcalico.org`, `${plural}.crd.projectcalico.org`]),
];

/** `profiling e2e` is not among them: it deletes what it reads (felix/cmd/calico-bpf/commands/profiling.go, v3.30). */
const nodeProbes = [
  'readiness',
  'felix.log',
  'conntrack.stats',
  'conntrack.stats.v6',
  'bpftool.net',
  'bpftool.map',
  'bpftool.prog',
  'bpftool.cgroup',
  'bpffs',
  'ip.link',
  'ip.addr',
  'ip.neigh',
  'ip.rule',
  'ip.route',
  'ip.route.v6',
  'tc.qdisc',
  'iptables.save',
  'iptables.save.v6',
  'mounts',
  'sockets',
  'sysctl',
  'sysctl.bpf',
  'drivers',
  'sysctl.rp_filter',
  'uname',
];

const mapProbes = mapKinds.flatMap((kind) => kind.families.map((family) => mapProbe(kind, family)));
const otherForms = [
  ...[...mapProbes, 'conntrack.stats'].map((probe) => `${probe}.json`),
  'conntrack.dump.raw',
  'policy.files',
];

/** What is asked of a node first: whether it answers at all. */
export const firstProbe = 'version';

/** What is asked of each node, beside the first probe and its interfaces (`ifstate.dump`). */
export function nodeProbesOf(extent: SnapshotExtent): readonly string[] {
  const dumps = mapProbes.filter((probe) => probe !== 'ifstate.dump');
  return [...nodeProbes, ...dumps, ...(extent === 'whole' ? otherForms : [])];
}

/** What is asked of each interface that Calico's programs are on. */
export function interfaceProbes(interfaces: readonly IfState[]): readonly string[] {
  return interfaces.filter(({ flags }) => !flags.includes('notmanaged')).map(({ name }) => policyProbe(name));
}
