/** Pods whose policies let them send, and not to the cluster’s DNS: every name is then a time-out. */
import { matchesSelector, parseSelector } from '../../names/selector.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { objectsIn, type KnownCluster } from '../knownCluster.ts';
import { policiesFor, type PolicyOfPod } from './policiesFor.ts';
import { matchesLabels } from './selection.ts';

export interface ForgottenDns {
  /** All that select the pod for egress. */
  readonly policies: readonly PolicyOfPod[];
  /** The service of the cluster’s DNS. */
  readonly service: KubernetesObject;
  /** A rule that was meant for DNS, and why it is not enough. */
  readonly slip: string | undefined;
}

/** `undefined` where the pod may ask, where it may send nothing at all, and where what is allowed cannot be told. */
export function findForgottenDns(cluster: KnownCluster, pod: KubernetesObject): ForgottenDns | undefined {
  const dns = dnsOf(cluster);
  const policies = policiesFor(cluster, pod, 'Egress');
  const rules = policies.flatMap(({ object, kind }) =>
    listField(object, 'spec', 'egress').map((rule) => ({
      rule,
      object,
      isCalicos: kind !== 'NetworkPolicy',
    })),
  );
  if (dns === undefined || rules.length === 0) return undefined;
  const judged = rules.map(({ rule, object, isCalicos }) =>
    isCalicos ? judgeCalicos(rule, dns, object) : judgeKubernetes(rule, dns, object),
  );
  if (judged.some(({ kind }) => kind === 'allows')) return undefined;
  const [slip] = judged.flatMap((each) => (each.kind === 'slip' ? each.why : []));
  return { policies, service: dns.service, slip };
}

/** What a rule is to DNS; `other`: it is about something else. */
type Judgement = { readonly kind: 'allows' | 'other' } | { readonly kind: 'slip'; readonly why: string };

const allows: Judgement = { kind: 'allows' };
const other: Judgement = { kind: 'other' };

interface Dns {
  readonly service: KubernetesObject;
  readonly pods: readonly KubernetesObject[];
  readonly namespaces: readonly KubernetesObject[];
}

const dnsNamespaces = new Set(['kube-system', 'openshift-dns']);

/** The service of the cluster’s DNS. */
export const clusterDns = indexOnce((services: readonly KubernetesObject[]) =>
  services.find(
    ({ metadata, ...object }) =>
      dnsNamespaces.has(metadata.namespace ?? '') &&
      listField(object, 'spec', 'ports').some(
        (each) => numberField(each, 'port') === 53 && textField(each, 'protocol') === 'UDP',
      ),
  ),
);

function dnsOf(cluster: KnownCluster): Dns | undefined {
  const service = clusterDns(cluster.objects('services'));
  const selector = { matchLabels: field(service, 'spec', 'selector') };
  if (service === undefined || selector.matchLabels === undefined) return undefined;
  const pods = objectsIn(cluster, 'pods', service.metadata.namespace ?? '').filter(({ metadata }) =>
    matchesLabels(selector, metadata.labels ?? {}),
  );
  // A cache on each node (node-local-dns) is asked instead, at an address of its own.
  const hasCache = objectsIn(cluster, 'pods', 'kube-system').some(
    ({ metadata }) => metadata.labels?.['k8s-app'] === 'node-local-dns',
  );
  return pods.length === 0 || hasCache
    ? undefined
    : { service, pods, namespaces: cluster.objects('namespaces') };
}

function judgeKubernetes(rule: unknown, dns: Dns, { metadata }: KubernetesObject): Judgement {
  const peers = listField(rule, 'to');
  const isForPods = peers.length === 0 || peers.some((peer) => reaches(peer, dns, metadata.namespace));
  const ports = listField(rule, 'ports');
  const port = ports.length === 0 ? allows : judgePorts(ports, dns);
  if (isForPods) return port;
  const serviceIp = textField(dns.service, 'spec', 'clusterIP') ?? '';
  const isForService = peers.some((peer) => textField(peer, 'ipBlock', 'cidr') === hostCidr(serviceIp));
  if (!isForService || port.kind !== 'allows') return other;
  const why = `it allows the service address ${serviceIp}, and policies see the address of the pod behind it`;
  return { kind: 'slip', why };
}

function hostCidr(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function judgePorts(ports: readonly unknown[], dns: Dns): Judgement {
  const meant = ports.filter((each) => isDnsPort(each, dns));
  if (meant.length === 0) return other;
  if (meant.some((each) => textField(each, 'protocol') === 'UDP')) return allows;
  const why = 'it allows port 53 by TCP only, which is what a port without a protocol means';
  return { kind: 'slip', why };
}

function isDnsPort(port: unknown, { pods }: Dns): boolean {
  const value = field(port, 'port');
  if (typeof value === 'number') return value <= 53 && (numberField(port, 'endPort') ?? value) >= 53;
  if (typeof value !== 'string') return true;
  const ports = pods.flatMap((pod) =>
    listField(pod, 'spec', 'containers').flatMap((each) => listField(each, 'ports')),
  );
  return ports.some((each) => textField(each, 'name') === value && numberField(each, 'containerPort') === 53);
}

function reaches(peer: unknown, dns: Dns, namespace: string | undefined): boolean {
  // What a range holds is not told apart: a range may well be meant to hold the pods.
  const cidr = textField(peer, 'ipBlock', 'cidr');
  if (cidr !== undefined) return !/\/(?:32|128)$/.test(cidr) || hasAddress(dns, cidr);
  const spaces = field(peer, 'namespaceSelector');
  const home = dns.service.metadata.namespace;
  const labels = dns.namespaces.find(({ metadata }) => metadata.name === home)?.metadata.labels;
  const isNamespace =
    spaces === undefined ? namespace === home : labels === undefined || matchesLabels(spaces, labels);
  const pods = field(peer, 'podSelector') ?? {};
  return isNamespace && dns.pods.some(({ metadata }) => matchesLabels(pods, metadata.labels ?? {}));
}

function hasAddress({ pods }: Dns, cidr: string): boolean {
  return pods.some((pod) => textField(pod, 'status', 'podIP') === cidr.split('/')[0]);
}

/** Of Calico’s own rules only those that allow a plain selector or ports are told apart; any other may allow it. */
function judgeCalicos(rule: unknown, dns: Dns, { metadata }: KubernetesObject): Judgement {
  const action = textField(rule, 'action');
  if (action === 'Log' || action === 'Deny') return other;
  const protocol = field(rule, 'protocol');
  if (protocol !== undefined && protocol !== 'UDP' && protocol !== 17) return other;
  const to = field(rule, 'destination');
  const ports = listField(to, 'ports');
  if (ports.length > 0 && !ports.some((each) => each === 53 || typeof each === 'string')) return other;
  const text = textField(to, 'selector');
  const known = new Set(['selector', 'ports']);
  const hasMore = typeof to === 'object' && to !== null && Object.keys(to).some((key) => !known.has(key));
  const selector = text === undefined ? undefined : parseSelector(text);
  if (hasMore || selector === undefined) return allows;
  const isNear = metadata.namespace === undefined || metadata.namespace === dns.service.metadata.namespace;
  const isMeant = isNear && dns.pods.some((pod) => matchesSelector(selector, pod.metadata.labels ?? {}));
  return isMeant ? allows : other;
}
