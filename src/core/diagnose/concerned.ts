/** What of all that is found concerns a pod or a Service that somebody asks about. */
import { findNearest } from '../felix/nearest.ts';
import { listField, textField, type KubernetesObject } from '../objects/object.ts';
import { workloadInterface } from '../names/workloadInterface.ts';
import type { Asked } from './asked.ts';
import type { Finding } from './finding.ts';
import type { KnownCluster } from './knownCluster.ts';

/** Why nothing can be said of it: the cluster has no such object; `undefined` where it has, or may have. */
export function whyAbsent(asked: Asked, cluster: KnownCluster): string | undefined {
  const listed = cluster.listed(`${asked.kind}s`);
  if (listed.kind === 'unknown') return undefined;
  const names = listed.objects.map(keyOf);
  const key = `${asked.namespace}/${asked.name}`;
  if (names.includes(key)) return undefined;
  const near = findNearest(key, names);
  return `There is no ${asked.kind} ${key} in ${cluster.name}${near === undefined ? '' : `; is ${near} meant?`}`;
}

/** The pods and Services that make out what is asked about. */
export interface Concerned {
  /** As `shop/cart-m8t2l`. */
  readonly pods: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** The nodes that a pod is on; `undefined` for a Service, whose clients may be on any. */
  readonly nodes: ReadonlySet<string> | undefined;
  /** The workload interfaces of the pods. */
  readonly interfaces: ReadonlySet<string>;
}

/** A Service with its endpoints, or a pod with the Services that lead to it. */
export function concernedBy(asked: Asked, cluster: KnownCluster): Concerned {
  const key = `${asked.namespace}/${asked.name}`;
  const links = cluster.objects('endpointslices.discovery.k8s.io').flatMap(linksOf);
  const own = links.filter(({ pod, service }) => (asked.kind === 'pod' ? pod : service) === key);
  const pods = new Set(asked.kind === 'pod' ? [key] : own.map(({ pod }) => pod));
  const services = new Set(asked.kind === 'service' ? [key] : own.map(({ service }) => service));
  const objects = cluster.objects('pods').filter((pod) => pods.has(keyOf(pod)));
  return {
    pods,
    services,
    nodes:
      asked.kind === 'service'
        ? undefined
        : new Set(objects.flatMap((pod) => textField(pod, 'spec', 'nodeName') ?? [])),
    interfaces: new Set(
      objects.map(({ metadata }) => workloadInterface(metadata.namespace ?? '', metadata.name, '')),
    ),
  };
}

/** Whether a finding is about what is asked about, or about what it stands on: its nodes, and the cluster as a whole. */
export function concerns({ subject, nodes }: Finding, concerned: Concerned): boolean {
  const key = `${subject.namespace ?? ''}/${subject.name}`;
  const on = subject.node === undefined ? nodes : [...nodes, subject.node];
  const isOnNodes = concerned.nodes === undefined || on.some((node) => concerned.nodes?.has(node));
  switch (subject.kind) {
    case 'pod':
      return concerned.pods.has(key);
    case 'service':
      return concerned.services.has(key);
    case 'node':
      return isOnNodes;
    case 'interface': {
      const hash = workload.exec(subject.name)?.[1];
      return isOnNodes && (hash === undefined || concerned.interfaces.has(hash));
    }
    case 'key':
      return nodes.length === 0 || isOnNodes;
  }
}

/** The name of a workload interface: a prefix, and a hash of the pod (`workloadInterface`). */
const workload = /^\D{1,4}([\da-f]{11})$/;

interface Link {
  readonly service: string;
  readonly pod: string;
}

function linksOf(slice: KubernetesObject): readonly Link[] {
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  const namespace = slice.metadata.namespace ?? '';
  return listField(slice, 'endpoints').flatMap((endpoint) => {
    const pod =
      textField(endpoint, 'targetRef', 'kind') === 'Pod' && textField(endpoint, 'targetRef', 'name');
    return service === undefined || !pod
      ? []
      : { service: `${namespace}/${service}`, pod: `${namespace}/${pod}` };
  });
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
