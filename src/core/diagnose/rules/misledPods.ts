/** Pods that were told something that cannot hold for them where eBPF runs. */
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { isPodReady } from './emptyService.ts';
import { advise, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { podSubject } from '../subjects.ts';

const hostKey = 'KUBERNETES_SERVICE_HOST';
const ownHost = /^(?:127\.|localhost$|::1$|\[::1\]$)/;

const runningPods = indexOnce((pods: readonly KubernetesObject[]) =>
  pods.filter((pod) => textField(pod, 'status', 'phase') === 'Running'),
);

/** Pods with a network of their own that look for the API server at localhost: it is theirs, and not the node’s. */
export function ownLocalhost(cluster: KnownCluster): readonly Draft[] {
  return runningPods(cluster.objects('pods')).flatMap((object): readonly Draft[] => {
    // One that is ready has found it all the same.
    if (field(object, 'spec', 'hostNetwork') === true || isPodReady(object)) return [];
    const containers = listField(object, 'spec', 'containers');
    // A container beside it may be a proxy that listens there.
    const host = containers.length > 1 ? undefined : hostOf(containers[0]);
    if (host === undefined || !ownHost.test(host)) return [];
    const name = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    return [
      {
        severity: 'error',
        subject: podSubject(name, textField(object, 'spec', 'nodeName') ?? ''),
        cause: name,
        title: `Pod ${name} looks for the API server at ${host}, which is the pod itself: it has a network of its own, and nobody listens there.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'pods',
            object,
            shows: 'Its environment.',
            value: `${hostKey}=${host}`,
          }),
        ],
        fix: advise(
          'In the ConfigMap kubernetes-services-endpoint name an address of the API server that pods reach, too; localhost serves what runs on the network of the host alone.',
        ),
      },
    ];
  });
}

function hostOf(container: unknown): string | undefined {
  const variable = listField(container, 'env').find((each) => textField(each, 'name') === hostKey);
  return textField(variable, 'value');
}

const prefixesKey = 'cni.projectcalico.org/allowedSourcePrefixes';

const allowedToSpoof = indexOnce((pods: readonly KubernetesObject[]) =>
  Map.groupBy(
    runningPods(pods).filter(({ metadata }) => metadata.annotations?.[prefixesKey] !== undefined),
    (pod) => textField(pod, 'spec', 'nodeName'),
  ),
);

/** Pods that may send with addresses of others, which the programs do not know of. */
export function spoofingPods(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const pods = allowedToSpoof(cluster.objects('pods')).get(node.name) ?? [];
  return pods.map((object): Draft => {
    const name = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    return {
      severity: 'warning',
      subject: podSubject(name, node.name),
      cause: name,
      title: `Pod ${name} on {nodes} may send with addresses of others by its annotation ${prefixesKey}, which has no effect with eBPF: what it sends so is dropped.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'pods',
          object,
          shows: 'What was asked for.',
          value: `${prefixesKey}: ${object.metadata.annotations?.[prefixesKey] ?? ''}`,
        }),
      ],
      fix: advise('Let the pod use an address of its own, or run it on the network of the host.'),
    };
  });
}
