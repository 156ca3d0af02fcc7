import { isAgent } from '../../core/nodes/agent.ts';
import { field, listField, type KubernetesObject } from '../../core/objects/object.ts';

/**
 * An object without what nobody reads: a cluster may have 50,000 pods. The environment, arguments and commands of
 * pods other than Calico's go, too: they may hold secrets.
 */
export function slim(resource: string, object: KubernetesObject): KubernetesObject {
  const { managedFields: _fields, annotations, ...metadata } = object.metadata;
  const { [lastApplied]: _applied, ...otherAnnotations } = annotations ?? {};
  const hasAnnotations = Object.keys(otherAnnotations).length > 0;
  const slimmed = {
    ...object,
    metadata: hasAnnotations ? { ...metadata, annotations: otherAnnotations } : metadata,
  };
  switch (resource) {
    case 'pods':
      return { ...slimmed, spec: slimPodSpec(object) };
    case 'nodes':
      return { ...slimmed, status: slimNodeStatus(object) };
    default:
      return slimmed;
  }
}

/** Without the images on the node, and the time of each heartbeat: that a node is still there is no change of it. */
function slimNodeStatus(node: KubernetesObject): unknown {
  const { images: _images, ...status } = asRecord(node['status']);
  const conditions = listField(status, 'conditions').map((condition) => {
    const { lastHeartbeatTime: _time, ...rest } = asRecord(condition);
    return rest;
  });
  return { ...status, ...(conditions.length > 0 && { conditions }) };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function slimPodSpec(pod: KubernetesObject): unknown {
  const isCalico = isAgent(pod) || (pod.metadata.labels?.['k8s-app'] ?? '').startsWith('calico-');
  const containerFields = isCalico
    ? [...plainFields, 'env', 'command', 'args', 'readinessProbe']
    : plainFields;
  const slimContainers = (name: string) => {
    const containers = field(pod, 'spec', name);
    return Array.isArray(containers)
      ? { [name]: containers.map((container) => pick(container, containerFields)) }
      : {};
  };
  return {
    ...pick(field(pod, 'spec'), ['nodeName', 'hostNetwork', 'serviceAccountName', 'hostname', 'subdomain']),
    ...slimContainers('initContainers'),
    ...slimContainers('containers'),
  };
}

const plainFields = ['name', 'image', 'ports', 'resources'];

function pick(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = field(value, name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}
