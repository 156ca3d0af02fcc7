/** The policies that are for a pod, of Kubernetes and of Calico. */
import { matchesSelector, parseSelector } from '../../names/selector.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import type { KnownCluster } from '../knownCluster.ts';
import { matchesLabels } from './selection.ts';

export interface PolicyOfPod {
  readonly kind: 'NetworkPolicy' | 'Calico NetworkPolicy' | 'GlobalNetworkPolicy';
  readonly resource: string;
  readonly object: KubernetesObject;
}

export type Direction = 'Ingress' | 'Egress';

const sources = [
  { kind: 'NetworkPolicy', resource: 'networkpolicies.networking.k8s.io' },
  { kind: 'Calico NetworkPolicy', resource: 'networkpolicies' },
  { kind: 'GlobalNetworkPolicy', resource: 'globalnetworkpolicies' },
] as const;

/** The policies that select a pod for a direction; those whose selector cannot be read are left out. */
export function policiesFor(
  cluster: KnownCluster,
  pod: KubernetesObject,
  direction: Direction,
): readonly PolicyOfPod[] {
  return sources.flatMap(({ kind, resource }) =>
    cluster
      .objects(resource)
      .filter(
        (object) =>
          kind === 'GlobalNetworkPolicy' || object.metadata.namespace === (pod.metadata.namespace ?? ''),
      )
      .filter((object) =>
        kind === 'NetworkPolicy'
          ? typesOf(object).includes(direction) &&
            matchesLabels(field(object, 'spec', 'podSelector'), pod.metadata.labels ?? {})
          : calicoTypesOf(object).includes(direction) && selects(object, pod),
      )
      .map((object) => ({ kind, resource, object })),
  );
}

/** Without types a policy is for what comes in, and for what goes out where it has such rules. */
function typesOf(object: KubernetesObject): readonly unknown[] {
  if (field(object, 'spec', 'policyTypes') !== undefined) return listField(object, 'spec', 'policyTypes');
  return listField(object, 'spec', 'egress').length === 0 ? ['Ingress'] : ['Ingress', 'Egress'];
}

/** Calico’s are for what they have rules for, and without any for what comes in. */
function calicoTypesOf(object: KubernetesObject): readonly unknown[] {
  const types = listField(object, 'spec', 'types');
  if (types.length > 0) return types;
  const hasIngress = listField(object, 'spec', 'ingress').length > 0;
  const hasEgress = listField(object, 'spec', 'egress').length > 0;
  if (!hasEgress) return ['Ingress'];
  return hasIngress ? ['Ingress', 'Egress'] : ['Egress'];
}

function selects(object: KubernetesObject, pod: KubernetesObject): boolean {
  const selector = parseSelector(textField(object, 'spec', 'selector') ?? '');
  return selector !== undefined && matchesSelector(selector, labelsOf(pod));
}

/** The labels of an endpoint as Calico’s selectors see them. */
export function labelsOf({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return {
    ...metadata.labels,
    'projectcalico.org/orchestrator': 'k8s',
    ...(metadata.namespace !== undefined && { 'projectcalico.org/namespace': metadata.namespace }),
  };
}
