/** IP sets that lack somebody whom a policy allows: Felix does not look at what others take out of the map. */
import type { IpSet } from '../../dump/ipsets.ts';
import { readDump } from '../../dump/readers.ts';
import type { Dump } from '../../dump/dump.ts';
import { parseIp } from '../../net/address.ts';
import { cidrContains } from '../../net/prefix.ts';
import { normalizeIpSetNumber } from '../../names/ipSetId.ts';
import { findIpSetUses, type IpSetUse } from '../../names/ipSetUses.ts';
import { matchesSelector, parseSelector } from '../../names/selector.ts';
import { readPod } from '../../names/objects.ts';
import { listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { policyProbe } from '../../probes.ts';
import { isYoung } from './absentPods.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { objectEvidence, objectsIn, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { labelsOf, policiesFor, type Direction, type PolicyOfPod } from './policiesFor.ts';
import type { PolicyDrops } from './policyDrops.ts';

/** A pod that a policy allows and the IP set of the policy lacks. */
export interface IpSetGap {
  /** `NetworkPolicy shop/payments-from-cart` */
  readonly policy: string;
  /** `pods with app == 'cart' in shop` */
  readonly members: string;
  readonly number: string;
  /** `shop/cart-m8t2l (10.244.174.130)` */
  readonly absent: string;
  readonly evidence: readonly Evidence[];
}

/** Who is allowed by the policies of a pod that drops, and lacks in their IP sets on its node. */
export function findIpSetGap(
  node: KnownNode,
  cluster: KnownCluster,
  { drops, pod }: { readonly drops: PolicyDrops; readonly pod: KubernetesObject },
): IpSetGap | undefined {
  const heard = node.heard('ipsets.dump');
  if (heard.kind !== 'answered' || heard.truncated) return undefined;
  const dump = readDump('ipsets.dump', heard.text) as Dump<IpSet>; // The reader of this probe.
  const direction = drops.direction === 'ingress' ? 'Ingress' : 'Egress';
  const programmed = node.text(policyProbe(drops.interface)) ?? '';
  for (const policy of policiesFor(cluster, pod, direction)) {
    for (const [number, use] of findIpSetUses([allowing(policy.object, direction)])) {
      const row = dump.entries.findIndex((set) => normalizeIpSetNumber(set.number) === number);
      // An empty set is in no dump: only the program tells that the number is that of the set.
      if (row === -1 && !programmed.includes(number)) continue;
      const absent = membersOf(cluster, use).find((each) => !holds(dump.entries[row], each.address));
      if (absent !== undefined) return toGap(node, cluster, { policy, number, use, absent, dump, row });
    }
  }
  return undefined;
}

/** A policy with nothing but the rules of a direction that allow. */
function allowing(
  policy: KubernetesObject,
  direction: Direction,
): KubernetesObject & { readonly spec: object } {
  const key = direction === 'Ingress' ? 'ingress' : 'egress';
  const rules = listField(policy, 'spec', key).filter((rule) =>
    ['Allow', undefined].includes(textField(rule, 'action')),
  );
  return { ...policy, spec: { [key]: rules } };
}

interface Member {
  readonly pod: KubernetesObject;
  readonly address: string;
}

/** The running pods that belong into a set, with their IPv4 address; none where its selector cannot be judged. */
function membersOf(cluster: KnownCluster, { selector: text }: IpSetUse): readonly Member[] {
  const selector = text === undefined || text.includes('pcsa.') ? undefined : parseSelector(text);
  if (selector === undefined) return [];
  const namespace = /projectcalico\.org\/namespace == "([^"]+)"/.exec(text ?? '')?.[1];
  const pods = namespace === undefined ? cluster.objects('pods') : objectsIn(cluster, 'pods', namespace);
  return pods.flatMap((pod): readonly Member[] => {
    const { addresses, phase, isHostNetworked, namespace: space, name } = readPod(pod);
    const address = addresses.find((each) => !each.includes(':'));
    if (address === undefined || phase !== 'Running' || isHostNetworked) return [];
    const isMeant = matchesSelector(selector, { ...labelsOf(pod), ...namespaceLabels(cluster, space) });
    return isMeant && !isYoung(cluster, space, name) ? [{ pod, address }] : [];
  });
}

/** The labels of a namespace as its pods have them in Calico’s selectors. */
function namespaceLabels(cluster: KnownCluster, name: string): Readonly<Record<string, string>> {
  const object = cluster.objects('namespaces').find(({ metadata }) => metadata.name === name);
  const labels = { ...object?.metadata.labels, 'projectcalico.org/name': name };
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pcns.${key}`, value]));
}

function holds(set: IpSet | undefined, address: string): boolean {
  const ip = parseIp(address);
  return (set?.members ?? []).some(
    (member) => member.kind === 'cidr' && ip !== undefined && cidrContains(member.cidr, ip),
  );
}

interface Found {
  readonly policy: PolicyOfPod;
  readonly number: string;
  readonly use: IpSetUse;
  readonly absent: Member;
  readonly dump: Dump<IpSet>;
  readonly row: number;
}

function toGap(
  node: KnownNode,
  cluster: KnownCluster,
  { policy: { kind, resource, object }, number, use, absent, dump, row }: Found,
): IpSetGap {
  const { namespace, name } = object.metadata;
  const span = dump.spans[row];
  const shows = `The IP set of ${use.members}.`;
  const label = `${absent.pod.metadata.namespace ?? ''}/${absent.pod.metadata.name}`;
  return {
    policy: `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`,
    members: use.members,
    number,
    absent: `${label} (${absent.address})`,
    evidence: [
      span === undefined
        ? valueEvidence(node, 'ipsets.dump', { value: `no IP set ${number}: it is empty`, shows })
        : lineEvidence(node, 'ipsets.dump', { span, shows }),
      objectEvidence(cluster, { resource, object, shows: 'The policy.', value: use.members }),
      objectEvidence(cluster, {
        resource: 'pods',
        object: absent.pod,
        shows: 'Who is allowed.',
        value: JSON.stringify(absent.pod.metadata.labels ?? {}),
      }),
    ],
  };
}
