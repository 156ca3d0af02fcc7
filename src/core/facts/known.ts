import type { KubernetesObject } from '../objects/object.ts';
import { createAddressBook, type AddressBook } from '../names/addressBook.ts';
import type { NamingObjects } from '../names/objects.ts';
import { finish } from '../steps.ts';
import { buildSurroundings, type Surroundings } from './surroundings.ts';

/** The objects of a cluster that rules look at, and the node whose dump it is. */
export interface KnownObjects {
  readonly node: string;
  readonly objects: NamingObjects;
}

/** The same, ready for the rules. */
export interface KnownAround {
  readonly node: string;
  readonly book: AddressBook;
  readonly surroundings: Surroundings;
}

export function lookAround({ node, objects }: KnownObjects): KnownAround {
  const book = createAddressBook(objects);
  return { node, book, surroundings: finish(buildSurroundings(objects, book)) };
}

/** What rules look at: policies are not among it. */
const judgedResources = [
  'nodes',
  'pods',
  'services',
  'endpointSlices',
  'ipPools',
  'blockAffinities',
  'ipamBlocks',
] as const;

/** So many objects cross to another thread at a time, which takes a few milliseconds. */
const someObjects = 500;

/** The objects that rules look at, some at a time and without what no rule looks at. */
export function* judgedObjects(objects: NamingObjects): Generator<{
  readonly resource: keyof NamingObjects;
  readonly objects: readonly KubernetesObject[];
}> {
  for (const resource of judgedResources) {
    const all = objects[resource] ?? [];
    for (let start = 0; start < all.length; start += someObjects) {
      const some = all.slice(start, start + someObjects);
      yield { resource, objects: some.map((object) => trimObject(resource, object)) };
    }
  }
}

/** What of very many objects is looked at, by resource; the others are small. */
const lookedAt: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  pods: { spec: ['nodeName', 'hostNetwork'], status: ['phase', 'podIP', 'podIPs'] },
  nodes: { spec: ['podCIDR', 'podCIDRs'], status: ['addresses'] },
};

/** An object without what no rule looks at, so that it crosses threads quickly. */
function trimObject(resource: string, object: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const trimmed: Record<string, unknown> = { ...object };
  for (const [part, names] of Object.entries(lookedAt[resource] ?? {})) {
    trimmed[part] = picked(object[part], names);
  }
  return {
    ...trimmed,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

function picked(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
