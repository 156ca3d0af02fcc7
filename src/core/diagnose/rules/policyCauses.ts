/** Why a pod is let nobody in: policies that select it and allow nobody, or only peers or ports that do not exist. */
import type { ServiceEndpoints } from '../../facts/endpoints.ts';
import { matchesSelector, parseSelector } from '../../names/selector.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { parseIp, withoutLength } from '../../net/address.ts';
import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { advise, type Evidence, type Fix } from '../finding.ts';
import { findDenyFirst } from './denyFirst.ts';
import { fullResource, objectEvidence, objectsIn, type KnownCluster } from '../knownCluster.ts';
import { labelsOf, policiesFor, type PolicyOfPod } from './policiesFor.ts';
import { findNearMiss, matchesLabels, spellSelector } from './selection.ts';

export interface CutOff {
  /** `shop/cart-from-frontend` */
  readonly policy: string;
  readonly sentence: string;
  /** A policy without any rule may be meant to deny everything. */
  readonly severity: 'error' | 'warning';
  readonly fix: Fix;
  readonly evidence: readonly Evidence[];
}

/** The policy that cuts a pod off from everybody; `undefined` where some rule lets somebody in. */
export function explainCutOff(cluster: KnownCluster, pod: KubernetesObject): CutOff | undefined {
  const policies = policiesFor(cluster, pod, 'Ingress');
  const selecting = policies.map((each) => judgePolicy(cluster, pod, each));
  const rules = selecting.flatMap((each) => each.rules);
  const isLetIn = rules.some(({ dead }) => dead === undefined);
  const culprit = isLetIn
    ? findDenyFirst(policies)
    : (selecting.find((each) => each.rules.length > 0) ?? selecting[0]);
  if (culprit === undefined) return undefined;
  const dead = isLetIn ? unasked : (selecting.find((each) => each === culprit)?.rules[0]?.dead ?? nobody);
  // A pod that no Service sends to may well be meant to be alone.
  if (dead === nobody && !isEndpoint(cluster, pod)) return undefined;
  const { namespace = '', name } = culprit.object.metadata;
  const policy = namespace === '' ? name : `${namespace}/${name}`;
  return {
    policy,
    severity: dead === nobody || dead === unasked ? 'warning' : 'error',
    sentence: `${culprit.kind} ${policy} ${dead.sentence}`,
    fix: advise(
      dead.remedy,
      namespace === ''
        ? `kubectl edit ${fullResource(culprit.resource)} ${name}`
        : `kubectl -n ${namespace} edit ${fullResource(culprit.resource)} ${name}`,
    ),
    evidence: [
      objectEvidence(cluster, {
        resource: culprit.resource,
        object: culprit.object,
        shows: `${culprit.kind} ${policy} and whom it lets in.`,
        value: JSON.stringify(field(culprit.object, 'spec', 'ingress') ?? []),
      }),
    ],
  };
}

function isEndpoint(cluster: KnownCluster, pod: KubernetesObject): boolean {
  return portsByAddress(cluster.surroundings.endpoints).has(textField(pod, 'status', 'podIP') ?? '');
}

interface Selecting {
  readonly kind: string;
  readonly resource: string;
  readonly object: KubernetesObject;
  readonly rules: readonly JudgedRule[];
}

/** A rule that lets somebody in, unless it is dead. */
interface JudgedRule {
  readonly dead: Dead | undefined;
}

/** Why a rule lets nobody in, to be said of its policy, and what to do. */
interface Dead {
  readonly sentence: string;
  readonly remedy: string;
}

const alive: JudgedRule = { dead: undefined };

const nobody: Dead = {
  sentence: 'selects it and allows nobody.',
  remedy: 'Add a rule that allows those who are meant, or another policy that does.',
};

const unasked: Dead = {
  sentence: 'comes first and denies everything, so that what other policies allow is never asked.',
  remedy: 'Give it a higher order than the policies that allow, or let it deny less.',
};

/** `near` is what pods have instead: `app=frontend`. */
function withoutPeers(wanted: string, near: string | undefined): JudgedRule {
  const others = near === undefined ? '' : ` (there are pods with ${near})`;
  return {
    dead: {
      sentence: `allows only pods that match ${wanted}, and no pod does${others}.`,
      remedy:
        near === undefined
          ? 'Correct the selector of the policy, or start the pods that it means.'
          : `Correct the selector of the policy: is ${near} meant?`,
    },
  };
}

/** Each policy with its rules, and whether they let anybody in. */
function judgePolicy(
  cluster: KnownCluster,
  pod: KubernetesObject,
  { kind, resource, object }: PolicyOfPod,
): Selecting {
  const rules = listField(object, 'spec', 'ingress');
  const namespace = object.metadata.namespace;
  if (kind === 'NetworkPolicy') {
    const judge = (rule: unknown) => {
      const ports = judgePorts(cluster, rule, pod);
      return ports.dead === undefined ? judgePeers(cluster, rule, namespace ?? '') : ports;
    };
    return { kind, resource, object, rules: rules.map(judge) };
  }
  // Of Calico's own only rules that allow a selector and ask nothing else of the source are judged.
  const allowing = rules.filter((rule) => !['Log', 'Deny'].includes(textField(rule, 'action') ?? ''));
  return {
    kind,
    resource,
    object,
    rules: allowing.map((rule) => {
      const ports = judgeAllowed(listField(field(rule, 'destination'), 'ports'), servedPorts(cluster, pod));
      return ports.dead === undefined ? judgeSource(cluster, field(rule, 'source'), namespace) : ports;
    }),
  };
}

function judgePeers(cluster: KnownCluster, rule: unknown, namespace: string): JudgedRule {
  const peers = listField(rule, 'from');
  if (peers.length === 0) return alive;
  const judged = peers.map((peer) => judgePeer(cluster, peer, namespace));
  const byNearness = judged.toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)));
  return judged.find(({ dead }) => dead === undefined) ?? byNearness[0] ?? alive;
}

function isNear({ dead }: JudgedRule): boolean {
  return dead?.sentence.includes('(there are pods with') === true;
}

/** A rule for ports at which nothing of the pod listens, as far as its containers and its Services say. */
function judgePorts(cluster: KnownCluster, rule: unknown, pod: KubernetesObject): JudgedRule {
  const allowed = listField(rule, 'ports').map((each) => field(each, 'port'));
  const served = servedPorts(cluster, pod);
  if (allowed.length === 0 || served.numbers.size === 0) return alive;
  const isServed = listField(rule, 'ports').some((each) => {
    const port = field(each, 'port');
    if (typeof port === 'string') return served.names.has(port);
    const end = field(each, 'endPort');
    return typeof port !== 'number' || typeof end === 'number' || served.numbers.has(port);
  });
  return isServed ? alive : withoutPort(allowed, served);
}

/** The same for a rule of Calico’s own, whose ports are numbers, names and ranges (`80:90`). */
function judgeAllowed(allowed: readonly unknown[], served: ServedPorts): JudgedRule {
  if (allowed.length === 0 || served.numbers.size === 0) return alive;
  const isServed = allowed.some((port) => {
    if (typeof port === 'number') return served.numbers.has(port);
    const text = String(port);
    return text.includes(':') || served.names.has(text) || served.numbers.has(Number(text));
  });
  return isServed ? alive : withoutPort(allowed, served);
}

function withoutPort(allowed: readonly unknown[], served: ServedPorts): JudgedRule {
  return {
    dead: {
      sentence: `allows only port ${allowed.map(String).join(', ')}, and the pod serves ${[...served.numbers].toSorted((a, b) => a - b).join(', ')}.`,
      remedy: 'Allow the port of the container (the target port of the Service, not its own).',
    },
  };
}

interface ServedPorts {
  readonly names: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
}

function servedPorts(cluster: KnownCluster, pod: KubernetesObject): ServedPorts {
  const declared = listField(pod, 'spec', 'containers').flatMap((each) => listField(each, 'ports'));
  const ip = textField(pod, 'status', 'podIP') ?? '';
  const endpoints = portsByAddress(cluster.surroundings.endpoints).get(ip) ?? [];
  return {
    names: new Set(declared.flatMap((each) => textField(each, 'name') ?? [])),
    numbers: new Set([...declared.flatMap((each) => numberField(each, 'containerPort') ?? []), ...endpoints]),
  };
}

/** The ports at which Services send to an address. */
const portsByAddress = indexOnce((endpoints: ReadonlyMap<string, ServiceEndpoints>) => {
  const ports = new Map<string, Set<number>>();
  for (const { serving } of endpoints.values()) {
    for (const endpoint of serving) {
      const [address = '', port] = endpoint.split(' ');
      const known = ports.get(address) ?? new Set();
      ports.set(address, known.add(Number(port)));
    }
  }
  return ports;
});

function judgePeer(cluster: KnownCluster, peer: unknown, namespace: string): JudgedRule {
  const block = textField(peer, 'ipBlock', 'cidr');
  if (block !== undefined) return judgeBlock(cluster, block);
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
  const pods = [...spaces].flatMap((space) => objectsIn(cluster, 'pods', space));
  if (pods.some(({ metadata }) => matchesLabels(podSelector, metadata.labels ?? {}))) return alive;
  const near = findNearMiss(equalities(podSelector), pods);
  const inSpaces =
    namespaceSelector === undefined
      ? ''
      : ` in namespaces ${spellSelector(namespaceSelector) || 'of any name'}`;
  return withoutPeers(
    `${spellSelector(podSelector) || 'any label'}${inSpaces}`,
    near && `${near.key}=${near.actual}`,
  );
}

/** Policies see who sends, never the service that somebody is reached by. */
function judgeBlock(cluster: KnownCluster, cidr: string): JudgedRule {
  const address = /\/(?:32|128)$/.test(cidr) ? parseIp(withoutLength(cidr)) : undefined;
  if (address === undefined || cluster.surroundings.kindOf(address) !== 'service') return alive;
  return {
    dead: {
      sentence: `allows only ${cidr}, the address of a Service, from which no packet comes: policies see the address of the pod that sends.`,
      remedy: 'Allow the pods that are meant by their labels.',
    },
  };
}

function equalities(selector: unknown): Readonly<Record<string, string>> {
  const labels = field(selector, 'matchLabels');
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
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
  return withoutPeers(text, near && `${near.key}=${near.actual}`);
}
