/** Why a pod is let nobody in: policies that select it and allow only peers that do not exist. */
import { matchesSelector, parseSelector } from '../names/selector.ts';
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';
import { advise, type Evidence, type Fix } from './finding.ts';
import { fullResource, objectEvidence, type KnownCluster } from './knownCluster.ts';
import { findNearMiss, matchesLabels, spellSelector } from './selection.ts';

export interface CutOff {
  /** `shop/cart-from-frontend` */
  readonly policy: string;
  readonly sentence: string;
  readonly fix: Fix;
  readonly evidence: readonly Evidence[];
}

/** The policy that cuts a pod off from everybody; `undefined` where some rule lets somebody in. */
export function explainCutOff(cluster: KnownCluster, pod: KubernetesObject): CutOff | undefined {
  const selecting = [...kubernetesPolicies(cluster, pod), ...calicoPolicies(cluster, pod)];
  const rules = selecting.flatMap((each) => each.rules);
  if (rules.length === 0 || rules.some(({ isDead }) => !isDead)) return undefined;
  const culprit = selecting.find((each) => each.rules.length > 0);
  const [rule] = culprit?.rules ?? [];
  if (culprit === undefined || rule === undefined) return undefined;
  const { namespace = '', name } = culprit.object.metadata;
  const policy = namespace === '' ? name : `${namespace}/${name}`;
  const near = rule.near === undefined ? '' : ` (there are pods with ${rule.near})`;
  return {
    policy,
    sentence: `${culprit.kind} ${policy} allows only pods that match ${rule.wanted}, and no pod does${near}.`,
    fix: advise(
      rule.near === undefined
        ? 'Correct the selector of the policy, or start the pods that it means.'
        : `Correct the selector of the policy: is ${rule.near} meant?`,
      namespace === ''
        ? `kubectl edit ${fullResource(culprit.resource)} ${name}`
        : `kubectl -n ${namespace} edit ${fullResource(culprit.resource)} ${name}`,
    ),
    evidence: [
      objectEvidence(cluster, {
        resource: culprit.resource,
        object: culprit.object,
        shows: `${culprit.kind} ${policy} and whom it lets in.`,
        value: JSON.stringify(field(culprit.object, 'spec', 'ingress')),
      }),
    ],
  };
}

interface Selecting {
  readonly kind: string;
  readonly resource: string;
  readonly object: KubernetesObject;
  readonly rules: readonly JudgedRule[];
}

/** A rule that lets somebody in, if there is anybody whom it means. */
interface JudgedRule {
  readonly isDead: boolean;
  readonly wanted: string;
  /** `app=frontend`, which pods have instead. */
  readonly near: string | undefined;
}

const alive: JudgedRule = { isDead: false, wanted: '', near: undefined };

function kubernetesPolicies(cluster: KnownCluster, pod: KubernetesObject): readonly Selecting[] {
  const resource = 'networkpolicies.networking.k8s.io';
  const namespace = pod.metadata.namespace ?? '';
  return cluster
    .objects(resource)
    .filter(
      (object) =>
        object.metadata.namespace === namespace &&
        (listField(object, 'spec', 'policyTypes').includes('Ingress') ||
          field(object, 'spec', 'policyTypes') === undefined) &&
        matchesLabels(field(object, 'spec', 'podSelector'), pod.metadata.labels ?? {}),
    )
    .map((object) => ({
      kind: 'NetworkPolicy',
      resource,
      object,
      rules: listField(object, 'spec', 'ingress').map((rule) => judgePeers(cluster, rule, namespace)),
    }));
}

function judgePeers(cluster: KnownCluster, rule: unknown, namespace: string): JudgedRule {
  const peers = listField(rule, 'from');
  if (peers.length === 0) return alive;
  const dead = peers.map((peer) => judgePeer(cluster, peer, namespace));
  return (
    dead.find(({ isDead }) => !isDead) ?? dead.find(({ near }) => near !== undefined) ?? dead[0] ?? alive
  );
}

function judgePeer(cluster: KnownCluster, peer: unknown, namespace: string): JudgedRule {
  if (field(peer, 'ipBlock') !== undefined) return alive;
  const namespaceSelector = field(peer, 'namespaceSelector');
  const podSelector = field(peer, 'podSelector') ?? {};
  const spaces = new Set(
    namespaceSelector === undefined
      ? [namespace]
      : cluster
          .objects('namespaces')
          .filter(({ metadata }) => matchesLabels(namespaceSelector, metadata.labels ?? {}))
          .map(({ metadata }) => metadata.name),
  );
  if (namespaceSelector !== undefined && cluster.objects('namespaces').length === 0) return alive;
  const pods = cluster.objects('pods').filter(({ metadata }) => spaces.has(metadata.namespace ?? ''));
  if (pods.some(({ metadata }) => matchesLabels(podSelector, metadata.labels ?? {}))) return alive;
  const near = findNearMiss(equalities(podSelector), pods);
  const inSpaces =
    namespaceSelector === undefined
      ? ''
      : ` in namespaces ${spellSelector(namespaceSelector) || 'of any name'}`;
  return {
    isDead: true,
    wanted: `${spellSelector(podSelector) || 'any label'}${inSpaces}`,
    near: near && `${near.key}=${near.actual}`,
  };
}

function equalities(selector: unknown): Readonly<Record<string, string>> {
  const labels = field(selector, 'matchLabels');
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

/** Calico's own policies, where a rule allows a selector and nothing else is asked of the source. */
function calicoPolicies(cluster: KnownCluster, pod: KubernetesObject): readonly Selecting[] {
  return ['networkpolicies', 'globalnetworkpolicies'].flatMap((resource) =>
    cluster
      .objects(resource)
      .filter(
        (object) =>
          resource === 'globalnetworkpolicies' || object.metadata.namespace === pod.metadata.namespace,
      )
      .filter((object) => selectsIngress(object, pod))
      .map((object) => ({
        kind: resource === 'networkpolicies' ? 'Calico NetworkPolicy' : 'GlobalNetworkPolicy',
        resource,
        object,
        rules: listField(object, 'spec', 'ingress')
          .filter((rule) => textField(rule, 'action') !== 'Log' && textField(rule, 'action') !== 'Deny')
          .map((rule) => judgeSource(cluster, field(rule, 'source'), object.metadata.namespace)),
      })),
  );
}

function selectsIngress(object: KubernetesObject, pod: KubernetesObject): boolean {
  const types = listField(object, 'spec', 'types');
  if (types.length > 0 ? !types.includes('Ingress') : listField(object, 'spec', 'ingress').length === 0)
    return false;
  const selector = parseSelector(textField(object, 'spec', 'selector') ?? '');
  return selector !== undefined && matchesSelector(selector, labelsOf(pod));
}

function judgeSource(cluster: KnownCluster, source: unknown, namespace: string | undefined): JudgedRule {
  const text = textField(source, 'selector');
  const selector = text === undefined ? undefined : parseSelector(text);
  const others =
    typeof source === 'object' && source !== null
      ? Object.keys(source).filter((key) => key !== 'selector')
      : [];
  if (text === undefined || selector === undefined || others.length > 0) return alive;
  const sets = ['globalnetworksets', 'networksets', 'hostendpoints'].flatMap((resource) =>
    cluster.objects(resource),
  );
  const candidates = [...cluster.objects('pods'), ...sets].filter(
    ({ metadata }) =>
      namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace,
  );
  if (candidates.some((each) => matchesSelector(selector, labelsOf(each)))) return alive;
  const wanted =
    selector.kind === 'compare' && selector.operator === '==' ? { [selector.label]: selector.value } : {};
  const near = findNearMiss(wanted, candidates);
  return { isDead: true, wanted: text, near: near && `${near.key}=${near.actual}` };
}

/** The labels of an endpoint as Calico's selectors see them. */
function labelsOf({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return {
    ...metadata.labels,
    'projectcalico.org/orchestrator': 'k8s',
    ...(metadata.namespace !== undefined && { 'projectcalico.org/namespace': metadata.namespace }),
  };
}
