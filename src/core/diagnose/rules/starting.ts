import { listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import type { KnownCluster } from '../knownCluster.ts';

/** An image is pulled and Felix is ready within this; milliseconds. */
const startTime = 120_000;

const failures = /BackOff|Err|Invalid|Cannot/;

/** Whether Calico runs on a node, and not only since a moment ago. */
export function isSettled(node: string, cluster: KnownCluster): boolean {
  const agent = cluster.agentOn(node);
  return agent !== undefined && !isStarting(agent, cluster);
}

/** Whether a pod that is not ready was started so lately that it need not be, and nothing of it has failed. */
export function isStarting(pod: KubernetesObject, { time }: KnownCluster): boolean {
  if (time === undefined) return false;
  const statuses = [
    ...listField(pod, 'status', 'initContainerStatuses'),
    ...listField(pod, 'status', 'containerStatuses'),
  ];
  const hasFailed = statuses.some(
    (each) =>
      (numberField(each, 'restartCount') ?? 0) > 0 ||
      failures.test(textField(each, 'state', 'waiting', 'reason') ?? ''),
  );
  const began = [
    ...statuses.flatMap((each) => textField(each, 'state', 'running', 'startedAt') ?? []),
    textField(pod, 'status', 'startTime') ?? textField(pod, 'metadata', 'creationTimestamp') ?? '',
  ].map((each) => Date.parse(each));
  return !hasFailed && began.some((each) => Math.abs(Date.parse(time) - each) < startTime);
}
