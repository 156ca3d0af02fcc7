import { field, type KubernetesObject } from './object.ts';

/** The objects that a watch tells of, kept up to date. */
export class ObjectStore {
  #objects = new Map<string, KubernetesObject>();

  get objects(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Takes a whole list in place of what there was. */
  replace(objects: readonly KubernetesObject[]): void {
    this.#objects = new Map(objects.map((object) => [keyOf(object), object]));
  }

  find({ metadata }: KubernetesObject): KubernetesObject | undefined {
    return this.#objects.get(keyOf({ metadata }));
  }

  /** Answers whether anything but its version is new. */
  put(object: KubernetesObject): boolean {
    const before = this.find(object);
    this.#objects.set(keyOf(object), object);
    return before === undefined || contentOf(before) !== contentOf(object);
  }

  remove(object: KubernetesObject): boolean {
    return this.#objects.delete(keyOf(object));
  }
}

function keyOf({ metadata }: Pick<KubernetesObject, 'metadata'>): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function contentOf(object: KubernetesObject): string {
  const version = field(object, 'metadata', 'resourceVersion');
  return JSON.stringify(object, (key, value: unknown) =>
    key === 'resourceVersion' && value === version ? undefined : value,
  );
}
