import { indexOnce } from '../../objects/indexOnce.ts';
import { textField, type KubernetesObject } from '../../objects/object.ts';
import type { KnownCluster } from '../knownCluster.ts';

/** The running kube-proxy pod of a node. */
export function kubeProxyOn(node: string, cluster: KnownCluster): KubernetesObject | undefined {
  return kubeProxies(cluster.objects('pods')).get(node);
}

const kubeProxies = indexOnce(
  (pods: readonly KubernetesObject[]) =>
    new Map(pods.filter(isKubeProxy).map((pod) => [textField(pod, 'spec', 'nodeName'), pod])),
);

/** By its labels or, in static pods, its name. */
function isKubeProxy(pod: KubernetesObject): boolean {
  const labels = [pod.metadata.labels?.['k8s-app'], pod.metadata.labels?.['component']];
  const isProxy = labels.includes('kube-proxy') || /^kube-proxy(?:-|$)/.test(pod.metadata.name);
  return isProxy && textField(pod, 'status', 'phase') === 'Running';
}
