import type { NatFrontend } from '../../dump/natLine.ts';
import { endpointsKey } from '../../facts/endpoints.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import type { Steps } from '../../steps.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { findObject, objectEvidence, objectsIn, type KnownCluster } from '../knownCluster.ts';
import { findNearMiss } from './selection.ts';

type Explanation = Pick<Draft, 'title' | 'severity' | 'fix' | 'evidence'>;

/** Why a service port has no backends: by its endpoints, its selector, its pods. */
export function explainEmptyService(
  cluster: KnownCluster,
  servicePort: string,
  frontends: readonly NatFrontend[],
): Explanation {
  const [, namespace = '', name = ''] = /^([^/]+)\/([^:]+)/.exec(servicePort) ?? [];
  const service = findObject(cluster, 'services', name, namespace);
  const protocol = frontends[0]?.protocol ?? 6;
  const ready = cluster.surroundings.endpoints.get(endpointsKey(servicePort, protocol))?.ready.size ?? 0;
  if (service === undefined) return notAService(servicePort);
  if (ready > 0) return notProgrammed(servicePort, ready);
  const own = objectEvidence(cluster, {
    resource: 'services',
    object: service,
    shows: `Service ${namespace}/${name} and its selector.`,
    value: `selector: ${JSON.stringify(field(service, 'spec', 'selector') ?? null)}`,
  });
  return { ...explainedSelector(cluster, service), evidence: [own] };
}

type SelectorExplanation = Pick<Explanation, 'title' | 'severity' | 'fix'>;

const explained = new WeakMap<KnownCluster, Map<KubernetesObject, SelectorExplanation>>();

/** More services than this that select no pod are no slips: their workloads are scaled down. */
const habit = 10;

/**
 * What many services have in common whose selectors fit no pod, and nearly fit none; `undefined` where few do, or the
 * service is none of them.
 */
export function* explainIdle(cluster: KnownCluster, servicePort: string): Steps<Explanation | undefined> {
  const names = yield* idleServices(cluster);
  if (names.size <= habit || !names.has(servicePort.replace(/:.*$/, ''))) return undefined;
  return {
    severity: 'information',
    title: `${names.size.toLocaleString('en')} Services have no endpoints, as no pod has the labels that they select: ${listSome([...names], 'Services')}. Connections to them are refused; so it is meant where workloads are scaled down.`,
    evidence: [],
    fix: advise('Delete the Services that nobody needs any more.'),
  };
}

const idle = new WeakMap<KnownCluster, ReadonlySet<string>>();

function* idleServices(cluster: KnownCluster): Steps<ReadonlySet<string>> {
  const known = idle.get(cluster) ?? (yield* findIdle(cluster));
  idle.set(cluster, known);
  return known;
}

function* findIdle(cluster: KnownCluster): Steps<ReadonlySet<string>> {
  const served = new Set<string>();
  for (const [key, { ready }] of cluster.surroundings.endpoints)
    if (ready.size > 0) served.add(key.replace(/[: ].*$/, ''));
  const names = new Set<string>();
  for (const service of cluster.objects('services')) {
    const name = `${service.metadata.namespace ?? ''}/${service.metadata.name}`;
    if (served.has(name)) continue;
    if (hasNoPods(cluster, service)) names.add(name);
    yield;
  }
  return names;
}

function hasNoPods(cluster: KnownCluster, service: KubernetesObject): boolean {
  const selector = labelsOf(field(service, 'spec', 'selector'));
  // One that is open to the outside is missed by somebody.
  const isInner = (textField(service, 'spec', 'type') ?? 'ClusterIP') === 'ClusterIP';
  if (!isInner || Object.keys(selector).length === 0) return false;
  const pods = objectsIn(cluster, 'pods', service.metadata.namespace ?? '');
  return !pods.some((pod) => isSelected(pod, selector)) && findNearMiss(selector, pods) === undefined;
}

function isSelected({ metadata }: KubernetesObject, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
}

/** The same on every node, and the pods of a large cluster are many. */
function explainedSelector(cluster: KnownCluster, service: KubernetesObject): SelectorExplanation {
  const known = explained.get(cluster) ?? new Map<KubernetesObject, SelectorExplanation>();
  explained.set(cluster, known);
  const explanation = known.get(service) ?? explainSelector(cluster, service);
  known.set(service, explanation);
  return explanation;
}

function notAService(subject: string): Explanation {
  return {
    severity: 'warning',
    title: `${subject} has no backends in NAT on {nodes}, and no Service has this address.`,
    evidence: [],
    fix: advise('Felix removes it by itself once it follows the API server.'),
  };
}

function notProgrammed(servicePort: string, ready: number): Explanation {
  return {
    severity: 'error',
    title: `${servicePort} has no backends in NAT on {nodes}, though it has ${ready === 1 ? 'a ready endpoint' : `${ready} ready endpoints`}: connections to it are refused there.`,
    evidence: [],
    fix: advise(
      'Look at Felix’s log on the node: it does not follow the API server, or could not write its maps.',
    ),
  };
}

function explainSelector(cluster: KnownCluster, service: KubernetesObject): SelectorExplanation {
  const { namespace = '', name } = service.metadata;
  const full = `${namespace}/${name}`;
  const selector = labelsOf(field(service, 'spec', 'selector'));
  const described = `kubectl -n ${namespace} get endpointslices -l kubernetes.io/service-name=${name}`;
  if (Object.keys(selector).length === 0) {
    return {
      severity: 'warning',
      title: `Service ${full} has no endpoints: it has no selector, and nobody wrote EndpointSlices for it. Connections to it are refused.`,
      fix: advise('Give the service a selector, or write its EndpointSlices.', described),
    };
  }
  const spelled = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = objectsIn(cluster, 'pods', namespace);
  const selected = pods.filter((pod) => isSelected(pod, selector));
  if (selected.length > 0) return selectedButEmpty(full, spelled, selected);
  const near = findNearMiss(selector, pods);
  if (near === undefined) {
    return {
      severity: 'warning',
      title: `Service ${full} has no endpoints: no pod in ${namespace} has the labels ${spelled} that it selects. Connections to it are refused.`,
      fix: advise(
        'Start the pods that it is for, or correct its selector.',
        `kubectl -n ${namespace} get pods --show-labels`,
      ),
    };
  }
  const right = { ...selector, [near.key]: near.actual };
  return {
    severity: 'error',
    title: `Service ${full} has no endpoints: it selects ${near.key}=${near.wanted}, and ${listSome(
      near.pods.map(({ metadata }) => metadata.name),
      'pods',
    )} have ${near.key}=${near.actual}. Connections to it are refused.`,
    fix: advise(
      `Correct the selector to ${near.key}=${near.actual}, if these are the pods that are meant.`,
      `kubectl -n ${namespace} patch service ${name} --type merge -p '${JSON.stringify({ spec: { selector: right } })}'`,
    ),
  };
}

function selectedButEmpty(
  service: string,
  selector: string,
  pods: readonly KubernetesObject[],
): SelectorExplanation {
  const names = listSome(
    pods.map(({ metadata }) => metadata.name),
    'pods',
  );
  const notReady = pods.filter((pod) => !isPodReady(pod));
  const [namespace = ''] = service.split('/');
  if (notReady.length === 0) {
    return {
      severity: 'error',
      title: `Service ${service} has no endpoints though ${names} match ${selector} and are ready: its target port is none of theirs, or nobody writes EndpointSlices.`,
      fix: advise('Compare the targetPort of the service with the ports of the containers.'),
    };
  }
  return {
    severity: 'error',
    title: `Service ${service} has no endpoints: it selects ${names}, which ${pods.length === 1 ? 'is' : 'are'} not ready. Connections to it are refused.`,
    fix: advise(
      'Find out why the pods are not ready.',
      `kubectl -n ${namespace} describe pods -l '${selector}'`,
    ),
  };
}

/** The Ready condition of a pod. */
export function isPodReady(pod: KubernetesObject): boolean {
  const ready = listField(pod, 'status', 'conditions').find((each) => textField(each, 'type') === 'Ready');
  return textField(ready, 'status') === 'True';
}

function labelsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, label]) => [key, String(label)]));
}
