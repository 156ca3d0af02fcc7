/** Packets of pods that have to go through the kernel’s connection tracking, where Felix leads them past it. */
import { compareVersions } from '../../felix/versions.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { configure, patchFelix, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { membersByNode } from './meshes.ts';
import { isOn, settingEvidence, settingOn } from '../settings.ts';
import { keySubject } from '../subjects.ts';

/** The first release that lets what the host has sent to a pod come back through the host. */
const comesBack = { major: 3, minor: 28, patch: 2 };
const key = 'bpfHostConntrackBypass';

/** Pods of which the kernel has changed an address or a port on their way in. */
export function bypassingConntrack(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const setting = settingOn(node, cluster, key);
  const isOff = setting.value !== undefined && !isOn(setting);
  if (isOff || compareVersions(cluster.version, comesBack) >= 0) return [];
  const ambient = membersByNode(cluster)
    .get(node.name)
    ?.find(({ isAmbient }) => isAmbient)?.pod;
  const mapped = mappedPods(cluster.objects('pods')).get(node.name)?.[0];
  const reasons = [
    {
      cause: 'ambient',
      pod: ambient,
      shows: 'A pod of the mesh.',
      title: `Answers of pods in Istio’s ambient mesh on {nodes} to the kubelet bypass the kernel’s connection tracking (${key}), which has to turn their address back: readiness probes fail.`,
    },
    {
      cause: 'hostPort',
      pod: mapped,
      shows: 'A pod at a port of its host.',
      title: `Answers of pods at ports of their hosts (hostPort) on {nodes} bypass the kernel’s connection tracking (${key}), which has to turn the port back: who connects from another host waits in vain.`,
    },
  ];
  return reasons.flatMap(({ cause, pod, shows, title }): readonly Draft[] =>
    pod === undefined
      ? []
      : [
          {
            severity: 'warning',
            subject: keySubject(key),
            cause,
            title,
            evidence: [
              objectEvidence(cluster, {
                resource: 'pods',
                object: pod,
                shows,
                value: `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`,
              }),
              ...settingEvidence(cluster, key, setting),
            ],
            fix: configure('Switch the bypass off, or update to v3.28.2 or later.', patchFelix(key, false)),
          },
        ],
  );
}

/** Running pods with a network of their own at a port of their host. */
const mappedPods = indexOnce((pods: readonly KubernetesObject[]) =>
  Map.groupBy(
    pods.filter(
      (pod) =>
        textField(pod, 'status', 'phase') === 'Running' &&
        field(pod, 'spec', 'hostNetwork') !== true &&
        listField(pod, 'spec', 'containers').some((container) =>
          listField(container, 'ports').some((port) => (numberField(port, 'hostPort') ?? 0) > 0),
        ),
    ),
    (pod) => textField(pod, 'spec', 'nodeName'),
  ),
);
