/** Service meshes, which want to see the address of a Service where connect-time load balancing shows them that of a pod. */
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { connectTimeSetting } from './connectTime.ts';
import { configure, listSome, patchFelix, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { settingEvidence, type settingOn } from '../settings.ts';
import { keySubject } from '../subjects.ts';

/** A pod of a mesh, and how it comes to be one. */
export interface Member {
  readonly pod: KubernetesObject;
  readonly mesh: string;
  readonly isAmbient: boolean;
  readonly sign: string;
}

/** The proxies of meshes, by the name of their container. */
const sidecars: Readonly<Record<string, string>> = { 'istio-proxy': 'Istio', 'linkerd-proxy': 'Linkerd' };

const modeLabel = 'istio.io/dataplane-mode';

/** The pods of meshes by the node that they run on. */
export const membersByNode = indexOnce((cluster: KnownCluster) => {
  const ambient = new Set(
    cluster
      .objects('namespaces')
      .filter(({ metadata }) => metadata.labels?.[modeLabel] === 'ambient')
      .map(({ metadata }) => metadata.name),
  );
  const pods = cluster.objects('pods').flatMap((pod) => memberOf(pod, ambient) ?? []);
  return Map.groupBy(pods, ({ pod }) => textField(pod, 'spec', 'nodeName') ?? '');
});

function memberOf(pod: KubernetesObject, ambient: ReadonlySet<string>): Member | undefined {
  if (textField(pod, 'status', 'phase') !== 'Running' || field(pod, 'spec', 'hostNetwork') === true)
    return undefined;
  for (const list of ['containers', 'initContainers'])
    for (const container of listField(pod, 'spec', list)) {
      const name = textField(container, 'name') ?? '';
      const mesh = sidecars[name];
      if (mesh !== undefined) return { pod, mesh, isAmbient: false, sign: `container ${name}` };
    }
  const own = pod.metadata.labels?.[modeLabel];
  const isAmbient = own === 'ambient' || (own === undefined && ambient.has(pod.metadata.namespace ?? ''));
  return isAmbient ? { pod, mesh: 'Istio', isAmbient, sign: `${modeLabel}: ambient` } : undefined;
}

/** Pods of a mesh on a node that balances when they connect. */
export function misledMeshes(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const members = membersByNode(cluster).get(node.name) ?? [];
  const [first] = members;
  if (first === undefined) return [];
  return balancedAtConnect(node, cluster, members);
}

function balancedAtConnect(
  node: KnownNode,
  cluster: KnownCluster,
  members: readonly Member[],
): readonly Draft[] {
  const { key, setting, isAsked } = connectTimeSetting(node, cluster);
  if (!isAsked) return [];
  const meshes = [...new Set(members.map(({ mesh }) => mesh))];
  return [
    {
      severity: 'warning',
      subject: keySubject(key),
      cause: meshes.join(' '),
      title: `${listSome(meshes, 'meshes')} on {nodes} ${meshes.length === 1 ? 'sees' : 'see'} connections to pods in place of those to Services, since ${key} is ${setting.value ?? 'on'} (${setting.source}): its rules for Services, its waypoints and its balancing of calls do not apply.`,
      evidence: [memberEvidence(cluster, members), ...evidenceOf(cluster, { node: node.name, key, setting })],
      fix:
        key === 'bpfConnectTimeLoadBalancing'
          ? configure(
              'Let the programs of interfaces balance in its place.',
              patchFelix(key, 'Disabled'),
              patchFelix('bpfHostNetworkedNATWithoutCTLB', 'Enabled'),
            )
          : configure('Switch it off; hosts then reach Services from v3.27 on.', patchFelix(key, false)),
    },
  ];
}

function memberEvidence(cluster: KnownCluster, members: readonly Member[]): Evidence {
  const [{ pod, mesh, sign }] = members as readonly [Member, ...Member[]]; // Asked for where there are some.
  return objectEvidence(cluster, { resource: 'pods', object: pod, shows: `A pod of ${mesh}.`, value: sign });
}

/** Who sets a key; for a default the version that has it. */
function evidenceOf(
  cluster: KnownCluster,
  about: { readonly node: string; readonly key: string; readonly setting: ReturnType<typeof settingOn> },
): readonly Evidence[] {
  const { key, setting, node } = about;
  const said = settingEvidence(cluster, key, setting);
  const agent = cluster.agentOn(node);
  if (said.length > 0 || agent === undefined) return said;
  const object = findObject(cluster, 'pods', agent.metadata.name, agent.metadata.namespace) ?? agent;
  const value = `${key}: ${setting.value ?? 'on'} (${setting.source})`;
  return [objectEvidence(cluster, { resource: 'pods', object, shows: 'What Felix works with.', value })];
}
