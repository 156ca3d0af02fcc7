/** Who manages an object: whom the API server names in `metadata.managedFields`, and tools that leave their mark. */
import { field, listField, textField, type KubernetesObject } from '../core/objects/object.ts';

export interface Manager {
  readonly name: string;
  /** When it last wrote, as ISO 8601. */
  readonly time: string | undefined;
  /** The keys of the spec that it manages. */
  readonly keys: readonly string[];
}

/** Who wrote fields of the object, the latest last. */
export function managersOf(object: KubernetesObject): readonly Manager[] {
  return listField(object, 'metadata', 'managedFields')
    .map((entry) => ({
      name: textField(entry, 'manager') ?? 'somebody',
      time: textField(entry, 'time'),
      keys: Object.keys(Object(field(entry, 'fieldsV1', 'f:spec')) as object).map((key) =>
        key.replace(/^f:/, ''),
      ),
    }))
    .toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1));
}

/** Who is likely to put a change of these keys back, in words; `undefined` when nobody is known to. */
export function keeperOf(object: KubernetesObject, changed: ReadonlySet<string>): string | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  const mark = marks.find(({ key, value }) => {
    const found = labels[key] ?? annotations[key];
    return found !== undefined && (value === undefined || found === value);
  });
  if (mark !== undefined) return mark.keeper;
  const manager = managersOf(object).find(
    ({ name, keys }) => keepers.has(name) && keys.some((key) => changed.has(key)),
  );
  return manager && keepers.get(manager.name);
}

interface Mark {
  readonly key: string;
  readonly value?: string;
  readonly keeper: string;
}

/** Labels and annotations that tools put on what they keep. */
const marks: readonly Mark[] = [
  { key: 'argocd.argoproj.io/tracking-id', keeper: 'Argo CD' },
  { key: 'argocd.argoproj.io/instance', keeper: 'Argo CD' },
  { key: 'kustomize.toolkit.fluxcd.io/name', keeper: 'Flux' },
  { key: 'helm.toolkit.fluxcd.io/name', keeper: 'Flux' },
  { key: 'config.k8s.io/owning-inventory', keeper: 'Config Sync' },
  { key: 'configmanagement.gke.io/managed', keeper: 'Config Sync' },
  { key: 'app.kubernetes.io/managed-by', value: 'Helm', keeper: 'the next Helm upgrade' },
];

/** Field managers that write again what they think is right. */
const keepers: ReadonlyMap<string, string> = new Map([
  ['operator', 'the Tigera operator'],
  ['tigera-operator', 'the Tigera operator'],
  ['argocd-controller', 'Argo CD'],
  ['argocd-application-controller', 'Argo CD'],
  ['kustomize-controller', 'Flux'],
  ['helm-controller', 'Flux'],
  ['helm', 'the next Helm upgrade'],
  ['configsync', 'Config Sync'],
]);
