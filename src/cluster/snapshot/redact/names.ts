import { workloadInterface } from '../../../core/names/workloadInterface.ts';
import type { KubernetesObject } from '../../../core/objects/object.ts';

/** The objects whose names are replaced. */
export interface NamedObjects {
  readonly nodes: readonly KubernetesObject[];
  readonly namespaces: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
  readonly services: readonly KubernetesObject[];
}

/** Namespaces that every cluster has, and what Calico itself runs in. */
const openNamespaces = /^(?:default|kube-.*|calico-.*|tigera-.*)$/;

/**
 * Other names for nodes, namespaces, pods, services, and for the interfaces that are named after pods. Those of
 * Kubernetes’ and Calico’s own namespaces stay, because they tell nothing.
 */
export function otherNames({ nodes, namespaces, pods, services }: NamedObjects): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (kind: string, objects: readonly KubernetesObject[]) => {
    const known = objects.map(({ metadata }) => metadata.name).toSorted();
    for (const name of new Set(known)) if (!names.has(name)) names.set(name, `${kind}-${names.size + 1}`);
  };
  const isOwn = ({ metadata }: KubernetesObject) => openNamespaces.test(metadata.namespace ?? '');
  add('node', nodes);
  add(
    'namespace',
    namespaces.filter(({ metadata }) => !openNamespaces.test(metadata.name)),
  );
  add(
    'pod',
    pods.filter((pod) => !isOwn(pod)),
  );
  add(
    'service',
    services.filter((service) => !isOwn(service)),
  );
  for (const { metadata } of pods) {
    const { namespace = '', name } = metadata;
    const other = workloadInterface(names.get(namespace) ?? namespace, names.get(name) ?? name);
    names.set(workloadInterface(namespace, name), other);
  }
  return names;
}

/** Replaces names that stand in a text as words of their own, or between the dots and dashes of a longer one. */
export function replaceNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?/g, (word) => {
    const other = names.get(word);
    if (other !== undefined || !/[.-]/.test(word)) return other ?? word;
    return word
      .split('.')
      .map((part) => names.get(part) ?? replaceParts(part, names))
      .join('.');
  });
}

/** `pod-shop-cart-0` holds `cart-0`. A name without a dash may be a word like any other, and is left. */
function replaceParts(word: string, names: ReadonlyMap<string, string>): string {
  const parts = word.split('-');
  const replaced: string[] = [];
  for (let from = 0; from < parts.length;) {
    const end = longestName(parts, from, names);
    const name = parts.slice(from, end).join('-');
    replaced.push(end - from > 1 ? (names.get(name) ?? name) : name);
    from = end;
  }
  return replaced.join('-');
}

/** Where the longest name ends that begins at a part; the next part, if none does. */
function longestName(parts: readonly string[], from: number, names: ReadonlyMap<string, string>): number {
  for (let end = parts.length; end > from + 1; end -= 1) {
    if (names.has(parts.slice(from, end).join('-'))) return end;
  }
  return from + 1;
}
