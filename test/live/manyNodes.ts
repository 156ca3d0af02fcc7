import { field, listField, type KubernetesObject } from '../../src/core/objects/object.ts';
import type { TestCluster } from './cluster.ts';
import { createAll } from './objects.ts';

const namespace = 'calico-system';
const agent = 'calico-node-x4k2p';

/** So many are created at once. */
const batch = 50;

/** Adds nodes `many-0`, `many-1` …, each with a pod of Calico's agent that answers as node-a’s does. */
export async function createNodes(
  server: TestCluster,
  count: number,
  { prefix = 'many', app = 'calico-node' } = {},
): Promise<void> {
  const node = (await server.admin.get('/api/v1/nodes/node-a')) as KubernetesObject;
  const pods = await server.admin.get(`/api/v1/namespaces/${namespace}/pods`);
  const pod = listField(pods, 'items').find((one) => field(one, 'metadata', 'name') === agent);
  const podSpec = withReadiness(field(pod, 'spec'));
  const folder = server.recordingOf('node-a');
  for (let from = 0; from < count; from += batch) {
    const names = Array.from(
      { length: Math.min(batch, count - from) },
      (_, index) => `${prefix}-${from + index}`,
    );
    await createAll(
      server.admin,
      'nodes',
      names.map((name) => copyOf(node, name, {})),
    );
    await createAll(
      server.admin,
      'pods',
      names.map((name) =>
        copyOf(
          { ...(pod as object), apiVersion: 'v1' },
          `${app}-${name}`,
          { ...podSpec, nodeName: name },
          { 'k8s-app': app },
        ),
      ),
    );
    await server.record(Object.fromEntries(names.map((name) => [`${namespace}/${app}-${name}`, folder])));
  }
}

/** As the usual manifests have it; the recorded pods were written by hand. */
function withReadiness(spec: unknown): object {
  const exec = { command: ['/bin/calico-node', '-felix-ready', '-bird-ready'] };
  const containers = listField(spec, 'containers') as readonly object[]; // As the API server answered.
  const probed = containers.map((each) => ({ ...each, readinessProbe: { exec } }));
  return { ...(spec as object), containers: probed };
}

function copyOf(
  object: unknown,
  name: string,
  spec: unknown,
  more: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const original = object as KubernetesObject; // As the API server answered.
  const { namespace: space, labels } = original.metadata;
  const metadata = {
    name,
    ...(space === undefined ? {} : { namespace: space }),
    labels: { ...labels, ...more },
  };
  return { ...original, metadata, spec };
}
