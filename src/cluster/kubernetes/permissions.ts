/** What each use of a cluster takes, whether the user may do it, and the role that would let them. */
import type { Connection } from './connection.ts';
import { field } from '../../core/objects/object.ts';
import type { FeatureAccess, LiveFeature, Permission } from '../cluster.ts';

/** Where Calico is in a cluster. */
export interface CalicoPlace {
  /** Of the calico-node pods. */
  readonly namespace: string;
  /** `projectcalico.org` or `crd.projectcalico.org`. */
  readonly group: string;
}

export const liveFeatures: readonly LiveFeature[] = ['browse', 'dumps', 'traces', 'changes', 'debugPods'];

/** The least that a use takes. */
export function neededPermissions(
  feature: LiveFeature,
  { namespace, group }: CalicoPlace,
): readonly Permission[] {
  const felixConfigurations = { group, resource: 'felixconfigurations', namespace: undefined };
  const changes: readonly Permission[] = [
    // Deleting is taking back what a trace created.
    { verbs: ['get', 'create', 'update', 'patch', 'delete'], ...felixConfigurations },
  ];
  // Exec over a WebSocket is a GET that must also be allowed to create.
  const exec: Permission = { verbs: ['get', 'create'], group: '', resource: 'pods/exec', namespace };
  const dumps: readonly Permission[] = [
    { verbs: ['list'], group: '', resource: 'pods', namespace },
    exec,
    { verbs: ['get'], group: '', resource: 'pods/log', namespace },
  ];
  switch (feature) {
    case 'browse':
      return browsed(group).map((one) => ({ verbs: ['list', 'watch'], namespace: undefined, ...one }));
    case 'dumps':
      return dumps;
    case 'traces':
      return [...dumps, ...changes];
    case 'changes':
      return changes;
    case 'debugPods':
      return [{ verbs: ['list', 'get', 'create', 'delete'], group: '', resource: 'pods', namespace }, exec];
  }
}

function browsed(group: string): readonly Pick<Permission, 'group' | 'resource'>[] {
  const calico = [
    'felixconfigurations',
    'clusterinformations',
    'ippools',
    'blockaffinities',
    'globalnetworkpolicies',
    'networkpolicies',
    'tiers',
  ];
  return [
    ...['nodes', 'namespaces', 'pods', 'services'].map((resource) => ({ group: '', resource })),
    { group: 'discovery.k8s.io', resource: 'endpointslices' },
    { group: 'apps', resource: 'daemonsets' },
    { group: 'networking.k8s.io', resource: 'networkpolicies' },
    ...calico.map((resource) => ({ group, resource })),
  ];
}

/** Asks the API server which of all this the user may do. Changes nothing: a review is not kept. */
export async function checkAccess(
  connection: Connection,
  place: CalicoPlace,
  signal: AbortSignal,
): Promise<readonly FeatureAccess[]> {
  const answers = new Map<string, Promise<boolean>>();
  const isAllowed = (verb: string, permission: Permission) => {
    const key = JSON.stringify([verb, permission.group, permission.resource, permission.namespace]);
    const answer = answers.get(key) ?? review(connection, verb, permission, signal);
    answers.set(key, answer);
    return answer;
  };
  const findMissing = async (permission: Permission): Promise<readonly Permission[]> => {
    const allowed = await Promise.all(permission.verbs.map((verb) => isAllowed(verb, permission)));
    const verbs = permission.verbs.filter((_verb, index) => allowed[index] !== true);
    return verbs.length === 0 ? [] : [{ ...permission, verbs }];
  };
  return Promise.all(
    liveFeatures.map(async (feature) => {
      const missing = await Promise.all(neededPermissions(feature, place).map(findMissing));
      return { feature, missing: missing.flat() };
    }),
  );
}

async function review(
  connection: Connection,
  verb: string,
  { group, resource: full, namespace }: Permission,
  signal: AbortSignal,
): Promise<boolean> {
  const [resource, subresource] = full.split('/');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const answer = await connection.getBytes(path, { method: 'POST', body }, signal);
  return field(JSON.parse(answer.toString('utf8')), 'status', 'allowed') === true;
}

/** Roles, as YAML, that allow what is wanted and no more; bind them to whoever needs them. */
export function roleYaml(features: readonly LiveFeature[], place: CalicoPlace): string {
  const needed = features.flatMap((feature) => neededPermissions(feature, place));
  const name = `calico-ebpf-${features.join('-')}`;
  const everywhere = toRules(needed.filter(({ namespace }) => namespace === undefined));
  const within = toRules(needed.filter(({ namespace }) => namespace !== undefined));
  const header = (kind: string) => ['apiVersion: rbac.authorization.k8s.io/v1', `kind: ${kind}`, 'metadata:'];
  const documents = [
    ...(everywhere.length === 0
      ? []
      : [[...header('ClusterRole'), `  name: ${name}`, 'rules:', ...everywhere]]),
    ...(within.length === 0
      ? []
      : [[...header('Role'), `  name: ${name}`, `  namespace: ${place.namespace}`, 'rules:', ...within]]),
  ];
  return `${documents.map((lines) => lines.join('\n')).join('\n---\n')}\n`;
}

/** One rule for each group and set of verbs. */
function toRules(permissions: readonly Permission[]): readonly string[] {
  const rules = new Map<
    string,
    { readonly group: string; readonly verbs: string; readonly resources: Set<string> }
  >();
  for (const { group, verbs, resource } of permissions) {
    const key = `${group} ${verbs.join()}`;
    const rule = rules.get(key) ?? { group, verbs: verbs.join(', '), resources: new Set<string>() };
    rules.set(key, rule);
    rule.resources.add(resource);
  }
  return [...rules.values()].flatMap(({ group, verbs, resources }) => [
    `  - apiGroups: [${group === '' ? '""' : group}]`,
    `    resources: [${[...resources].join(', ')}]`,
    `    verbs: [${verbs}]`,
  ]);
}
