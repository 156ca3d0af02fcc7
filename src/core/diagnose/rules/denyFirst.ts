/** A policy that denies everything before any other is asked: what the others allow has no effect. */
import { listField, numberField, textField } from '../../objects/object.ts';
import type { PolicyOfPod } from './policiesFor.ts';

/** Of the policies that select a pod, the one that comes first and denies whatever comes in. */
export function findDenyFirst(policies: readonly PolicyOfPod[]): PolicyOfPod | undefined {
  return policies.find(
    (policy) => deniesAll(policy) && policies.every((other) => other === policy || isBefore(policy, other)),
  );
}

/** Whether the first rule that decides denies, and asks nothing of the packet. */
function deniesAll({ kind, object }: PolicyOfPod): boolean {
  if (kind === 'NetworkPolicy') return false;
  const first = listField(object, 'spec', 'ingress').find((rule) => textField(rule, 'action') !== 'Log');
  if (typeof first !== 'object' || first === null || textField(first, 'action') !== 'Deny') return false;
  // The server writes sides without a condition, too.
  return Object.entries(first).every(
    ([key, value]) => ['action', 'metadata'].includes(key) || isEmpty(value),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Calico asks the tier `default` last of its own, and takes a policy of Kubernetes for one of order 1000 there. */
function isBefore(policy: PolicyOfPod, other: PolicyOfPod): boolean {
  const [tier, otherTier] = [tierOf(policy), tierOf(other)];
  if (tier !== otherTier) return otherTier === 'default';
  return orderOf(policy) < orderOf(other);
}

function tierOf({ object }: PolicyOfPod): string {
  return textField(object, 'spec', 'tier') ?? 'default';
}

function orderOf({ kind, object }: PolicyOfPod): number {
  if (kind === 'NetworkPolicy') return 1000;
  return numberField(object, 'spec', 'order') ?? Infinity;
}
