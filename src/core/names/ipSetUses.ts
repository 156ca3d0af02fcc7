/**
 * Which policy wants which IP set: Felix names a set by the canonical selector of a rule's peer, so the policies tell
 * the numbers of their sets (libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go puts the selectors together,
 * felix/calc/rule_scanner.go names the sets). A selector that is put together otherwise has a number that nobody asks for.
 */
import { parseProtocol, protocolName } from '../net/protocol.ts';
import { field, listField, textField, type KubernetesObject } from '../objects/object.ts';
import { ipSetId, ipSetNumber } from './ipSetId.ts';
import { canonicalSelector } from './selector.ts';

/** What an IP set is for. */
export interface IpSetUse {
  /** The string of the set: `s:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug`. */
  readonly id: string;
  /** Who is in it: `pods with app == 'cart' in shop`. */
  readonly members: string;
  /** Calico’s selector of them; `undefined` for a set of named ports. */
  readonly selector: string | undefined;
  /** The policies that match by it: `shop/cart-from-frontend`. */
  readonly policies: readonly string[];
}

/** The sets that policies want, by number. Policies of Kubernetes and of Calico may stand in one list. */
export function findIpSetUses(policies: readonly KubernetesObject[]): ReadonlyMap<string, IpSetUse> {
  const uses = new Map<string, IpSetUse>();
  for (const policy of policies) {
    const { namespace, name } = policy.metadata;
    const label = namespace === undefined ? name : `${namespace}/${name}`;
    for (const set of setsOf(policy)) {
      const number = ipSetNumber(set.id);
      const known = uses.get(number)?.policies ?? [];
      if (!known.includes(label)) uses.set(number, { ...set, policies: [...known, label] });
    }
  }
  return uses;
}

type WantedSet = Omit<IpSetUse, 'policies'>;

function setsOf(policy: KubernetesObject): readonly WantedSet[] {
  const { namespace } = policy.metadata;
  const rules = [...listField(policy, 'spec', 'ingress'), ...listField(policy, 'spec', 'egress')];
  return rules.flatMap((rule) => {
    // Only Calico's rules have an action.
    const peers = textField(rule, 'action') === undefined ? kubernetesPeers(rule) : calicoPeers(rule);
    return [
      ...peers.flatMap((peer) => selectorSet(peer, namespace)),
      ...namedPortSets(rule, peers, namespace),
    ];
  });
}

/** One side of a rule, by Calico's selectors. */
interface Peer {
  readonly selector: string | undefined;
  readonly namespaceSelector: string | undefined;
}

function calicoPeers(rule: unknown): readonly Peer[] {
  return ['source', 'destination'].map((side) => ({
    selector: textField(rule, side, 'selector'),
    namespaceSelector: textField(rule, side, 'namespaceSelector'),
  }));
}

/** Calico's conversion of a Kubernetes policy selects its peers among pods only. */
const kubernetesOnly = "projectcalico.org/orchestrator == 'k8s'";

function kubernetesPeers(rule: unknown): readonly Peer[] {
  return [...listField(rule, 'from'), ...listField(rule, 'to')].map((peer) => {
    const pods = field(peer, 'podSelector');
    const namespaces = field(peer, 'namespaceSelector');
    const selector = [kubernetesOnly, ...toTerms(pods)].join(' && ');
    const namespaceTerms = toTerms(namespaces).join(' && ');
    return {
      selector: pods === undefined && namespaces === undefined ? undefined : selector,
      namespaceSelector: namespaces === undefined ? undefined : namespaceTerms || 'all()',
    };
  });
}

/** The terms of a Kubernetes label selector as Calico's conversion writes them. */
function toTerms(selector: unknown): readonly string[] {
  const labels = Object.entries(field(selector, 'matchLabels') ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} == '${String(value)}'`);
  return [...labels, ...listField(selector, 'matchExpressions').map(toTerm)];
}

function toTerm(expression: unknown): string {
  const key = textField(expression, 'key') ?? '';
  const operator = textField(expression, 'operator');
  if (operator === 'Exists') return `has(${key})`;
  if (operator === 'DoesNotExist') return `! has(${key})`;
  const values = listField(expression, 'values').map((value) => `'${String(value)}'`);
  return `${key} ${operator === 'In' ? 'in' : 'not in'} { ${values.join(', ')} }`;
}

function selectorSet(peer: Peer, namespace: string | undefined): readonly WantedSet[] {
  const canonical = canonicalPeer(peer, namespace);
  if (canonical === undefined) return [];
  return [{ id: ipSetId('s', canonical), members: describePeer(peer, namespace), selector: canonical }];
}

/** The selector of a peer with that of its namespace; `undefined` without a selector, or for one that cannot be read. */
function canonicalPeer(
  { selector, namespaceSelector }: Peer,
  namespace: string | undefined,
): string | undefined {
  if (selector === undefined && namespaceSelector === undefined) return undefined;
  const own = selector === undefined ? undefined : canonicalSelector(selector);
  const outer = canonicalNamespaces(namespaceSelector, namespace);
  if (outer === undefined) return own;
  if (selector === undefined) return outer;
  return own === undefined ? undefined : `(${outer} && ${own})`;
}

/** Labels of namespaces reach their pods with a prefix. */
function canonicalNamespaces(
  selector: string | undefined,
  namespace: string | undefined,
): string | undefined {
  if (selector === undefined)
    return namespace === undefined ? undefined : `projectcalico.org/namespace == "${namespace}"`;
  return canonicalSelector(selector, 'pcns.')
    ?.replaceAll('all()', 'has(projectcalico.org/namespace)')
    .replaceAll('global()', '!has(projectcalico.org/namespace)');
}

function describePeer({ selector, namespaceSelector }: Peer, namespace: string | undefined): string {
  const isOfKubernetes = selector?.startsWith(kubernetesOnly) ?? false;
  const own = isOfKubernetes ? selector?.slice(kubernetesOnly.length).replace(/^ && /, '') : selector;
  const kind = isOfKubernetes ? 'pods' : 'endpoints and network sets';
  const who = own === undefined || own === '' || own === 'all()' ? `all ${kind}` : `${kind} with ${own}`;
  if (namespaceSelector !== undefined)
    return namespaceSelector === 'all()'
      ? `${who} of all namespaces`
      : `${who} in namespaces with ${namespaceSelector}`;
  return namespace === undefined ? who : `${who} in ${namespace}`;
}

/** The sets of the named ports of a rule's destination; without a selector they are those of all endpoints. */
function namedPortSets(
  rule: unknown,
  peers: readonly Peer[],
  namespace: string | undefined,
): readonly WantedSet[] {
  const [, destination] = textField(rule, 'action') === undefined ? [] : peers;
  const peer = destination ?? { selector: undefined, namespaceSelector: undefined };
  const endpoints = ipSetId('s', canonicalPeer(peer, namespace) ?? 'all()');
  return namedPorts(rule).map(({ port, protocol }) => ({
    id: ipSetId('n', `${endpoints},${protocol.toLowerCase()},${port}`),
    members: `the port named ${port} (${protocol}) of ${describePeer(peer, undefined)}`,
    selector: undefined,
  }));
}

interface NamedPort {
  readonly port: string;
  readonly protocol: string;
}

function namedPorts(rule: unknown): readonly NamedPort[] {
  const own = listField(rule, 'ports').map((each) => ({
    port: field(each, 'port'),
    protocol: textField(each, 'protocol') ?? 'TCP',
  }));
  const protocol = field(rule, 'protocol');
  const calico = listField(rule, 'destination', 'ports').map((port) => ({
    port,
    protocol: protocolName(parseProtocol(String(protocol)) ?? 0),
  }));
  return [...own, ...calico].flatMap(({ port, protocol }) =>
    typeof port === 'string' && /[a-z]/i.test(port) ? { port, protocol } : [],
  );
}
