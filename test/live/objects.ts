import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { fieldsIn, schemaIn } from '../../src/core/felix/fields.ts';
import { newestVersion } from '../../src/core/felix/versions.ts';
import { listField, type KubernetesObject } from '../../src/core/objects/object.ts';
import { AdminError, type Admin } from './admin.ts';

/** The objects of a snapshot, by resource (`pods`, `ippools.crd.projectcalico.org`). */
export function readSnapshotObjects(snapshot: string): ReadonlyMap<string, readonly KubernetesObject[]> {
  const folder = join(snapshot, 'objects');
  const lists = readdirSync(folder).map((file) => {
    const bytes = readFileSync(join(folder, file));
    const list: unknown = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
    const items = listField(list, 'items') as readonly KubernetesObject[];
    return [file.replace(/\.json(?:\.gz)?$/, ''), items] as const;
  });
  return new Map(lists);
}

/** Creates the objects of a snapshot, with their status, so that exec into every pod reaches the test kubelet. */
export async function loadSnapshot(admin: Admin, snapshot: string, kubeletPort: number): Promise<void> {
  const objects = readSnapshotObjects(snapshot);
  const defined = createDefinitions(admin, objects);
  await createAll(admin, 'namespaces', [...(objects.get('namespaces') ?? []), ...impliedNamespaces(objects)]);
  await Promise.all(
    [...objects].map(async ([name, all]) => {
      // Definitions take two seconds to be served; what needs none goes on meanwhile.
      if (isCustom(name)) await defined;
      const isNode = name === 'nodes';
      await createAll(admin, name, isNode ? all.map((node) => servedBy(node, kubeletPort)) : all);
    }),
  );
}

function isCustom(resource: string): boolean {
  return resource.endsWith('.crd.projectcalico.org');
}

/** The namespaces that objects are in: a recording need not list them. */
function impliedNamespaces(objects: ReadonlyMap<string, readonly KubernetesObject[]>): KubernetesObject[] {
  const names = [...objects.values()].flat().flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set(names)].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

/** The API server dials a node's external address first: see its options in `cluster.ts`. */
export function servedBy(node: KubernetesObject, kubeletPort: number): KubernetesObject {
  const status = node['status'];
  const addresses = listField(status, 'addresses');
  return {
    ...node,
    status: {
      ...(typeof status === 'object' ? status : {}),
      addresses: [...addresses, { type: 'ExternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    },
  };
}

export async function createAll(
  admin: Admin,
  resource: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  await Promise.all(objects.map((object) => create(admin, resource, object)));
}

async function create(admin: Admin, resource: string, object: KubernetesObject): Promise<void> {
  const { name, namespace, labels, annotations } = object.metadata;
  const path = collectionPath(resource, object.apiVersion ?? 'v1', namespace);
  const metadata = { name, namespace, labels, annotations };
  try {
    await admin.post(path, { ...object, metadata });
  } catch (error) {
    // Some are there from the start: the first namespaces, and `default/kubernetes`, which is refused as invalid.
    if (!(error instanceof AdminError && [409, 422].includes(error.status))) throw error;
    await admin.get(`${path}/${name}`);
  }
  const status = object['status'];
  const hasStatus = ['nodes', 'pods', 'services', 'daemonsets.apps'].includes(resource);
  if (status !== undefined && hasStatus) await admin.patch(`${path}/${name}/status`, { status });
}

function collectionPath(resource: string, apiVersion: string, namespace: string | undefined): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${root}${within}/${resource.split('.', 1)[0] ?? resource}`;
}

/**
 * Defines Calico's resources. FelixConfigurations are judged by the schema of v3.32.1; of the others matters where they
 * are, not what they hold.
 */
async function createDefinitions(
  admin: Admin,
  objects: ReadonlyMap<string, readonly KubernetesObject[]>,
): Promise<void> {
  const custom = [...objects].filter(([name]) => isCustom(name));
  const present = custom.flatMap(([name, [first]]) => (first === undefined ? [] : [{ name, first }]));
  await Promise.all(
    present.map(({ name, first }) =>
      admin.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition(name, first)),
    ),
  );
  await Promise.all(
    present.map(({ name, first }) =>
      until(() => admin.get(collectionPath(name, first.apiVersion ?? '', undefined))),
    ),
  );
}

const anySchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function felixConfigurationSchema(): unknown {
  const properties = Object.fromEntries(
    fieldsIn(newestVersion).map((field) => [field.name, schemaIn(field, newestVersion)]),
  );
  return {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { type: 'object', properties },
    },
  };
}

export function definition(resource: string, example: KubernetesObject): unknown {
  const [plural = '', ...group] = resource.split('.');
  const schema = plural === 'felixconfigurations' ? felixConfigurationSchema() : anySchema;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resource },
    spec: {
      group: group.join('.'),
      names: { plural, singular: example.kind?.toLowerCase(), kind: example.kind },
      scope: example.metadata.namespace === undefined ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: example.apiVersion?.split('/')[1],
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

/** Asks again until it succeeds, for at most half a minute. */
export async function until<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 600; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await delay(50);
    }
  }
}
