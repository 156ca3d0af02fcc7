/**
 * What is never written to a snapshot, whatever it is taken of: values that may be secrets. Objects keep their
 * shape: an environment variable keeps its name.
 */
import { field, listField, textField, type KubernetesObject } from '../../core/objects/object.ts';

/** In place of a value that is not written. */
const withheld = '(withheld)';

/** An object without what may hold secrets. */
export function withholdSecrets(resource: string, object: KubernetesObject): KubernetesObject {
  const { managedFields: _fields, annotations, ...metadata } = object.metadata;
  const kept = keepAnnotations(annotations ?? {});
  const named = {
    ...object,
    metadata: Object.keys(kept).length === 0 ? metadata : { ...metadata, annotations: kept },
  };
  switch (resource) {
    case 'pods':
      return { ...named, spec: withholdPodSpec(object['spec']) };
    case 'daemonsets.apps':
      return withholdTemplate(named);
    case 'configmaps':
      return withholdConfigMap(named);
    default:
      return named;
  }
}

/** Lines of a log in which a word names a secret, without what follows it. */
export function withholdInLog(text: string): string {
  return text.replace(
    /((?:password|passwd|token|secret|credential)s?"?\s*[:=]\s*"?)([^\s",}{)]+)/gi,
    (line, name: string, value: string) => (isHarmless(value) ? line : `${name}${withheld}`),
  );
}

function isHarmless(value: string): boolean {
  return /^(?:<nil>|nil|null|none|true|false|\d+)$/i.test(value);
}

const ownAnnotations = /^(?:[\w-]+\.)*(?:projectcalico\.org|tigera\.io|service\.kubernetes\.io)\//;

/** Those that Calico reads; others may hold anything, such as the whole object that `kubectl apply` keeps there. */
function keepAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([name]) => ownAnnotations.test(name))
      .map(([name, value]) => [name, name === calicoMetadata ? withoutAnnotations(value) : value]),
  );
}

/** The metadata of the v3 object, as JSON, on those of `crd.projectcalico.org` (libcalico-go/lib/backend/k8s/resources). */
const calicoMetadata = 'projectcalico.org/metadata';

function withoutAnnotations(json: string): string {
  try {
    const { annotations: _annotations, ...rest } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return JSON.stringify(rest);
  } catch {
    return withheld;
  }
}

function withholdTemplate(object: KubernetesObject): KubernetesObject {
  const spec = asRecord(object['spec']);
  const template = asRecord(spec['template']);
  const podSpec = withholdPodSpec(template['spec']);
  return { ...object, spec: { ...spec, template: { ...without(template, 'metadata'), spec: podSpec } } };
}

function withholdPodSpec(spec: unknown): unknown {
  const containers = (name: string) => {
    const found = field(spec, name);
    return Array.isArray(found) ? { [name]: found.map(withholdContainer) } : {};
  };
  return { ...asRecord(spec), ...containers('initContainers'), ...containers('containers') };
}

function withholdContainer(container: unknown): unknown {
  const rest = without(asRecord(container), 'command', 'args');
  if (!Array.isArray(rest['env'])) return rest;
  const env = listField(rest, 'env').map((entry) =>
    field(entry, 'value') === undefined || isOpenVariable(textField(entry, 'name') ?? '')
      ? entry
      : { ...asRecord(entry), value: withheld },
  );
  return { ...rest, env };
}

/** The variables that say how Calico is set up. */
const openVariables =
  /^(?:FELIX_|CALICO_|IP$|IP6$|IP_|IP6_|NODENAME$|CLUSTER_TYPE$|DATASTORE_TYPE$|NO_DEFAULT_POOLS$|WAIT_FOR_DATASTORE$|KUBERNETES_SERVICE_|USE_POD_CIDR$)/;
const secretWords = /PASS|TOKEN|SECRET|KEY|CREDENTIAL|USERNAME/;

function isOpenVariable(name: string): boolean {
  return openVariables.test(name) && !secretWords.test(name);
}

/** ConfigMaps that Calico or kube-proxy are set up by. */
const openConfigMaps = new Set([
  'calico-config',
  'kube-proxy',
  'kubernetes-services-endpoint',
  'kubernetes-service-endpoint',
]);

function withholdConfigMap(object: KubernetesObject): KubernetesObject {
  const rest = { ...without(object, 'data', 'binaryData'), metadata: object.metadata };
  if (!openConfigMaps.has(object.metadata.name)) return rest;
  const data = Object.entries(asRecord(object['data']))
    .filter(([name]) => !name.includes('kubeconfig'))
    .map(([name, text]) => [name, typeof text === 'string' ? withholdInLog(text) : text]);
  return { ...rest, data: Object.fromEntries(data) };
}

function without(
  record: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
