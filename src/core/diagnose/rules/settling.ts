/** What changed a moment before it was looked at, and need not have reached every node. */
import { endpointsKey } from '../../facts/endpoints.ts';
import { listField, textField } from '../../objects/object.ts';
import { findObject, type KnownCluster } from '../knownCluster.ts';
import type { NatFinding } from './natOfNode.ts';
import { serviceSubject } from '../subjects.ts';

/** A change is in NAT of every node within this; milliseconds. */
const settlingTime = 30_000;

function isRecent({ time }: KnownCluster, at: string | undefined): boolean {
  if (time === undefined || at === undefined) return false;
  return Math.abs(Date.parse(time) - Date.parse(at)) < settlingTime;
}

/** Whether the pod of an address became ready, or ceased to be, a moment ago. */
function hasJustChanged(cluster: KnownCluster, address: string): boolean {
  const pods = cluster.surroundings.book.podsAt(address);
  return pods.some(({ namespace, name }) => {
    const pod = findObject(cluster, 'pods', name, namespace);
    const ready = listField(pod, 'status', 'conditions').find((each) => textField(each, 'type') === 'Ready');
    return isRecent(cluster, textField(ready, 'lastTransitionTime'));
  });
}

/** Whether what a finding says may be a change on its way: of a pod, or of a service that is new. */
export function isSettling(
  cluster: KnownCluster,
  { rule, subject, address, frontends }: NatFinding,
): boolean {
  if (address !== undefined) return hasJustChanged(cluster, address);
  const { namespace, name } = serviceSubject(subject);
  if (rule === 'nat-service-missing')
    return isRecent(
      cluster,
      textField(findObject(cluster, 'services', name, namespace), 'metadata', 'creationTimestamp'),
    );
  if (rule !== 'nat-no-backends') return false;
  const key = endpointsKey(subject, frontends[0]?.protocol ?? 6);
  const ready = [...(cluster.surroundings.endpoints.get(key)?.ready ?? [])];
  return ready.length > 0 && ready.every((each) => hasJustChanged(cluster, each.split(' ', 1)[0] ?? ''));
}
